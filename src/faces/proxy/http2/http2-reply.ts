import { constants, type Http2ServerResponse } from 'node:http2'
import type { ReplyEvents, ReplyHead, ServerReply } from '../client-message.js'
import type { FlatFields } from '../transport/transport.js'
import { http2Fields } from './http2-fields.js'

/** The answer to a request over HTTP/2. */
export class Http2Reply implements ServerReply {
  private readonly raw: Http2ServerResponse
  private events: ReplyEvents | undefined

  constructor(raw: Http2ServerResponse) {
    this.raw = raw
  }

  get isFinished(): boolean {
    return this.raw.writableFinished
  }

  listen(events: ReplyEvents): void {
    this.events = events
    this.raw.on('drain', () => events.onReplyDrain())
    this.raw.on('close', () => events.onReplyClosed())
  }

  /** Where nothing has a meaning any more (RFC 9110 §15), Node's HTTP/2 ends. */
  takes(status: number): boolean {
    return status < 600
  }

  writeInformational(status: number, fields: FlatFields): void {
    const { stream } = this.raw
    if (stream.writable) stream.additionalHeaders({ ...http2Fields(fields), ':status': status })
  }

  writeHead({ status, fields }: ReplyHead): void {
    this.raw.writeHead(status, http2Fields(fields))
  }

  write(chunk: Buffer): boolean {
    // Node needs it until the frames of it have left, and does not say when they have.
    return this.raw.write(Buffer.from(chunk))
  }

  flush(): void {
    // Nothing is held back.
  }

  end(trailers: FlatFields): void {
    if (trailers.length > 0) this.raw.addTrailers(http2Fields(trailers))
    this.raw.end()
    this.events?.onReplyWaits()
  }

  declineRest(): void {
    const { stream } = this.raw
    // Closed any earlier, Node would keep the answer to itself.
    stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR))
  }

  cut(): void {
    this.raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}
