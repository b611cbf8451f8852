import { STATUS_CODES, type ServerResponse } from 'node:http'
import { constants, type Http2ServerResponse } from 'node:http2'
import type { Cookie } from '../../core/balancers/balancer.js'
import type { ErrorCode } from '../../core/errors.js'
import { errorStatus, proxyStatus } from './error-reply.js'
import type { Inbound } from './inbound.js'
import { trailerFields } from './request-fields.js'
import {
  cookieField,
  http2Fields,
  informationalFields,
  responseFields,
  takesTrailers,
} from './response-fields.js'
import type { FlatFields, ResponseHead } from './transport/transport.js'

/** Node's response, over either version of the protocol. */
export type ServerReply = ServerResponse | Http2ServerResponse

function isHttp2(reply: ServerReply): reply is Http2ServerResponse {
  return 'stream' in reply
}

/** The head of a response with status 100 to 199, latin1. */
export function informationalHead(status: number, fields: FlatFields): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (let i = 0; i + 1 < fields.length; i += 2)
    head += `${fields[i] ?? ''}: ${fields[i + 1] ?? ''}\r\n`
  return `${head}\r\n`
}

/** Copying so much is cheaper than another buffer in the system call. */
const SMALL_BODY_BYTES = 8192

/** Writes to a client, whichever version of HTTP it speaks. */
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
    return this.raw.writableFinished
  }

  /** Whether the client's protocol can say `status`: where nothing has a meaning any more (RFC 9110 §15), Node's HTTP/2 ends. */
  takes(status: number): boolean {
    return status < 600 || !isHttp2(this.raw)
  }

  /** Passes on a response that comes before the final one. */
  writeInformational(status: number, fields: FlatFields): void {
    const { raw } = this
    if (this.headSent || this.inbound.isHttp10) return
    const kept = informationalFields(fields)
    if (isHttp2(raw)) {
      if (raw.stream.writable)
        raw.stream.additionalHeaders({ ...http2Fields(kept), ':status': status })
    } else if (status === 100) raw.writeContinue()
    else raw.socket?.write(informationalHead(status, kept), 'latin1')
    // Without a socket it is another request's turn on this connection: hints can be missed.
  }

  /**
   * The head of the target's response; it leaves with the first piece of the body, or by `flushHead`.
   * @param closes tell the client that its connection ends with this response
   * @param cookie for the client to keep, besides those of the target
   */
  writeHead(head: ResponseHead, closes: boolean, cookie: Cookie | undefined): void {
    const fields = responseFields(head, this.inbound)
    if (cookie) fields.push('Set-Cookie', cookieField(cookie, this.inbound.connection.isSecure))
    const { raw } = this
    this.mayTrail = takesTrailers(head, this.inbound)
    if (isHttp2(raw)) raw.writeHead(head.status, http2Fields(fields))
    else {
      if (closes) this.announceClose(fields)
      raw.writeHead(head.status, head.reason, fields)
    }
    this.status = head.status
  }

  /** RFC 9112 §9.6: whatever came behind this request is not answered any more. */
  private announceClose(fields: string[]): void {
    fields.push('Connection', 'close')
    this.inbound.connection.isClosing = true
  }

  flushHead(): void {
    const { raw } = this
    // HTTP/2 has sent it already.
    if (!isHttp2(raw) && !raw.writableEnded) raw.flushHeaders()
  }

  /** @returns false when the client does not keep up: `drain` of `raw` says when it does again */
  write(chunk: Buffer): boolean {
    this.bytesSent += chunk.length
    const { raw } = this
    return isHttp2(raw) ? raw.write(chunk) : raw.write(chunk)
  }

  /**
   * A body that is there at once and small leaves in one piece with its head; `end` still follows.
   * @returns false when it is not such a one, and nothing was written
   */
  writeWhole(body: Buffer): boolean {
    const { raw } = this
    if (this.bytesSent > 0 || body.length > SMALL_BODY_BYTES || isHttp2(raw)) return false
    this.bytesSent = body.length
    // As a string, for Node makes one write of two strings and a vector of two writes of anything else.
    raw.end(body.toString('latin1'), 'latin1')
    return true
  }

  end(trailers: FlatFields): void {
    if (trailers.length > 0 && this.mayTrail) this.addTrailers(trailerFields(trailers))
    this.raw.end()
  }

  private addTrailers(fields: FlatFields): void {
    const { raw } = this
    if (isHttp2(raw)) {
      raw.addTrailers(http2Fields(fields))
      return
    }
    const pairs: [string, string][] = []
    for (let i = 0; i + 1 < fields.length; i += 2)
      pairs.push([fields[i] ?? '', fields[i + 1] ?? ''])
    raw.addTrailers(pairs)
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

  private writeOwn(status: number, fields: string[], closes: boolean): void {
    const { raw } = this
    this.status = status
    if (isHttp2(raw)) raw.writeHead(status, http2Fields(fields))
    else {
      if (closes) this.announceClose(fields)
      raw.writeHead(status, fields)
    }
    raw.end()
  }

  /** Tells the client that the rest of its request is not wanted, where the protocol has words for it; the answer still arrives. */
  declineRest(): void {
    const { raw } = this
    if (!isHttp2(raw)) return
    const { stream } = raw
    // Closed any earlier, Node would keep the answer to itself.
    stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR))
  }

  /** Breaks off so that the client sees that the response is not whole. */
  cut(): void {
    const { raw } = this
    if (isHttp2(raw)) raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else raw.destroy()
  }
}
