import { constants, type ClientHttp2Stream } from 'node:http2'
import { PointsmanError } from '../../../../core/errors.js'
import { nodeCodeOf } from '../../../../core/node-errors.js'
import { connectError } from '../target-errors.js'
import type { BodyFraming, FlatFields, ResponseHead } from '../transport.js'
import { unsupported, type Carrier, type ReplyFromExchange } from './exchange.js'
import { fromHttp2, sizeOf, toHttp2 } from './http2-fields.js'
import type { Http2Link } from './http2-link.js'
import type { Answer } from './way.js'

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_PROTOCOL_ERROR } = constants

interface Received {
  readonly ':status'?: number | undefined
  readonly 'content-length'?: string | undefined
}

/** Carries an exchange as a stream of an HTTP/2 connection. */
export class Http2Carrier implements Carrier {
  private readonly link: Http2Link
  private readonly exchange: ReplyFromExchange
  private readonly answer: Answer
  private readonly stream: ClientHttp2Stream
  private readonly reused: boolean
  private head: ResponseHead | undefined
  private trailers: FlatFields = []
  private requestTrailers: FlatFields = []
  private cause: Error | undefined

  /** @throws Error when Node refuses to send such a request */
  constructor(link: Http2Link, exchange: ReplyFromExchange, answer: Answer) {
    this.link = link
    this.exchange = exchange
    this.answer = answer
    this.reused = link.connected
    this.stream = link.open(exchange.request)
    if (this.stream.pending) this.stream.once('ready', this.beReady)
    else process.nextTick(this.beReady)
    this.stream.on('headers', this.takeInformational)
    this.stream.once('response', this.takeResponse)
    this.stream.once('trailers', this.takeTrailers)
    this.stream.once('wantTrailers', this.sendTrailers)
    this.stream.on('drain', () => exchange.caller.onDrain())
    this.stream.on('error', (error: Error) => {
      this.cause ??= error
    })
    this.stream.once('close', this.takeClose)
  }

  write(chunk: Buffer): boolean {
    return this.stream.writable ? this.stream.write(chunk) : true
  }

  end(trailers: FlatFields): void {
    this.requestTrailers = trailers
    this.stream.end()
  }

  resume(): void {
    this.stream.resume()
  }

  cut(): void {
    if (!this.head && !this.stream.destroyed) this.link.doubt()
    this.stream.close(NGHTTP2_CANCEL)
    // What came and was not read would keep the stream, and with it the connection, open.
    this.stream.destroy()
  }

  deliver(): void {
    const { stream, head } = this
    const { caller } = this.exchange
    if (!head) return
    let missing = typeof head.body === 'number' ? head.body : 0
    // A connection that dies destroys its streams, and that can look like the end of a body of unknown length.
    const isTorn = () => missing > 0 || (head.body === 'chunked' && stream.destroyed)
    caller.onHead(head)
    stream.on('data', (chunk: Buffer) => {
      missing -= chunk.length
      if (!caller.onData(chunk)) stream.pause()
    })
    // Ahead of Node's own listener, which destroys the stream after its end.
    stream.prependOnceListener('end', () => {
      if (isTorn()) return
      if (!stream.writableEnded) this.cut()
      caller.onEnd(this.trailers)
    })
  }

  private readonly beReady = (): void => {
    if (!this.stream.destroyed) this.exchange.caller.onReady(this.reused)
  }

  // The raw fields are documented from Node 24 on, and given by all before it as well.
  private readonly takeInformational = (
    received: Received,
    _: number,
    raw: FlatFields = [],
  ): void => {
    this.exchange.caller.onInformational(received[':status'] ?? 0, fromHttp2(raw))
  }

  private readonly takeResponse = (
    received: Received,
    flags: number,
    raw: FlatFields = [],
  ): void => {
    const { id } = this.exchange.request.target
    if (sizeOf(raw) > this.link.maxHeadBytes) {
      // The setting of that name is a request to the target, and no limit to Node.
      const text = `The head of ${id}'s response is too large`
      this.fail(new PointsmanError('RESPONSE_HEAD_TOO_LARGE', text))
      return
    }
    const status = received[':status'] ?? 0
    const ended = (flags & NGHTTP2_FLAG_END_STREAM) !== 0
    const body = this.framingOf(status, ended ? '0' : received['content-length'])
    this.head = { status, reason: '', fields: fromHttp2(raw), body }
    this.answer(null, status)
  }

  /** nghttp2 has checked that the length is a number, and that the data is as long. */
  private framingOf(status: number, length: string | undefined): BodyFraming {
    if (this.exchange.request.method === 'HEAD' || status === 204 || status === 304) return 'none'
    if (length === undefined) return 'chunked'
    return Number(length) === 0 ? 'none' : Number(length)
  }

  private readonly takeTrailers = (_: unknown, __: number, raw: FlatFields = []): void => {
    this.trailers = fromHttp2(raw)
  }

  private readonly sendTrailers = (): void => {
    try {
      this.stream.sendTrailers(toHttp2(this.requestTrailers))
    } catch (error) {
      this.exchange.fail(unsupported(error))
    }
  }

  private readonly takeClose = (): void => {
    if (!this.exchange.caller.isGone) this.fail(this.failure())
  }

  private fail(error: PointsmanError): void {
    if (this.head) this.exchange.fail(error)
    else this.answer(error, 0)
  }

  /** What it means that the stream is gone now. */
  private failure(): PointsmanError {
    const { link, head } = this
    const { target } = this.exchange.request
    const cause = this.cause ?? link.failure
    if (!link.connected) return connectError(target, link.failure ?? cause, link.reached)
    const reason = nodeCodeOf(cause) || `code ${this.stream.rstCode}`
    if (this.stream.rstCode === NGHTTP2_PROTOCOL_ERROR || reason === 'ERR_HTTP2_ERROR') {
      const text = `${target.id} answered malformed: ${reason}`
      return new PointsmanError('RESPONSE_MALFORMED', text, cause)
    }
    if (head) {
      const text = `${target.id} broke off inside its response (${reason})`
      return new PointsmanError('RESPONSE_INCOMPLETE', text, cause)
    }
    const stale = this.reused && link.session.destroyed
    const kind = stale ? 'TARGET_CLOSED_REUSED' : 'TARGET_CLOSED'
    return new PointsmanError(kind, `${target.id} closed before it answered (${reason})`, cause)
  }
}
