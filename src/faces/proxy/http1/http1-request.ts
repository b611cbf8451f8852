import { ChunkedBody } from '../chunked-body.js'
import type { BodyReader, ServerRequest, SwitchedClient } from '../client-message.js'
import type { BodyFraming, FlatFields } from '../transport/transport.js'
import type { RequestHead } from './request-head.js'

const NO_TRAILERS: FlatFields = []

/** What a request asks of the connection that it came by. */
export interface BodySource {
  /** A trailer section over this is refused. */
  readonly maxHeadBytes: number
  /** Somebody takes the body again. */
  resumeReading(): void
  /** Nobody takes it for now. */
  pauseReading(): void
  /** All of the body was read. */
  bodyRead(): void
  handOver(): SwitchedClient
}

/** A client's request over HTTP/1: its head, and its body as it is read. */
export class Http1Request implements ServerRequest {
  readonly version: '1.0' | '1.1'
  readonly method: string
  readonly url: string
  readonly fields: FlatFields
  readonly authority = ''
  readonly endsWithHead = false
  isRead = true
  /** Set when all of the body has come: what followed it. */
  private trailers: FlatFields | undefined = NO_TRAILERS
  private remaining = 0
  private chunked: ChunkedBody | undefined
  private reader: BodyReader | undefined
  private isDiscarded = false
  private onOver: (() => void) | undefined
  private readonly source: BodySource

  constructor(source: BodySource, { version, method, url, fields }: RequestHead) {
    this.source = source
    this.version = version
    this.method = method
    this.url = url
    this.fields = fields
  }

  get isComplete(): boolean {
    return this.trailers !== undefined
  }

  /** Whether anybody takes the next piece. */
  get isFlowing(): boolean {
    return this.isDiscarded || this.reader !== undefined
  }

  expectBody(framing: BodyFraming): void {
    if (framing === 'chunked') this.chunked = new ChunkedBody(this.source.maxHeadBytes)
    else this.remaining = framing === 'none' ? 0 : framing
    this.isRead = framing === 'none' || framing === 0
    if (!this.isRead) this.trailers = undefined
  }

  readBody(reader: BodyReader): void {
    this.reader = reader
    if (this.trailers) this.finish(this.trailers)
    else this.source.resumeReading()
  }

  pauseBody(): void {
    this.reader = undefined
    if (!this.isComplete) this.source.pauseReading()
  }

  discardBody(onOver: () => void): void {
    this.reader = undefined
    this.isDiscarded = true
    this.onOver = onOver
    if (this.trailers) this.finish(this.trailers)
    else this.source.resumeReading()
  }

  switchProtocol(): SwitchedClient {
    return this.source.handOver()
  }

  /**
   * Takes what of `bytes` belongs to the body, as long as anybody wants it.
   * @returns where it stopped; -1 when the body is malformed
   */
  take(bytes: Buffer, from: number): number {
    if (this.chunked) return this.takeChunks(this.chunked, bytes, from)
    const end = Math.min(bytes.length, from + this.remaining)
    this.remaining -= end - from
    this.onData(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end))
    if (this.remaining === 0) this.complete(NO_TRAILERS)
    return end
  }

  private takeChunks(chunked: ChunkedBody, bytes: Buffer, from: number): number {
    const at = chunked.execute(bytes, from, this)
    if (chunked.trailers) this.complete(chunked.trailers)
    return at
  }

  /** One piece of the body. */
  onData(piece: Buffer): boolean {
    if (this.reader?.onPiece(piece) === false) this.reader = undefined
    return this.isFlowing
  }

  /** The client is gone; what has not come never will. */
  lose(): void {
    this.over()
  }

  private complete(trailers: FlatFields): void {
    this.trailers = trailers
    if (this.isFlowing) this.finish(trailers)
  }

  /** Whoever is to be spared the next piece is told of the end as late. */
  private finish(trailers: FlatFields): void {
    const { reader } = this
    this.isRead = true
    this.reader = undefined
    reader?.onBodyComplete(trailers)
    this.over()
    this.source.bodyRead()
  }

  private over(): void {
    const { onOver } = this
    this.onOver = undefined
    onOver?.()
  }
}
