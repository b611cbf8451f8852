import type { Socket } from 'node:net'
import type { Clock, Timer } from '../../core/ports.js'
import { framed, Frames } from './frames.js'
import type { QueryMeter } from './query-meter.js'
import type { Responder } from './responder.js'

/** A client that asks nothing for so long, or does not read its answers, is let go (RFC 7766 section 6.2.3). */
export const IDLE_MS = 10_000
/** Answers of one client that may be under way; before more of its queries are read, some have to be ready. */
const MOST_UNDER_WAY = 64

/** What the clients of a server share. */
export interface TcpClientSurroundings {
  readonly clock: Clock
  readonly responder: Responder
  readonly meter: QueryMeter
}

/**
 * One client that asks over TCP. Answers go out as they are ready, not in the order of the queries (RFC 7766 section 7).
 * What the client does not read stops the reading of its queries, so that it costs no more than a bounded memory.
 */
export class TcpClient {
  private readonly socket: Socket
  private readonly address: string
  private readonly surroundings: TcpClientSurroundings
  private readonly frames = new Frames()
  private underWay = 0
  private isLeaving = false
  /** Clock time of the last whole query or answer; pieces of them count for nothing. */
  private activeAt: number
  private idling: Timer

  constructor(socket: Socket, surroundings: TcpClientSurroundings) {
    this.socket = socket
    this.surroundings = surroundings
    this.address = socket.remoteAddress ?? ''
    this.activeAt = surroundings.clock.now()
    this.idling = this.awaitIdle(IDLE_MS)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.frames.push(chunk)
      this.proceed()
    })
    socket.on('drain', () => {
      this.touch()
      this.proceed()
    })
    // The client has asked all it wants; what it asked is still answered.
    socket.on('end', () => this.leave())
    // 'close' follows, and says all there is to say.
    socket.on('error', () => undefined)
    socket.on('close', () => this.idling.cancel())
  }

  /** Answers what was asked so far, and hangs up. */
  leave(): void {
    this.isLeaving = true
    this.proceed()
  }

  cut(): void {
    this.socket.destroy()
  }

  private get hasRoom(): boolean {
    return !this.socket.writableNeedDrain && this.underWay < MOST_UNDER_WAY
  }

  /** Answers the queries that are here, as far as there is room for their answers; then reads on, or hangs up. */
  private proceed(): void {
    const { socket } = this
    if (!socket.writable) return
    socket.cork()
    while (this.hasRoom) {
      const query = this.frames.next()
      if (!query) break
      this.touch()
      this.answer(query)
    }
    socket.uncork()
    if (!this.hasRoom) socket.pause()
    else if (this.isLeaving && this.underWay === 0) socket.end()
    else socket.resume()
  }

  private answer(query: Buffer): void {
    const { responder, meter } = this.surroundings
    const response = responder.respond(query, this.address, meter)
    if (response instanceof Promise) {
      this.underWay++
      void response.then((late) => {
        this.underWay--
        this.touch()
        if (this.socket.writable) this.socket.write(framed(late))
        this.proceed()
      })
    } else if (response) this.socket.write(framed(response))
    // Nobody's address is forged here: who sends what is no query is told so.
    else this.cut()
  }

  private touch(): void {
    this.activeAt = this.surroundings.clock.now()
  }

  private awaitIdle(delayMs: number): Timer {
    const { clock } = this.surroundings
    return clock.after(delayMs, () => {
      const left = this.activeAt + IDLE_MS - clock.now()
      if (left > 0) this.idling = this.awaitIdle(left)
      else this.cut()
    })
  }
}
