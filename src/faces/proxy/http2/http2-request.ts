import type { Http2ServerRequest } from 'node:http2'
import type { BodyReader, ServerRequest, SwitchedClient } from '../client-message.js'
import type { FlatFields } from '../transport/transport.js'

/** A client's request over HTTP/2, as Node has read it. */
export class Http2Request implements ServerRequest {
  readonly version = '2'
  readonly method: string
  readonly url: string
  readonly fields: FlatFields
  readonly authority: string
  readonly endsWithHead: boolean
  private reader: BodyReader | undefined
  private readonly raw: Http2ServerRequest

  constructor(raw: Http2ServerRequest) {
    const { method, url, rawHeaders, authority, stream } = raw
    this.raw = raw
    this.method = method
    this.url = url
    this.fields = rawHeaders.filter((_, i, all) => !all[i - (i % 2)]?.startsWith(':'))
    this.authority = authority
    this.endsWithHead = stream.endAfterHeaders
  }

  get isComplete(): boolean {
    return this.raw.complete
  }

  get isRead(): boolean {
    return this.raw.readableEnded
  }

  expectBody(): void {
    // The stream says where it ends.
  }

  readBody(reader: BodyReader): void {
    const { raw } = this
    if (!this.reader) {
      raw.on('data', this.takePiece)
      raw.on('end', this.takeEnd)
    }
    this.reader = reader
    raw.resume()
  }

  pauseBody(): void {
    const { raw } = this
    raw.off('data', this.takePiece)
    raw.off('end', this.takeEnd)
    this.reader = undefined
    raw.pause()
  }

  discardBody(onOver: () => void): void {
    const { raw } = this
    this.pauseBody()
    let isOver = false
    const over = (): void => {
      if (isOver) return
      isOver = true
      onOver()
    }
    for (const event of ['end', 'close']) raw.once(event, over)
    raw.resume()
  }

  switchProtocol(): SwitchedClient {
    throw new Error('HTTP/2 has no upgrade')
  }

  private readonly takePiece = (chunk: Buffer): void => {
    if (this.reader?.onPiece(chunk) === false) this.raw.pause()
  }

  private readonly takeEnd = (): void => {
    const { reader } = this
    this.pauseBody()
    reader?.onBodyComplete(this.raw.rawTrailers)
  }
}
