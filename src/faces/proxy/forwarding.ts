import type { Duplex } from 'node:stream'
import type { Order } from '../../core/balancers/balancer.js'
import type { Candidate } from '../../core/candidate.js'
import { PointsmanError, type ErrorCode } from '../../core/errors.js'
import type { Outcome } from '../../core/outcome.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { ClientResponse } from './client-response.js'
import { Expiring } from './deadlines.js'
import type { ForwardContext } from './forward-context.js'
import type { Inbound } from './inbound.js'
import { RequestBody, type RequestBodyEvents } from './request-body.js'
import { requestFields, setHost } from './request-fields.js'
import { targetPath } from './router.js'
import type { ListenerRule } from './settings.js'
import type {
  Exchange,
  FlatFields,
  OutboundRequest,
  ResponseHandler,
  ResponseHead,
} from './transport/transport.js'

/** Methods that may be done twice (RFC 9110 §9.2.2), as far as HTTP and WebDAV agree on them. */
const IDEMPOTENT = new Set([
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PROPFIND',
  'PUT',
  'QUERY',
  'REPORT',
  'SEARCH',
  'TRACE',
])

/** How long a client may go on sending a request that was answered already. */
const LINGER_MS = 5000

/** Whom the deadline of a forwarding is about. */
type Awaited = 'connection' | 'head' | 'body' | 'client' | 'rest-of-request'

/** Where a request goes. */
export interface Destination {
  readonly rule: ListenerRule
  readonly group: TargetGroup
}

/** One request on its way: to the first target of the order, on a failure that allows it to the next, and back. */
export class Forwarding extends Expiring implements ResponseHandler, RequestBodyEvents {
  readonly inbound: Inbound
  readonly response: ClientResponse
  readonly startedAt: number
  destination: Destination | undefined
  candidate: Candidate | undefined
  /** Set when it did not end well. */
  errorCode: ErrorCode | undefined
  attempts = 0
  private readonly context: ForwardContext
  private order: Order | undefined
  private fields: string[] = []
  private body: RequestBody | undefined
  private exchange: Exchange | undefined
  private awaited: Awaited = 'connection'
  private isAttempting = false
  private sentAt = 0
  private headAt: number | undefined
  private triedFresh = false
  private bodyBegun = false
  private continued = false
  private isOver = false
  private awaitsDrain = false

  constructor(inbound: Inbound, response: ClientResponse, context: ForwardContext) {
    super()
    this.inbound = inbound
    this.response = response
    this.context = context
    this.startedAt = context.deadlines.now()
    inbound.connection.active.add(this)
    response.raw.on('close', this.takeClientClose)
  }

  get bytesReceived(): number {
    return this.body?.receivedBytes ?? 0
  }

  /** The client went away before it had its answer. */
  get isAborted(): boolean {
    return this.errorCode === 'CLIENT_GONE'
  }

  /** Sends the request to the first target of the group's order. */
  forward(destination: Destination): void {
    const { inbound, context } = this
    this.destination = destination
    this.order = destination.group.order(inbound)
    this.fields = requestFields(inbound, context)
    if (inbound.body !== 'none') {
      this.body = new RequestBody(inbound, context.settings, context.deadlines, this)
    }
    if (!this.tryNext()) this.fail('NO_TARGET')
  }

  /** An answer of the proxy's own, for a request that names no target. */
  answerOptions(): void {
    this.isOver = true
    this.response.answerOptions()
    this.awaitClientEnd()
  }

  /** @returns false when there is no other target */
  private tryNext(): boolean {
    const candidate = this.order?.next()
    if (!candidate) return false
    this.attempts++
    this.triedFresh = false
    this.send(candidate, false)
    return true
  }

  private send(candidate: Candidate, freshConnection: boolean): void {
    const { destination, context } = this
    if (!destination) return
    const { target } = candidate
    this.candidate = candidate
    candidate.inFlight++
    this.isAttempting = true
    this.sentAt = this.context.deadlines.now()
    this.await('connection', this.connectShareMs(destination.group))
    const request = this.outbound(destination, candidate, freshConnection)
    this.exchange = context.transportFor(target, destination.group).send(request, this)
  }

  private outbound(to: Destination, { target }: Candidate, fresh: boolean): OutboundRequest {
    const { inbound } = this
    setHost(this.fields, to.rule, target, inbound)
    return {
      target,
      tls: to.group.settings.tls,
      method: inbound.method,
      path: targetPath(to.rule, target.basePath, inbound.path) + inbound.query,
      fields: this.fields,
      body: inbound.body,
      expectContinue: inbound.expectsContinue,
      upgrade: inbound.upgrade,
      acceptsTrailers: inbound.acceptsTrailers,
      freshConnection: fresh,
    }
  }

  /** What is left of the one deadline from the first attempt to the response's head. */
  private get headLeftMs(): number {
    const { context } = this
    return this.startedAt + context.settings.connectionTimeoutMs - context.deadlines.now()
  }

  /** A target that cannot be reached must leave time for the others that may still be tried. */
  private connectShareMs(group: TargetGroup): number {
    const others = Math.min(group.settings.retries, group.size - 1) - (this.attempts - 1)
    return this.headLeftMs / (Math.max(0, others) + 1)
  }

  private await(whom: Awaited, ms: number): void {
    this.awaited = whom
    this.context.deadlines.arm(this, ms)
  }

  onReady(): void {
    const { body, exchange, inbound } = this
    if (!body || !exchange) {
      this.await('head', this.headLeftMs)
      return
    }
    if (inbound.expectsContinue) this.await('head', this.headLeftMs)
    else this.context.deadlines.disarm(this)
    body.start(exchange, inbound.expectsContinue)
  }

  onBodyBegun(): void {
    this.bodyBegun = true
    this.awaitUpload()
  }

  /** While the client sends, the target has nothing to answer to, and is not late. */
  private awaitUpload(): void {
    if (!this.response.headSent) this.context.deadlines.disarm(this)
  }

  onBodyEnd(): void {
    if (this.response.headSent) this.awaitBody()
    else this.await('head', this.context.settings.connectionTimeoutMs)
  }

  onBodyError(error: PointsmanError): void {
    this.fail(error.code)
  }

  onDrain(): void {
    this.body?.resume()
  }

  onInformational(status: number, fields: FlatFields): void {
    if (status === 100) {
      // A 100 nobody waits for would only confuse.
      if (!this.inbound.expectsContinue || this.continued) return
      this.continued = true
      this.awaitUpload()
      this.body?.awaitClient()
    }
    this.response.writeInformational(status, fields)
  }

  onHead(head: ResponseHead): void {
    this.headAt = this.context.deadlines.now()
    this.response.writeHead(head, this.closesAfter)
    this.awaitBody()
    if (head.body !== 'none') process.nextTick(flushHead, this)
  }

  /** Whether the client's connection cannot or should not carry another request. */
  private get closesAfter(): boolean {
    // A client that was told neither to send its body nor not to may do either.
    const inDoubt = this.inbound.expectsContinue && !this.continued && !this.bodyBegun
    const { isDraining, active } = this.inbound.connection
    // What was sent behind it is answered first.
    return inDoubt || (isDraining && active.size === 1)
  }

  onData(chunk: Buffer): boolean {
    if (this.response.write(chunk)) {
      this.awaitBody()
      return true
    }
    this.awaitClientDrain()
    return false
  }

  /** A target that still gets the request may wait for more of it before it goes on. */
  private awaitBody(): void {
    this.await('body', this.context.settings.connectionTimeoutMs)
    if (this.body && !this.body.isOver) this.context.deadlines.disarm(this)
  }

  private awaitClientDrain(): void {
    if (!this.awaitsDrain) {
      this.awaitsDrain = true
      this.response.raw.on('drain', this.takeClientDrain)
    }
    this.await('client', this.context.settings.requestTimeoutMs)
  }

  private readonly takeClientDrain = (): void => {
    if (this.isOver || this.awaited !== 'client' || !this.exchange) return
    this.awaitBody()
    this.exchange.resume()
  }

  onEnd(trailers: FlatFields): void {
    this.settle()
    this.response.end(trailers)
    this.awaitClientEnd()
  }

  onUpgrade(status: number, fields: FlatFields, socket: Duplex, early: Buffer): void {
    this.context.deadlines.disarm(this)
    this.isOver = true
    this.response.status = status
    this.context.tunnel(this, { status, fields, socket, early })
  }

  /** The tunnel that followed the target's 101 is gone. */
  endTunnel(code: ErrorCode | undefined): void {
    this.errorCode = code
    this.settle()
    this.context.finished(this)
  }

  onError(error: PointsmanError): void {
    this.report(error.code)
    this.exchange = undefined
    this.body?.stop()
    if (this.mayRetry(error) && this.retry(error)) return
    this.fail(error.code)
  }

  /** Whether the request can be sent again at all. */
  private mayRetry({ retryable }: PointsmanError): boolean {
    if (this.response.headSent || this.bodyBegun || retryable === 'never') return false
    return retryable === 'always' || IDEMPOTENT.has(this.inbound.method)
  }

  private retry({ code }: PointsmanError): boolean {
    const { candidate, destination } = this
    if (code === 'TARGET_CLOSED_REUSED' && candidate && !this.triedFresh) {
      // The target closed a connection that it kept for us: no fault of its own, so it gets another chance.
      this.triedFresh = true
      this.send(candidate, true)
      return true
    }
    return this.attempts <= (destination?.group.settings.retries ?? 0) && this.tryNext()
  }

  /** A deadline has passed. */
  expire(): void {
    switch (this.awaited) {
      case 'connection':
        this.exchange?.abort()
        this.onError(new PointsmanError('CONNECT_TIMEOUT', 'The target was not reached in time'))
        break
      case 'head':
        this.fail('RESPONSE_TIMEOUT')
        break
      case 'body':
        this.fail('RESPONSE_STALLED')
        break
      case 'client':
      case 'rest-of-request':
        this.errorCode ??= this.awaited === 'client' ? 'RESPONSE_NOT_READ' : 'REQUEST_TIMEOUT'
        this.settle()
        this.response.cut()
        // A response that was written to its end no longer has a hold on its connection.
        if (!this.inbound.isHttp2) this.inbound.connection.cut()
    }
  }

  /** Ends it with an error: an answer if none has begun, else a cut that the client can see. */
  fail(code: ErrorCode, closes = this.closesAfter): void {
    if (this.isOver) return
    this.errorCode = code
    const inDoubt = closes || code === 'REQUEST_TIMEOUT'
    this.settle()
    if (this.response.headSent) this.response.cut()
    else {
      this.response.fail(code, inDoubt)
      this.awaitClientEnd()
    }
  }

  /** The target's part is over, one way or the other. */
  private settle(): void {
    this.context.deadlines.disarm(this)
    this.report(this.errorCode)
    this.body?.stop()
    this.exchange?.abort()
    this.exchange = undefined
    this.isOver = true
  }

  /** The attempt under way is over: the group learns how it went, once. */
  private report(code: ErrorCode | undefined): void {
    const { candidate, destination } = this
    if (!candidate || !destination || !this.isAttempting) return
    this.isAttempting = false
    candidate.inFlight--
    const latencyMs = (this.headAt ?? this.context.deadlines.now()) - this.sentAt
    const outcome: Outcome =
      code === undefined
        ? { kind: 'answer', status: this.response.status, latencyMs }
        : { kind: 'error', code, latencyMs }
    destination.group.report(candidate, outcome)
  }

  private awaitClientEnd(): void {
    const { request, body } = this.inbound
    if (body !== 'none') request.resume()
    if (body !== 'none' && !request.complete) this.await('rest-of-request', LINGER_MS)
    else this.await('client', this.context.settings.requestTimeoutMs)
  }

  private readonly takeClientClose = (): void => {
    const { deadlines } = this.context
    if (!this.response.isFinished && this.errorCode === undefined) this.errorCode = 'CLIENT_GONE'
    if (!this.isOver) this.settle()
    const lingers = this.response.isFinished && this.awaited === 'rest-of-request'
    const { request } = this.inbound
    if (lingers && !request.complete) {
      for (const event of ['end', 'close']) request.once(event, () => deadlines.disarm(this))
    } else deadlines.disarm(this)
    this.context.finished(this)
  }

  /** The head has waited for a first piece of body that is not there yet. */
  flushHead(): void {
    if (!this.isOver && this.response.bytesSent === 0) this.response.flushHead()
  }
}

function flushHead(forwarding: Forwarding): void {
  forwarding.flushHead()
}
