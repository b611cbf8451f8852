import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Dispatcher } from 'undici'
import { PointsmanError } from '../../../core/errors.js'
import type { TargetTls } from '../../../core/group-settings.js'
import type { Target } from '../../../core/target.js'
import { ReplyFromExchange, unsupported } from './reply-from/exchange.js'
import { Http1Way } from './reply-from/http1-way.js'
import { Http2Way } from './reply-from/http2-way.js'
import type { Way } from './reply-from/way.js'
import type { Exchange, OutboundRequest, ResponseHandler, Transport } from './transport.js'

/** What is the same for all requests. */
export interface ReplyFromSettings {
  /** A response head over this is refused. */
  readonly maxHeadBytes: number
}

/** Requests handed to Fastify come from no connection. */
const NOWHERE = new Socket()

type RequestCallback = (error: Error | null, response: Partial<Dispatcher.ResponseData>) => void

/**
 * @fastify/reply-from as a transport, for HTTP/2 targets and for groups that ask for it.
 *
 * A private Fastify instance, which never listens, has one route; each exchange is a call of it. reply-from makes one
 * attempt of it and says how it went. What it hands on as objects (fields, which would lose their order, case and
 * repeats) or as a URL (which would lose dot segments) is taken from the exchange instead, and its own HTTP/2 client is
 * not used: a target that breaks the protocol makes that one's session emit an error nobody listens to, which ends the
 * process. Requests leave through node:http and node:http2, as the requester reply-from can be given.
 */
export class ReplyFromTransport implements Transport {
  private readonly settings: ReplyFromSettings
  /** Undefined until it is ready. */
  private app: FastifyInstance | undefined
  private readonly ways = new Map<Target, Way>()
  /** Those who came before Fastify was ready. */
  private readonly waiting: ReplyFromExchange[] = []
  /** The exchange whose call is being made: from the route to the requester everything is synchronous. */
  private current: ReplyFromExchange | undefined
  private closed = false

  constructor(settings: ReplyFromSettings) {
    this.settings = settings
    void this.open()
  }

  /** Most services have no use for these packages, which are large: they are loaded by those that have. */
  private async open(): Promise<void> {
    const [{ fastify }, { default: replyFrom }] = await Promise.all([
      import('fastify'),
      import('@fastify/reply-from'),
    ])
    const app = fastify()
    app.register(replyFrom, {
      base: 'http://target',
      disableRequestLogging: true,
      // Of the signatures of Dispatcher.request, reply-from uses the one with a callback.
      undici: { request: this.request as Dispatcher['request'] },
    })
    app.get('/', (_, reply) => this.forward(reply))
    await app.ready()
    this.app = app
    for (const exchange of this.waiting.splice(0)) this.call(app, exchange)
  }

  send(request: OutboundRequest, handler: ResponseHandler): Exchange {
    const exchange = new ReplyFromExchange(request, handler)
    if (this.app) this.call(this.app, exchange)
    else this.waiting.push(exchange)
    return exchange
  }

  prune(keep: (target: Target) => boolean): void {
    for (const [target, way] of this.ways) {
      if (keep(target)) continue
      way.retire()
      this.ways.delete(target)
    }
  }

  close(): void {
    this.closed = true
    this.prune(() => false)
  }

  private call(app: FastifyInstance, exchange: ReplyFromExchange): void {
    if (exchange.caller.isGone) return
    const message = new IncomingMessage(NOWHERE)
    message.method = 'GET'
    message.url = '/'
    this.current = exchange
    app.routing(message, new ServerResponse(message))
    this.current = undefined
  }

  private forward(reply: FastifyReply): void {
    const exchange = this.current
    if (!exchange) return
    reply.from('/', {
      // Without it, a 503 is asked for again up to ten times.
      retryDelay: () => null,
      onResponse: () => exchange.deliver(),
      // Errors of our own come wrapped.
      onError: (_, { error }) =>
        exchange.fail(error.cause instanceof PointsmanError ? error.cause : unsupported(error)),
    })
  }

  private readonly request = (_: unknown, callback: RequestCallback): void => {
    const exchange = this.current
    if (!exchange) return
    const { request } = exchange
    try {
      this.wayTo(request.target, request.tls).carry(exchange, (error, statusCode) =>
        callback(error, { statusCode, headers: {} }),
      )
    } catch (error) {
      process.nextTick(callback, error, {})
    }
  }

  private wayTo(target: Target, tls: TargetTls): Way {
    const known = this.ways.get(target)
    if (known?.tls === tls) return known
    known?.retire()
    const { scheme } = target
    const Kind = scheme === 'h2' || scheme === 'h2c' ? Http2Way : Http1Way
    const way = new Kind(target, tls, this.settings.maxHeadBytes)
    if (this.closed) way.retire()
    else this.ways.set(target, way)
    return way
  }
}
