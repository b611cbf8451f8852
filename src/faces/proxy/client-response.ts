import type { ServerResponse } from 'node:http'
import { constants, type Http2ServerResponse } from 'node:http2'
import type { ErrorCode } from '../../core/errors.js'
import { errorStatus, proxyStatus } from './error-reply.js'
import type { Inbound } from './inbound.js'
import { trailerFields } from './request-fields.js'
import { http2Fields, responseFields, takesTrailers } from './response-fields.js'
import type { FlatFields, ResponseHead } from './transport/transport.js'

/** Node's response, over either version of the protocol. */
export type ServerReply = ServerResponse | Http2ServerResponse

function isHttp2(reply: ServerReply): reply is Http2ServerResponse {
  return 'stream' in reply
}

/** A repeated `Link` field, or one with several links, link by link: Node takes them only so. */
function links(fields: FlatFields): string[] {
  const found: string[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if ((fields[i] ?? '').toLowerCase() !== 'link') continue
    found.push(...(fields[i + 1] ?? '').split(/,\s*(?=<)/))
  }
  return found
}

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

  /** Passes on a 100 or 103; others have no meaning to a client that did not ask. */
  writeInformational(status: number, fields: FlatFields): void {
    const { raw } = this
    if (this.headSent || this.inbound.isHttp10) return
    if (status === 100) raw.writeContinue()
    if (status !== 103) return
    const link = links(fields)
    if (link.length === 0) return
    try {
      raw.writeEarlyHints({ link })
    } catch {
      // Node refuses links it does not understand; hints may be lost, answers may not.
    }
  }

  /**
   * The head of the target's response; it leaves with the first piece of the body, or by `flushHead`.
   * @param closes tell the client that its connection ends with this response
   */
  writeHead(head: ResponseHead, closes: boolean): void {
    const fields = responseFields(head, this.inbound)
    const { raw } = this
    this.mayTrail = takesTrailers(head, this.inbound)
    if (isHttp2(raw)) raw.writeHead(head.status, http2Fields(fields))
    else {
      if (closes) fields.push('Connection', 'close')
      raw.writeHead(head.status, head.reason, fields)
    }
    this.status = head.status
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
      if (closes) fields.push('Connection', 'close')
      raw.writeHead(status, fields)
    }
    raw.end()
  }

  /** Breaks off so that the client sees that the response is not whole. */
  cut(): void {
    const { raw } = this
    if (isHttp2(raw)) raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else raw.destroy()
  }
}
