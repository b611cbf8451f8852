import { PointsmanError } from '../../core/errors.js'
import { Expiring, type Deadlines } from './deadlines.js'
import type { Inbound } from './inbound.js'
import type { BodyReader } from './client-message.js'
import { trailerFields } from './request-fields.js'
import type { Exchange, FlatFields } from './transport/transport.js'

/** A client that sends at least this much in a second is slow, but not an attack. */
const MIN_BYTES_PER_SECOND = 1024

export interface RequestBodyLimits {
  /** 0 = none. */
  readonly maxBodySizeBytes: number
  readonly requestTimeoutMs: number
  readonly connectionTimeoutMs: number
}

/** What becomes of a body. */
export interface RequestBodyEvents {
  /** The first piece has come: the request cannot be sent again. */
  onBodyBegun(): void
  onBodyEnd(): void
  onBodyError(error: PointsmanError): void
}

/**
 * Moves a request's body from the client to the target, one piece in hand, and watches whoever is waited for: a client
 * that sends too slowly, or a target that does not read.
 */
export class RequestBody extends Expiring implements BodyReader {
  receivedBytes = 0
  private exchange: Exchange | undefined
  private begun = false
  private isPaused = false
  private pausedSince = 0
  /** When the body began to be waited for, put off by all the time that the target was waited for. */
  private startedAt = 0
  private trailers: FlatFields = []
  private readonly inbound: Inbound
  private readonly limits: RequestBodyLimits
  private readonly deadlines: Deadlines
  private readonly events: RequestBodyEvents

  constructor(
    inbound: Inbound,
    limits: RequestBodyLimits,
    deadlines: Deadlines,
    events: RequestBodyEvents,
  ) {
    super()
    this.inbound = inbound
    this.limits = limits
    this.deadlines = deadlines
    this.events = events
  }

  /** @param awaitsContinue the client sends only after a 100, so that it is not yet late */
  start(exchange: Exchange, awaitsContinue: boolean): void {
    this.exchange = exchange
    const { request } = this.inbound
    // One that was read is an empty one, which another target has had before.
    if (request.isRead) this.onBodyComplete(this.trailers)
    else {
      if (!awaitsContinue) this.awaitClient()
      request.readBody(this)
    }
  }

  /** The whole body was passed on, or whoever needed it does no longer. */
  get isOver(): boolean {
    return this.exchange === undefined
  }

  /** From now on the client is expected to send. */
  awaitClient(): void {
    if (!this.begun) this.startedAt = this.deadlines.now()
    this.begun = true
    this.armForClient()
  }

  /** Halts where it is: the rest of the body is left to another start, or to whoever reads it away. */
  stop(): void {
    this.deadlines.disarm(this)
    this.isPaused = false
    if (!this.exchange) return
    this.exchange = undefined
    this.inbound.request.pauseBody()
  }

  /** The target takes data again. */
  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.startedAt += this.deadlines.now() - this.pausedSince
    this.armForClient()
    this.inbound.request.readBody(this)
  }

  expire(): void {
    const [code, text] = this.isPaused
      ? (['REQUEST_NOT_READ', 'The target did not take the request'] as const)
      : (['REQUEST_TIMEOUT', 'The client sent its request too slowly'] as const)
    this.events.onBodyError(new PointsmanError(code, text))
  }

  onPiece(chunk: Buffer): boolean {
    if (!this.exchange) return false
    if (!this.begun) this.awaitClient()
    if (this.receivedBytes === 0) this.events.onBodyBegun()
    this.receivedBytes += chunk.length
    const { maxBodySizeBytes, connectionTimeoutMs } = this.limits
    if (maxBodySizeBytes > 0 && this.receivedBytes > maxBodySizeBytes) {
      const text = `The request's body is over ${maxBodySizeBytes} bytes`
      this.events.onBodyError(new PointsmanError('REQUEST_TOO_LARGE', text))
      return false
    }
    if (this.exchange.write(chunk)) {
      this.armForClient()
      return true
    }
    this.isPaused = true
    this.pausedSince = this.deadlines.now()
    this.deadlines.arm(this, connectionTimeoutMs)
    return false
  }

  onBodyComplete(trailers: FlatFields): void {
    const { exchange } = this
    if (!exchange) return
    this.trailers = trailers
    this.isPaused = false
    this.deadlines.disarm(this)
    this.exchange = undefined
    exchange.end(trailerFields(trailers))
    this.events.onBodyEnd()
  }

  /** A body may take REQUEST_TIMEOUT and a second more for each KiB of it, but never so long without a byte. */
  private armForClient(): void {
    const { requestTimeoutMs } = this.limits
    const earnedMs = (this.receivedBytes / MIN_BYTES_PER_SECOND) * 1000
    const leftMs = this.startedAt + requestTimeoutMs + earnedMs - this.deadlines.now()
    this.deadlines.arm(this, Math.min(requestTimeoutMs, leftMs))
  }
}
