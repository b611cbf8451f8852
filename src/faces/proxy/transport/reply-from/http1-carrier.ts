import {
  request as sendRequest,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http'
import type { Socket } from 'node:net'
import { PointsmanError } from '../../../../core/errors.js'
import { nodeCodeOf } from '../../../../core/node-errors.js'
import { connectError } from '../target-errors.js'
import type { FlatFields, ResponseHead } from '../transport.js'
import { unsupported, type Carrier, type ReplyFromExchange } from './exchange.js'
import { framingFields, headOf, pairs } from './http1-fields.js'
import { readyEvent } from './open-socket.js'
import type { Answer } from './way.js'

/** Carries an exchange over HTTP/1.1. */
export class Http1Carrier implements Carrier {
  private readonly exchange: ReplyFromExchange
  private readonly answer: Answer
  private readonly message: ClientRequest
  private socket: Socket | undefined
  private reached = false
  private isReady = false
  private bytesBefore = 0
  private response: IncomingMessage | undefined
  private head: ResponseHead | undefined

  constructor(
    exchange: ReplyFromExchange,
    answer: Answer,
    options: { readonly agent: Agent; readonly maxHeadBytes: number },
  ) {
    this.exchange = exchange
    this.answer = answer
    const { request, caller } = exchange
    this.message = sendRequest({
      agent: options.agent,
      method: request.method,
      path: request.path,
      headers: [...request.fields, ...framingFields(request)],
      maxHeaderSize: options.maxHeadBytes,
    })
    this.message.maxHeadersCount = 0
    this.message.once('socket', this.takeSocket)
    this.message.on('information', ({ statusCode, rawHeaders }) =>
      caller.onInformational(statusCode, rawHeaders),
    )
    this.message.once('upgrade', this.takeUpgrade)
    this.message.once('response', this.takeResponse)
    this.message.on('drain', () => caller.onDrain())
    this.message.on('error', (error) => {
      // What came behind the end of a response is no fault of that response.
      if (this.response?.complete !== true) this.takeLoss(error)
    })
    this.message.once('close', () => {
      if (!this.response) this.takeLoss()
    })
    if (request.body === 'none') this.message.end()
    else this.message.flushHeaders()
  }

  write(chunk: Buffer): boolean {
    return this.message.write(chunk)
  }

  end(trailers: FlatFields): void {
    if (trailers.length > 0 && this.exchange.request.body === 'chunked') {
      try {
        this.message.addTrailers(pairs(trailers))
      } catch (error) {
        this.exchange.fail(unsupported(error))
        return
      }
    }
    this.message.end()
  }

  resume(): void {
    this.response?.resume()
  }

  cut(): void {
    this.message.destroy()
  }

  deliver(): void {
    const { response, head } = this
    const { caller } = this.exchange
    if (!response || !head) return
    caller.onHead(head)
    if (head.body === 'none') {
      // Bytes after its end are an error of the connection, and none of this response.
      response.resume()
      this.finish([])
      return
    }
    response.on('data', (chunk: Buffer) => {
      if (!caller.onData(chunk)) response.pause()
    })
    response.once('end', () => this.finish(response.rawTrailers))
    response.once('close', () => this.takeLoss())
  }

  private finish(trailers: FlatFields): void {
    // What the target has not waited for, it must not take for the next request.
    if (!this.message.writableEnded) this.message.destroy()
    this.exchange.caller.onEnd(trailers)
  }

  private readonly takeSocket = (socket: Socket): void => {
    this.socket = socket
    // The agent's limit is for idle connections.
    socket.setTimeout(0)
    this.bytesBefore = socket.bytesRead
    if (this.message.reusedSocket) {
      this.beReady()
      return
    }
    socket.once('connect', () => {
      this.reached = true
    })
    socket.once(readyEvent(this.exchange.request.target), () => this.beReady())
  }

  private beReady(): void {
    this.isReady = true
    this.exchange.caller.onReady(this.message.reusedSocket)
  }

  private readonly takeUpgrade = (
    response: IncomingMessage,
    socket: Socket,
    early: Buffer,
  ): void => {
    const { request, caller } = this.exchange
    if (request.upgrade === undefined) this.fail(this.malformed('101 without a request for it'))
    else caller.onUpgrade(101, response.rawHeaders, socket, early)
  }

  private readonly takeResponse = (response: IncomingMessage): void => {
    response.on('error', this.takeLoss)
    // One that Node did not take for an upgrade lacks the fields of it.
    if (response.statusCode !== 101) this.head = headOf(response, this.exchange.request)
    if (!this.head) {
      this.fail(this.malformed('its version or framing'))
      return
    }
    this.response = response
    this.answer(null, this.head.status)
  }

  private readonly takeLoss = (cause?: Error): void => {
    if (!this.exchange.caller.isGone) this.fail(this.failure(cause))
  }

  private fail(error: PointsmanError): void {
    if (this.response) this.exchange.fail(error)
    else this.answer(error, 0)
  }

  private malformed(what: string, cause?: Error): PointsmanError {
    const { id } = this.exchange.request.target
    return new PointsmanError('RESPONSE_MALFORMED', `${id} answered malformed: ${what}`, cause)
  }

  /** What it means that the connection is gone, or of no more use, now. */
  private failure(cause?: Error): PointsmanError {
    const { target } = this.exchange.request
    const code = nodeCodeOf(cause)
    if (!this.isReady) return connectError(target, cause, this.reached)
    if (code === 'HPE_HEADER_OVERFLOW') {
      const text = `The head of ${target.id}'s response is too large`
      return new PointsmanError('RESPONSE_HEAD_TOO_LARGE', text, cause)
    }
    if (code.startsWith('HPE_')) return this.malformed(code, cause)
    if (this.response) {
      const text = `${target.id} broke off inside its response (${code})`
      return new PointsmanError('RESPONSE_INCOMPLETE', text, cause)
    }
    const silent = this.socket?.bytesRead === this.bytesBefore
    const kind = this.message.reusedSocket && silent ? 'TARGET_CLOSED_REUSED' : 'TARGET_CLOSED'
    return new PointsmanError(kind, `${target.id} closed before it answered (${code})`, cause)
  }
}
