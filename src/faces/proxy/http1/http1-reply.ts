import type { Socket } from 'node:net'
import { atEndOfTurn, type Writer } from '../end-of-turn.js'
import type { ReplyEvents, ReplyHead, ServerReply } from '../client-message.js'
import { fieldLines } from '../field-syntax.js'
import type { FlatFields } from '../transport/transport.js'
import { informationalHead, replyHead } from './reply-head.js'

/** Copying so much is cheaper than another buffer in the system call. */
const SMALL_BYTES = 8192
/** So much of small pieces is not held back for more. */
const MAX_HELD = 16_384

/** A client that has not taken so much yet is waited for; well over what a socket calls full, so that `drain` follows. */
const MAX_WAITING = 65_536

/** What a reply asks of the connection that it goes by. */
export interface ReplySink {
  readonly socket: Socket
  readonly isSecure: boolean
  /** `Keep-Alive`'s value, for clients whose connection goes on. */
  readonly keepAlive: string
  /** All of the reply was handed to the socket. */
  replied(closes: boolean): void
  /** Cuts it, whatever is under way. */
  destroy(): void
}

/** The answer to a request over HTTP/1: one write for what is there at once, whatever it consists of. */
export class Http1Reply implements ServerReply, Writer {
  isFinished = false
  private held = ''
  private isChunked = false
  private closes = false
  private isEnded = false
  /** Large pieces that the socket has not handed on yet. */
  private waitingPieces = 0
  private events: ReplyEvents | undefined
  private readonly sink: ReplySink
  private readonly version: '1.0' | '1.1'

  constructor(sink: ReplySink, version: '1.0' | '1.1') {
    this.sink = sink
    this.version = version
  }

  listen(events: ReplyEvents): void {
    this.events = events
  }

  takes(): boolean {
    return true
  }

  writeInformational(status: number, fields: FlatFields): void {
    if (this.version === '1.1') this.sink.socket.write(informationalHead(status, fields), 'latin1')
  }

  writeHead(head: ReplyHead): void {
    const isUnbounded = head.body === 'chunked'
    this.isChunked = isUnbounded && this.version === '1.1'
    this.closes = head.closes || (isUnbounded && !this.isChunked)
    this.held = replyHead(head, this.isChunked, this.closes ? undefined : this.sink.keepAlive)
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true
    const start = this.isChunked ? `${chunk.length.toString(16)}\r\n` : ''
    const end = this.isChunked ? '\r\n' : ''
    if (chunk.length > SMALL_BYTES) return this.writeLarge(start, chunk, end)
    this.held += start + chunk.toString('latin1') + end
    if (this.held.length > MAX_HELD) this.flush()
    return this.sink.socket.writableLength < MAX_WAITING
  }

  private writeLarge(start: string, chunk: Buffer, end: string): boolean {
    const { socket } = this.sink
    const before = this.held + start
    this.held = ''
    socket.cork()
    if (before !== '') socket.write(before, 'latin1')
    socket.write(chunk)
    if (end !== '') socket.write(end, 'latin1')
    socket.uncork()
    if (socket.writableLength === 0) return true
    this.waitingPieces++
    socket.write('', 'latin1', (error) => this.pieceTaken(error))
    return false
  }

  private pieceTaken(error: Error | null | undefined): void {
    if (--this.waitingPieces === 0 && !error) this.events?.onReplyDrain()
  }

  flush(): void {
    if (this.held === '') return
    const { held } = this
    this.held = ''
    this.sink.socket.write(held, 'latin1')
  }

  end(trailers: FlatFields): void {
    if (this.isEnded) return
    this.isEnded = true
    if (this.isChunked) this.held += `0\r\n${fieldLines(trailers)}\r\n`
    if (this.held === '' && this.sink.socket.writableLength === 0) this.finish()
    else atEndOfTurn(this)
  }

  leave(): void {
    const { socket, isSecure } = this.sink
    if (socket.destroyed) return
    const { held } = this
    this.held = ''
    // What is not handed on at once, as TLS never does, is told of later.
    if (isSecure || socket.writableLength > 0) this.finishWith(held)
    else {
      socket.write(held, 'latin1')
      if (socket.writableLength === 0) {
        this.finish()
        return
      }
      this.finishWith('')
    }
    this.events?.onReplyWaits()
  }

  /** It is finished when `held` was handed on, and all before it. */
  private finishWith(held: string): void {
    this.sink.socket.write(held, 'latin1', (error) => {
      if (!error) this.finish()
    })
  }

  private finish(): void {
    if (this.isFinished) return
    this.isFinished = true
    this.close()
    this.sink.replied(this.closes)
  }

  /** The client takes data again. */
  drained(): void {
    if (this.waitingPieces === 0) this.events?.onReplyDrain()
  }

  /** It is over, one way or the other. */
  close(): void {
    const { events } = this
    this.events = undefined
    events?.onReplyClosed()
  }

  declineRest(): void {
    // A client of HTTP/1 that goes on sending is listened to for a while.
  }

  cut(): void {
    this.sink.destroy()
  }
}
