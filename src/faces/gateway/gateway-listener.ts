import { Server as NetServer, type Socket } from 'node:net'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import { hostAndPort } from '../../core/target.js'
import { sendProblem } from './reply.js'
import type { GatewaySettings } from './settings.js'

/** More than any set of parameters needs. */
const MAX_BODY_BYTES = 65_536

/** While draining, a client that has been quiet for this long is not about to ask. */
const QUIET_MS = 1000
const DRAIN_CHECK_MS = 100
const BACKLOG = 4096

/** What is asked of the gateway. */
export interface GatewayRoutes {
  /** A client wants to know where to go. */
  ask(request: FastifyRequest, reply: FastifyReply): void
  health(reply: FastifyReply): void
  version(reply: FastifyReply): void
}

/** A bound socket, and the clients connected to it. */
export class GatewayListener {
  private readonly app: FastifyInstance
  private readonly sockets = new Set<Socket>()
  private readonly settings: GatewaySettings
  private readonly clock: Clock
  private isDraining = false

  private constructor(settings: GatewaySettings, routes: GatewayRoutes, clock: Clock) {
    this.settings = settings
    this.clock = clock
    this.app = fastify({
      bodyLimit: MAX_BODY_BYTES,
      routerOptions: {
        ignoreTrailingSlash: true,
        // The parameters of a query are read where those of the header are, and strictly.
        querystringParser: () => ({}),
      },
      http: { maxHeaderSize: settings.maxHeaderSizeBytes },
      frameworkErrors: (error, _, reply) => void sendProblem(reply, 400, error.message),
    })
    this.apply(settings)
    // The size of the head is its limit, not the number of its fields.
    this.app.server.maxHeadersCount = 0
    this.app.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
    })
    this.route(routes)
  }

  /** @throws PointsmanError LISTEN_FAILED */
  static async open(
    settings: GatewaySettings,
    routes: GatewayRoutes,
    clock: Clock,
  ): Promise<GatewayListener> {
    const { host, port } = settings
    const listener = new GatewayListener(settings, routes, clock)
    try {
      await listener.app.listen({ host, port, backlog: BACKLOG })
      return listener
    } catch (error) {
      await listener.app.close()
      const reason = error instanceof Error ? error.message : String(error)
      const text = `Cannot listen on ${hostAndPort(host, port)} for the gateway: ${reason}`
      throw new PointsmanError('LISTEN_FAILED', text, error)
    }
  }

  /** `host:port` as the socket has it. */
  get address(): string {
    const bound = this.app.server.address()
    return bound === null || typeof bound === 'string' ? '' : hostAndPort(bound.address, bound.port)
  }

  /** Whether it is bound where `settings` want it. */
  fits({ host, port }: GatewaySettings): boolean {
    return host === this.settings.host && port === this.settings.port
  }

  /** Takes over what a bound server can. */
  apply(settings: GatewaySettings): void {
    const { server } = this.app
    server.headersTimeout = settings.headersTimeoutMs
    server.requestTimeout = settings.requestTimeoutMs
    server.keepAliveTimeout = settings.keepAliveTimeoutMs
  }

  /** Accepts no more, answers what comes on the connections that there are, and resolves when the last has gone. */
  async drain(signal: AbortSignal): Promise<void> {
    const { app } = this
    this.isDraining = true
    const closed = new Promise<void>((resolve) => {
      // Unlike that of an HTTP server, this close leaves quiet connections alone: a request may be on its way there.
      NetServer.prototype.close.call(app.server, () => resolve())
    })
    const cut = (): void => app.server.closeAllConnections()
    signal.addEventListener('abort', cut)
    if (signal.aborted) cut()
    this.clock.after(QUIET_MS, () => this.closeQuiet())
    await closed
    signal.removeEventListener('abort', cut)
    await app.close()
  }

  private closeQuiet(): void {
    this.app.server.closeIdleConnections()
    // To Node a connection on which nothing ever came is not idle.
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy()
    if (this.sockets.size > 0) this.clock.after(DRAIN_CHECK_MS, () => this.closeQuiet())
  }

  private route(routes: GatewayRoutes): void {
    const { app } = this
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
    // They return nothing: what a handler of Fastify returns is waited for, which costs as much as all the rest.
    const route = (answer: (request: FastifyRequest, reply: FastifyReply) => void) => {
      return (request: FastifyRequest, reply: FastifyReply): void => {
        if (this.isDraining) reply.raw.setHeader('Connection', 'close')
        answer(request, reply)
      }
    }
    const ask = route((request, reply) => routes.ask(request, reply))
    app.route({ method: ['GET', 'POST'], url: '/serviceDirect/:application', handler: ask })
    app.get(
      '/healthCheck',
      route((_, reply) => routes.health(reply)),
    )
    app.get(
      '/version',
      route((_, reply) => routes.version(reply)),
    )
    app.setNotFoundHandler((_, reply) => sendProblem(reply, 404))
    app.setErrorHandler(({ statusCode, message }: FastifyError, _, reply) =>
      sendProblem(reply, statusCode ?? 500, statusCode ? message : undefined),
    )
  }
}
