import { PointsmanError } from '../../core/errors.js'
import { Expiring, type Deadlines } from './deadlines.js'
import type { Inbound } from './inbound.js'
import { trailerFields } from './request-fields.js'
import type { Exchange } from './transport/transport.js'

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
export class RequestBody extends Expiring {
  receivedBytes = 0
  private exchange: Exchange | undefined
  private begun = false
  private isPaused = false
  private pausedSince = 0
  /** When the body began to be waited for, put off by all the time that the target was waited for. */
  private startedAt = 0
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
    if (request.readableEnded) {
      // An empty one, which another target has had before.
      this.takeEnd()
      return
    }
    request.on('data', this.takeData)
    request.on('end', this.takeEnd)
    request.resume()
    if (!awaitsContinue) this.awaitClient()
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
    this.exchange = undefined
    const { request } = this.inbound
    request.off('data', this.takeData)
    request.off('end', this.takeEnd)
    this.isPaused = false
    request.pause()
  }

  /** The target takes data again. */
  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.startedAt += this.deadlines.now() - this.pausedSince
    this.armForClient()
    this.inbound.request.resume()
  }

  expire(): void {
    const [code, text] = this.isPaused
      ? (['REQUEST_NOT_READ', 'The target did not take the request'] as const)
      : (['REQUEST_TIMEOUT', 'The client sent its request too slowly'] as const)
    this.events.onBodyError(new PointsmanError(code, text))
  }

  private readonly takeData = (chunk: Buffer): void => {
    if (!this.exchange) return
    if (!this.begun) this.awaitClient()
    if (this.receivedBytes === 0) this.events.onBodyBegun()
    this.receivedBytes += chunk.length
    const { maxBodySizeBytes, connectionTimeoutMs } = this.limits
    if (maxBodySizeBytes > 0 && this.receivedBytes > maxBodySizeBytes) {
      const text = `The request's body is over ${maxBodySizeBytes} bytes`
      this.events.onBodyError(new PointsmanError('REQUEST_TOO_LARGE', text))
    } else if (this.exchange.write(chunk)) this.armForClient()
    else {
      this.isPaused = true
      this.pausedSince = this.deadlines.now()
      this.inbound.request.pause()
      this.deadlines.arm(this, connectionTimeoutMs)
    }
  }

  private readonly takeEnd = (): void => {
    const { exchange } = this
    if (!exchange) return
    this.stop()
    const { request } = this.inbound
    exchange.end(trailerFields(request.rawTrailers))
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
