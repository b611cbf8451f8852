import type { Socket } from 'node:net'
import type { ErrorCode } from '../../../core/errors.js'
import { ClientConnection, type ConnectionHold } from '../client-connection.js'
import type { SwitchedClient } from '../client-message.js'
import { Expiring, type Deadlines } from '../deadlines.js'
import { END_OF_HEAD, findHead, LINE_END } from '../field-syntax.js'
import { HalfCloseProbe } from '../half-close.js'
import { Http1Reply, type ReplySink } from './http1-reply.js'
import { Http1Request, type BodySource } from './http1-request.js'
import { lendMemory } from './lent-memory.js'
import { isHopeless, parseRequestHead } from './request-head.js'

/** What the sessions of a listener have in common. */
export interface Http1Terms {
  readonly deadlines: Deadlines
  readonly isSecure: boolean
  readonly headersTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** `Keep-Alive`'s value. */
  readonly keepAlive: string
  readonly maxHeadBytes: number
}

/** What a session tells. */
export interface Http1Events {
  onRequest(request: Http1Request, reply: Http1Reply, connection: ClientConnection): void
  /** Something that never became a request was answered with an error. */
  onRefused(code: ErrorCode): void
}

const CR = 13
const LF = 10
const NOTHING = Buffer.alloc(0)
/** Request line and separators besides what counts as the size of a head. */
const HEAD_SLACK_BYTES = 64
/** Of what a client sends before it is its turn, so much is read. */
const MAX_AHEAD_BYTES = 65_536

/** A client's connection that speaks HTTP/1: one request after the other, each answered before the next is read. */
export class Http1Session extends Expiring implements ConnectionHold, BodySource, ReplySink {
  readonly socket: Socket
  readonly connection: ClientConnection
  private readonly terms: Http1Terms
  private readonly events: Http1Events
  /** What was received and not read, from `at` on. */
  private bytes: Buffer = NOTHING
  private at = 0
  /** `bytes` are memory that is written over when anybody is read from. */
  private areLent = false
  private isHandedOver = false
  private request: Http1Request | undefined
  private reply: Http1Reply | undefined
  /** When the head that is awaited began to come, or the connection; undefined between requests. */
  private headSince: number | undefined
  private isReading = false
  private isPaused = false
  /** The client has sent FIN. */
  private hasEnded = false
  /** Nothing of what comes is read as HTTP any more. */
  private isDeaf = false
  private probe: HalfCloseProbe | undefined

  /** @param accepted as its server made it; it may be of no use afterwards */
  constructor(accepted: Socket, terms: Http1Terms, events: Http1Events) {
    super()
    const socket = terms.isSecure ? accepted : lendMemory(accepted, this.takeLent)
    this.socket = socket
    this.terms = terms
    this.events = events
    const { remoteAddress, localPort } = socket
    const peer = { remoteAddress, localPort, isSecure: terms.isSecure }
    this.connection = new ClientConnection(peer, this, terms.deadlines, (code) =>
      events.onRefused(code),
    )
    this.headSince = terms.deadlines.now()
    terms.deadlines.arm(this, terms.headersTimeoutMs)
    socket.on('data', this.takeData)
    socket.on('end', this.takeEnd)
    socket.on('drain', this.takeDrain)
    // Whatever it is, `close` follows.
    socket.on('error', () => undefined)
    socket.on('close', this.takeClose)
  }

  get isSecure(): boolean {
    return this.terms.isSecure
  }

  get keepAlive(): string {
    return this.terms.keepAlive
  }

  get maxHeadBytes(): number {
    return this.terms.maxHeadBytes
  }

  /** Whether the client has asked for more than it was answered. */
  get hasUnread(): boolean {
    return this.at < this.bytes.length
  }

  /** Nothing is asked, nor begun to be. */
  private get isIdle(): boolean {
    return !this.request && !this.isDeaf && this.headSince === undefined
  }

  private readonly takeLent = (chunk: Buffer): boolean => {
    // Whoever has the socket now reads it as a stream.
    if (this.isHandedOver) return this.socket.push(Buffer.from(chunk))
    this.areLent = !this.hasUnread
    this.takeData(chunk)
    return true
  }

  private readonly takeData = (chunk: Buffer): void => {
    if (this.isDeaf) return
    this.bytes = this.hasUnread ? Buffer.concat([this.bytes.subarray(this.at), chunk]) : chunk
    this.at = 0
    this.read()
    if (this.areLent) this.keepUnread()
  }

  /** Before somebody else reads into the same memory, or keeps a part of it. */
  private keepUnread(): void {
    this.areLent = false
    this.bytes = this.hasUnread ? Buffer.from(this.bytes.subarray(this.at)) : NOTHING
    this.at = 0
  }

  /** Reads what is there, as far as anybody wants it. */
  private read(): void {
    if (this.isReading) return
    this.isReading = true
    while (this.hasUnread && !this.isDeaf) {
      const { request } = this
      if (!request) {
        if (!this.readHead()) break
      } else if (!request.isComplete && request.isFlowing) this.readBody(request)
      else break
    }
    this.isReading = false
    if (this.isDeaf || !this.hasUnread) this.bytes = NOTHING
    else if (this.request && this.bytes.length - this.at > MAX_AHEAD_BYTES) this.pauseReading()
    if (this.hasEnded) this.endReading()
  }

  /** @returns false when the head is not there yet */
  private readHead(): boolean {
    const { bytes } = this
    // RFC 9112 §2.2: empty lines before a request are nothing.
    while (bytes[this.at] === CR && bytes[this.at + 1] === LF) this.at += 2
    const longest = this.terms.maxHeadBytes + HEAD_SLACK_BYTES
    const found = findHead(bytes, this.at)
    if (!found) {
      this.awaitHead(longest)
      return false
    }
    const { text, end } = found
    this.at += end + END_OF_HEAD.length
    const sectionEnd = end + LINE_END
    const isTooLarge = sectionEnd > longest
    const head = isTooLarge ? undefined : parseRequestHead(text, sectionEnd)
    if (head) this.begin(new Http1Request(this, head))
    else this.fail(isTooLarge ? 'REQUEST_HEAD_TOO_LARGE' : 'REQUEST_MALFORMED')
    return true
  }

  private awaitHead(longest: number): void {
    const start = this.bytes.subarray(this.at, this.at + longest)
    if (isHopeless(start)) this.fail('REQUEST_MALFORMED')
    else if (this.bytes.length - this.at > longest) this.fail('REQUEST_HEAD_TOO_LARGE')
    else if (this.headSince === undefined && this.hasUnread) {
      const { deadlines, headersTimeoutMs } = this.terms
      this.headSince = deadlines.now()
      deadlines.arm(this, headersTimeoutMs)
    }
  }

  private begin(request: Http1Request): void {
    this.headSince = undefined
    this.request = request
    this.reply = new Http1Reply(this, request.version)
    this.events.onRequest(request, this.reply, this.connection)
  }

  private readBody(request: Http1Request): void {
    if (this.areLent) this.keepUnread()
    const at = request.take(this.bytes, this.at)
    if (at < 0) this.fail('REQUEST_MALFORMED')
    else this.at = at
  }

  private fail(code: ErrorCode): void {
    this.isDeaf = true
    // A request that has its answer already gets no second one, which might be taken for another's.
    if (this.request && !this.reply) this.connection.end()
    else this.connection.fail(code)
  }

  resumeReading(): void {
    if (this.isPaused) {
      this.isPaused = false
      this.socket.resume()
    }
    this.read()
  }

  pauseReading(): void {
    if (this.isPaused || this.hasEnded) return
    this.isPaused = true
    this.socket.pause()
  }

  /** The client sends no more: what it has asked for, it gets. */
  private readonly takeEnd = (): void => {
    this.hasEnded = true
    if (this.isDeaf) return
    this.endReading()
    if (this.isSecure || this.connection.active.size === 0) return
    this.probe = new HalfCloseProbe(this.connection, this.terms.deadlines)
    this.probe.start()
  }

  private endReading(): void {
    if (this.isDeaf || this.isReading) return
    const { request } = this
    if (request && !request.isComplete) {
      // What is there may be the rest of it, and be wanted later.
      if (!this.hasUnread || request.isFlowing) this.fail('REQUEST_MALFORMED')
    } else if (!request) {
      if (this.hasUnread) this.fail('REQUEST_MALFORMED')
      else this.connection.end()
    }
  }

  replied(closes: boolean): void {
    const { request } = this
    this.reply = undefined
    if (closes) {
      this.isDeaf = true
      this.connection.end()
    } else if (request?.isRead !== false) this.proceed()
  }

  bodyRead(): void {
    if (!this.reply) this.proceed()
  }

  /** The client may ask for more. */
  private proceed(): void {
    if (this.isDeaf) return
    this.request = undefined
    if (this.hasUnread || this.hasEnded || this.isPaused) this.resumeReading()
    // One that is armed already is looked at when it expires: most connections are asked again long before.
    if (this.isIdle && !this.next) this.terms.deadlines.arm(this, this.terms.keepAliveTimeoutMs)
  }

  expire(): void {
    if (this.isDeaf) return
    const { deadlines, keepAliveTimeoutMs } = this.terms
    const quietMs = this.connection.idleMs
    if (this.headSince !== undefined) this.fail('REQUEST_TIMEOUT')
    else if (quietMs < keepAliveTimeoutMs) deadlines.arm(this, keepAliveTimeoutMs - quietMs)
    else this.connection.end()
  }

  handOver(): SwitchedClient {
    const { socket } = this
    if (this.areLent) this.keepUnread()
    const early = this.bytes.subarray(this.at)
    this.isDeaf = this.isHandedOver = true
    // Of the tunnel's end the reply is told by who made it.
    this.request = this.reply = undefined
    this.terms.deadlines.disarm(this)
    socket.off('data', this.takeData)
    socket.off('end', this.takeEnd)
    socket.off('drain', this.takeDrain)
    socket.pause()
    this.bytes = NOTHING
    return { socket, early }
  }

  end(lastWords: string): void {
    this.isDeaf = true
    this.bytes = NOTHING
    this.terms.deadlines.disarm(this)
    this.socket.end(lastWords, 'latin1')
    if (this.isPaused) this.socket.resume()
  }

  destroy(): void {
    this.socket.destroy()
  }

  private readonly takeDrain = (): void => {
    this.reply?.drained()
  }

  private readonly takeClose = (): void => {
    const { deadlines } = this.terms
    this.isDeaf = true
    // What is armed for a client that has gone would keep all of it until then.
    deadlines.disarm(this)
    deadlines.disarm(this.connection)
    if (this.probe) deadlines.disarm(this.probe)
    this.request?.lose()
    this.reply?.close()
  }
}
