import { PointsmanError } from '../../../../core/errors.js'
import type { Exchange, FlatFields, OutboundRequest, ResponseHandler } from '../transport.js'
import type { Connection } from './connection.js'

/** One request on one connection, and the caller that waits for its response. */
export class WireExchange implements Exchange {
  readonly request: OutboundRequest
  readonly handler: ResponseHandler
  requestEnded: boolean
  private connection: Connection | undefined
  private remaining: number

  constructor(request: OutboundRequest, handler: ResponseHandler) {
    this.request = request
    this.handler = handler
    this.requestEnded = request.body === 'none'
    this.remaining = typeof request.body === 'number' ? request.body : Infinity
  }

  /** The exchange travels on `connection` from now on; undefined = it is over. */
  attach(connection: Connection | undefined): void {
    this.connection = connection
  }

  write(chunk: Buffer): boolean {
    const { connection } = this
    if (!connection || this.requestEnded) return true
    this.remaining -= chunk.length
    // Bytes beyond the announced length would be read as another request.
    if (this.remaining < 0) return this.refuse('longer')
    return connection.writeBody(chunk, this.request.body === 'chunked')
  }

  end(trailers: FlatFields): void {
    const { connection } = this
    if (!connection || this.requestEnded) return
    const chunked = this.request.body === 'chunked'
    if (!chunked && this.remaining > 0) {
      this.refuse('shorter')
      return
    }
    this.requestEnded = true
    connection.endBody(trailers, chunked)
  }

  private refuse(how: string): boolean {
    const error = new PointsmanError('INTERNAL', `The request's body is ${how} than announced`)
    this.connection?.fail(error)
    return true
  }

  resume(): void {
    this.connection?.resume()
  }

  abort(): void {
    this.connection?.abandon()
  }
}
