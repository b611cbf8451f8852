import { STATUS_CODES } from 'node:http'
import type { Cookie } from '../../core/balancers/balancer.js'
import type { ErrorCode } from '../../core/errors.js'
import type { ServerReply } from './client-message.js'
import { errorStatus, proxyStatus } from './error-reply.js'
import type { Inbound } from './inbound.js'
import { trailerFields } from './request-fields.js'
import {
  cookieField,
  informationalFields,
  responseFields,
  takesTrailers,
} from './response-fields.js'
import type { FlatFields, ResponseHead } from './transport/transport.js'

const NO_TRAILERS: FlatFields = []

/** What a client is answered, whichever version of HTTP it speaks. */
export class ClientResponse {
  /** Status sent; 0 until then. */
  status = 0
  bytesSent = 0
  readonly raw: ServerReply
  private readonly inbound: Inbound
  private mayTrail = false

  constructor(raw: ServerReply, inbound: Inbound) {
    this.raw = raw
    this.inbound = inbound
  }

  get headSent(): boolean {
    return this.status !== 0
  }

  /** Everything was handed to the client's socket. */
  get isFinished(): boolean {
    return this.raw.isFinished
  }

  /** Whether the client's protocol can say `status`. */
  takes(status: number): boolean {
    return this.raw.takes(status)
  }

  /** Passes on a response that comes before the final one; HTTP/1.0 knows none. */
  writeInformational(status: number, fields: FlatFields): void {
    if (this.headSent || this.inbound.request.version === '1.0') return
    this.raw.writeInformational(status, informationalFields(fields))
  }

  /**
   * The head of the target's response; it leaves with the first piece of the body, or by `flush`.
   * @param closes the client's connection ends with this response, whatever the client wishes
   * @param cookie for the client to keep, besides those of the target
   */
  writeHead(head: ResponseHead, closes: boolean, cookie: Cookie | undefined): void {
    const { inbound } = this
    const fields = responseFields(head, inbound)
    if (cookie) fields.push('Set-Cookie', cookieField(cookie, inbound.connection.isSecure))
    this.mayTrail = takesTrailers(head, inbound)
    this.status = head.status
    const { status, reason, body } = head
    this.raw.writeHead({ status, reason, fields, body, closes: closes || inbound.isLast })
  }

  flush(): void {
    this.raw.flush()
  }

  /** @returns false when the client does not keep up: `chunk` is needed until `onReplyDrain` */
  write(chunk: Buffer): boolean {
    this.bytesSent += chunk.length
    return this.raw.write(chunk)
  }

  end(trailers: FlatFields): void {
    this.raw.end(this.mayTrail && trailers.length > 0 ? trailerFields(trailers) : NO_TRAILERS)
  }

  /** An answer of the proxy's own: empty, and it says what went wrong. */
  fail(code: ErrorCode, closes: boolean): void {
    const fields = ['Content-Length', '0', 'Proxy-Status', proxyStatus(code)]
    this.writeOwn(errorStatus(code), fields, closes)
  }

  /** What `OPTIONS *` gets: the proxy's own answer, for no target was named. */
  answerOptions(): void {
    this.writeOwn(200, ['Content-Length', '0'], false)
  }

  private writeOwn(status: number, fields: FlatFields, closes: boolean): void {
    this.status = status
    const reason = STATUS_CODES[status] ?? 'Error'
    this.raw.writeHead({
      status,
      reason,
      fields,
      body: 'none',
      closes: closes || this.inbound.isLast,
    })
    this.raw.end(NO_TRAILERS)
  }

  /** Tells the client that the rest of its request is not wanted, where the protocol has words for it; the answer still arrives. */
  declineRest(): void {
    this.raw.declineRest()
  }

  /** Breaks off so that the client sees that the response is not whole. */
  cut(): void {
    this.raw.cut()
  }
}
