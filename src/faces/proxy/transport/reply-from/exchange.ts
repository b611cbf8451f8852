import { PointsmanError } from '../../../../core/errors.js'
import type { Exchange, FlatFields, OutboundRequest, ResponseHandler } from '../transport.js'
import { Caller } from './caller.js'

/** What carries one exchange: a request of node:http or a stream of node:http2. */
export interface Carrier {
  write(chunk: Buffer): boolean
  end(trailers: FlatFields): void
  resume(): void
  /** Tells the response whose head it has reported, from the head on. */
  deliver(): void
  /** Takes the exchange off its connection, whatever becomes of that. */
  cut(): void
}

/** The error of an exchange that Node or Fastify does not let pass. */
export function unsupported(cause: unknown): PointsmanError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new PointsmanError('TRANSPORT_UNSUPPORTED', `reply-from cannot carry this: ${why}`, cause)
}

/** One request on its way through reply-from, and the caller that waits for its response. */
export class ReplyFromExchange implements Exchange {
  readonly request: OutboundRequest
  readonly caller: Caller
  private carrier: Carrier | undefined
  private requestEnded: boolean
  private remaining: number

  constructor(request: OutboundRequest, handler: ResponseHandler) {
    this.request = request
    this.caller = new Caller(handler)
    this.requestEnded = request.body === 'none'
    this.remaining = typeof request.body === 'number' ? request.body : Infinity
  }

  /** The exchange travels on `carrier` from now on. */
  attach(carrier: Carrier): void {
    this.carrier = carrier
  }

  /** The head of the response has come through. */
  deliver(): void {
    if (!this.caller.isGone) this.carrier?.deliver()
  }

  /** Ends the exchange with an error, unless it is over. */
  fail(error: PointsmanError): void {
    const handler = this.caller.leave()
    if (!handler) return
    this.carrier?.cut()
    handler.onError(error)
  }

  write(chunk: Buffer): boolean {
    if (this.caller.isGone || this.requestEnded || !this.carrier) return true
    this.remaining -= chunk.length
    if (this.remaining >= 0) return this.carrier.write(chunk)
    // Bytes beyond the announced length would be read as another request.
    this.fail(new PointsmanError('INTERNAL', 'The body is longer than announced'))
    return true
  }

  end(trailers: FlatFields): void {
    if (this.caller.isGone || this.requestEnded || !this.carrier) return
    this.requestEnded = true
    if (this.request.body === 'chunked' || this.remaining === 0) this.carrier.end(trailers)
    else this.fail(new PointsmanError('INTERNAL', 'The body is shorter than announced'))
  }

  resume(): void {
    if (!this.caller.isGone) this.carrier?.resume()
  }

  abort(): void {
    if (this.caller.leave()) this.carrier?.cut()
  }
}
