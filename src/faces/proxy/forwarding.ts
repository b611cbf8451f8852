import type { Duplex } from 'node:stream'
import { PointsmanError, type ErrorCode } from '../../core/errors.js'
import { reached } from '../../core/instance.js'
import type { Steered } from '../../core/steering.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { Target } from '../../core/target.js'
import type { Link } from './active-requests.js'
import { Attempts, type Turn } from './attempts.js'
import type { ClientResponse } from './client-response.js'
import { Expiring } from './deadlines.js'
import type { ReplyEvents } from './client-message.js'
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

/** How long a client may go on sending a request that was answered already. */
const LINGER_MS = 5000

/** Whom the deadline of a forwarding is about. */
type Awaited = 'turn' | 'connection' | 'head' | 'body' | 'client' | 'rest-of-request'

/** Where a request goes. */
export interface Destination {
  readonly rule: ListenerRule
  readonly group: TargetGroup
  /** Those of the group's targets that an application has chosen; undefined = all of them. */
  readonly steered?: Steered
}

/** The target as this request reaches it. */
function aimed({ steered }: Destination, target: Target): Target {
  return (steered && reached(target, steered.reach)) ?? target
}

/** One request on its way: to the first target of the order, on a failure that allows it to the next, and back. */
export class Forwarding
  extends Expiring
  implements ResponseHandler, RequestBodyEvents, ReplyEvents, Link<Forwarding>
{
  readonly inbound: Inbound
  readonly response: ClientResponse
  readonly startedAt: number
  destination: Destination | undefined
  attempts: Attempts | undefined
  before: Forwarding | undefined
  behind: Forwarding | undefined
  /** Set when it did not end well. */
  errorCode: ErrorCode | undefined
  private readonly context: ForwardContext
  private fields: string[] = []
  private body: RequestBody | undefined
  private exchange: Exchange | undefined
  private awaited: Awaited = 'connection'
  private headAt: number | undefined
  private tunnelledBytes = 0
  private bodyBegun = false
  private continued = false
  private isOver = false
  private restIsOver = false

  constructor(inbound: Inbound, response: ClientResponse, context: ForwardContext) {
    super()
    this.inbound = inbound
    this.response = response
    this.context = context
    this.startedAt = context.deadlines.now()
    inbound.connection.active.add(this)
    response.raw.listen(this)
  }

  get bytesReceived(): number {
    return this.body?.receivedBytes ?? this.tunnelledBytes
  }

  /** The client went away before it had its answer. */
  get isAborted(): boolean {
    return this.errorCode === 'CLIENT_GONE'
  }

  /** Sends the request to the first target of the group's order, or to whichever has room first. */
  forward(destination: Destination): void {
    const { inbound, context } = this
    this.destination = destination
    this.fields = requestFields(inbound, context)
    if (inbound.body !== 'none') {
      this.body = new RequestBody(inbound, context.settings, context.deadlines, this)
    }
    const attempts = new Attempts(destination, inbound, context.traffic)
    this.attempts = attempts
    const turn = attempts.first()
    if (turn) this.send(destination, attempts, turn, this.startedAt)
    else this.queue(destination, attempts)
  }

  private queue(destination: Destination, attempts: Attempts): void {
    const problem = attempts.wait(this.context.deadlines.now(), (turn) =>
      this.send(destination, attempts, turn),
    )
    if (problem) this.fail(problem)
    else this.awaitUntil('turn', this.headDeadline)
  }

  /** An answer of the proxy's own, for a request that names no target. */
  answerOptions(): void {
    this.isOver = true
    this.awaitRest()
    this.response.answerOptions()
  }

  private send(
    destination: Destination,
    attempts: Attempts,
    { candidate, fresh }: Turn,
    now = this.context.deadlines.now(),
  ): void {
    const { context } = this
    const target = aimed(destination, candidate.target)
    attempts.begin(candidate, now)
    // A target that cannot be reached must leave time for the others that may still be tried.
    const shareMs = (this.headDeadline - now) / (attempts.othersLeft + 1)
    this.awaitUntil('connection', now + shareMs)
    const request = this.outbound(destination, target, fresh)
    this.exchange = context.transportFor(target, destination.group).send(request, this)
  }

  private outbound(to: Destination, target: Target, fresh: boolean): OutboundRequest {
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

  /** One for all attempts, up to the response's head. */
  private get headDeadline(): number {
    return this.startedAt + this.context.settings.connectionTimeoutMs
  }

  private await(whom: Awaited, ms: number): void {
    this.awaitUntil(whom, this.context.deadlines.now() + ms)
  }

  private awaitUntil(whom: Awaited, deadline: number): void {
    this.awaited = whom
    this.context.deadlines.armAt(this, deadline)
  }

  onReady(): void {
    const { body, exchange, inbound } = this
    if (!body || !exchange) {
      this.awaitUntil('head', this.headDeadline)
      return
    }
    if (inbound.expectsContinue) this.awaitUntil('head', this.headDeadline)
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
    if (!this.response.takes(head.status)) {
      this.fail('RESPONSE_MALFORMED')
      return
    }
    this.headAt = this.context.deadlines.now()
    this.response.writeHead(head, this.closesAfter, this.attempts?.cookie)
  }

  onLull(): void {
    if (this.isOver) return
    this.response.flush()
    if (this.awaited !== 'client') this.awaitBody()
  }

  /** Whether the client's connection cannot or should not carry another request. */
  private get closesAfter(): boolean {
    // A client that was told neither to send its body nor not to may do either.
    const inDoubt = this.inbound.expectsContinue && !this.continued && !this.bodyBegun
    return inDoubt || this.inbound.connection.isLastAnswer
  }

  onData(chunk: Buffer): boolean {
    const takesMore = this.response.write(chunk)
    if (!takesMore) this.await('client', this.context.settings.requestTimeoutMs)
    return takesMore
  }

  /** A target that still gets the request may wait for more of it before it goes on. */
  private awaitBody(): void {
    this.await('body', this.context.settings.connectionTimeoutMs)
    if (this.body && !this.body.isOver) this.context.deadlines.disarm(this)
  }

  onReplyDrain(): void {
    if (this.isOver || this.awaited !== 'client' || !this.exchange) return
    this.awaitBody()
    this.exchange.resume()
  }

  onEnd(trailers: FlatFields): void {
    this.settle()
    this.awaitRest()
    this.response.end(trailers)
  }

  onUpgrade(status: number, fields: FlatFields, socket: Duplex, early: Buffer): void {
    this.context.deadlines.disarm(this)
    this.isOver = true
    this.headAt = this.context.deadlines.now()
    this.response.status = status
    this.context.tunnel(this, { status, fields, socket, early })
  }

  /** The tunnel that followed the target's 101 is gone, after so many bytes of the client's and of the target's. */
  endTunnel(code: ErrorCode | undefined, receivedBytes: number, sentBytes: number): void {
    this.errorCode = code
    this.tunnelledBytes = receivedBytes
    this.response.bytesSent = sentBytes
    this.settle()
    this.context.finished(this)
  }

  onError(error: PointsmanError): void {
    const { attempts, destination } = this
    this.letGo()
    this.report(error.code)
    const mayRetry = !this.response.headSent && !this.bodyBegun
    const turn = mayRetry ? attempts?.after(error) : undefined
    if (turn && attempts && destination) this.send(destination, attempts, turn)
    else this.fail(error.code)
  }

  /** The target it waits for was taken out of service: tries another if that is safe, else goes on waiting. */
  leaveTarget(): void {
    const { attempts, destination } = this
    const isWaiting = this.exchange !== undefined && this.awaited === 'head'
    if (!isWaiting || this.response.headSent || this.bodyBegun) return
    const error = new PointsmanError('TARGET_UNHEALTHY', 'The target was found unhealthy meanwhile')
    const turn = attempts?.after(error)
    if (!turn || !attempts || !destination) return
    this.letGo()
    this.report(error.code)
    this.send(destination, attempts, turn)
  }

  /** A deadline has passed. */
  expire(): void {
    switch (this.awaited) {
      case 'turn':
        this.fail('QUEUE_TIMEOUT')
        break
      case 'connection':
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
        if (this.inbound.request.version !== '2') this.inbound.connection.cut()
    }
  }

  /**
   * Ends it with an error: an answer if none has begun, else a cut that the client can see.
   * @returns false when it was over before
   */
  fail(code: ErrorCode, closes = this.closesAfter): boolean {
    if (this.isOver) return false
    this.errorCode = code
    const inDoubt = closes || code === 'REQUEST_TIMEOUT'
    this.settle()
    if (this.response.headSent) this.response.cut()
    else {
      this.awaitRest()
      this.response.fail(code, inDoubt)
    }
    return true
  }

  /** The target's part is over, one way or the other. */
  private settle(): void {
    this.isOver = true
    this.letGo()
    this.report(this.errorCode)
  }

  /**
   * Nothing more is to do with the target of the attempt under way. Before the group learns of the end: a failure may be the
   * one that takes the target out, and then everybody who waits for it is told, there and then.
   */
  private letGo(): void {
    this.context.deadlines.disarm(this)
    this.body?.stop()
    this.exchange?.abort()
    this.exchange = undefined
  }

  /** The attempt under way is over: the group learns how it went. */
  private report(code: ErrorCode | undefined): void {
    const at = this.headAt ?? this.context.deadlines.now()
    const { status, bytesSent } = this.response
    this.attempts?.end(at, code ?? status, this.bytesReceived, bytesSent)
  }

  /** What remains of the request is read away. */
  private awaitRest(): void {
    const { request } = this.inbound
    if (request.isRead) return
    const { isComplete } = request
    request.discardBody(this.takeRestOver)
    if (isComplete) return
    this.response.declineRest()
    this.await('rest-of-request', LINGER_MS)
  }

  private readonly takeRestOver = (): void => {
    this.restIsOver = true
    if (this.awaited !== 'rest-of-request') return
    if (this.response.isFinished) this.context.deadlines.disarm(this)
    else this.await('client', this.context.settings.requestTimeoutMs)
  }

  onReplyWaits(): void {
    if (this.awaited !== 'rest-of-request')
      this.await('client', this.context.settings.requestTimeoutMs)
  }

  onReplyClosed(): void {
    if (!this.response.isFinished && this.errorCode === undefined) this.errorCode = 'CLIENT_GONE'
    if (!this.isOver) this.settle()
    const lingers = this.response.isFinished && this.awaited === 'rest-of-request'
    if (!lingers || this.restIsOver) this.context.deadlines.disarm(this)
    this.context.finished(this)
  }
}
