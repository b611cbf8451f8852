import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { PointsmanError } from '../core/errors.js'
import { hostAndPort } from '../core/target.js'
import {
  CertificateWatch,
  readCertificate,
  type CertificateFiles,
} from '../disk/certificate-watch.js'
import type { OperatorsAppOptions } from './http/operators-app.js'
import { openRoutes } from './http/open-routes.js'
import type { ManagedService } from './managed-service.js'
import { sendProblem } from './problem.js'
import { statusOf } from './status.js'

const NO_OPERATORS =
  'There are no users here; MANAGEMENT_BOOTSTRAP_USER and MANAGEMENT_BOOTSTRAP_PASSWORD make the first'

/** What is told whether there are users or not. */
const ALWAYS_OPEN: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics'])

const KEEP_ALIVE_MS = 65_000

/** What a listener needs to speak TLS. */
export interface ManagementTls {
  readonly files: CertificateFiles
  /** Replaced files could not be taken; what was there before stays. */
  readonly onCertificateError: (error: unknown) => void
}

/**
 * What answers as long as nobody can sign in.
 * @param withheld why nothing is told yet but how the process is
 */
async function openPlainApp(
  service: ManagedService,
  withheld: () => string | undefined,
): Promise<FastifyInstance> {
  const app = fastify({
    frameworkErrors: (error, _, reply) => void sendProblem(reply, 400, error.message),
  })
  app.addHook('onRequest', ({ method, url }, reply, done) => {
    const reason = ALWAYS_OPEN.has(url) ? undefined : withheld()
    if (reason !== undefined) void sendProblem(reply.header('retry-after', '1'), 503, reason)
    else if (method === 'GET' || method === 'HEAD') done()
    else void sendProblem(reply.header('allow', 'GET, HEAD'), 405)
  })
  app.setNotFoundHandler(({ url }, reply) => {
    if (!url.startsWith('/api/')) return sendProblem(reply, 404)
    return sendProblem(reply.header('www-authenticate', 'Bearer'), 401, NO_OPERATORS)
  })
  app.setErrorHandler((error: FastifyError, _, reply) =>
    sendProblem(reply, error.statusCode ?? 500),
  )
  openRoutes(app, service)
  app.get('/api/status', () => statusOf(service, Date.now()))
  await app.ready()
  return app
}

/** The operators' listener. */
export class ManagementServer {
  private readonly service: ManagedService
  private readonly server: Server
  private readonly certificate: CertificateWatch | undefined
  /** Also those whose handshake has not ended, which a server of HTTP knows nothing of. */
  private readonly sockets = new Set<Socket>()
  private withheld: string | undefined
  private app: FastifyInstance | undefined
  private answer: RequestListener = (_, response) => response.writeHead(503).end()

  constructor(service: ManagedService, tls?: ManagementTls) {
    this.service = service
    const answer: RequestListener = (request, response) => this.answer(request, response)
    const options = { keepAliveTimeout: KEEP_ALIVE_MS }
    if (tls) {
      const server = createTlsServer({ ...options, ...readCertificate(tls.files) }, answer)
      this.certificate = new CertificateWatch(server, tls.files, tls.onCertificateError)
      this.server = server
    } else this.server = createServer(options, answer)
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
    })
  }

  /** Puts everybody off while it is not known whether there are users; undefined ends that. */
  withhold(reason: string | undefined): void {
    this.withheld = reason
  }

  /** @throws PointsmanError LISTEN_FAILED */
  async start(host: string, port: number): Promise<void> {
    if (!this.app) await this.use(await openPlainApp(this.service, () => this.withheld))
    const { server } = this
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => resolve())
      })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const text = `Cannot listen on ${hostAndPort(host, port)} for operators: ${reason}`
      throw new PointsmanError('LISTEN_FAILED', text, error)
    }
  }

  /** From now on whoever asks has to sign in. */
  async admit(options: OperatorsAppOptions): Promise<void> {
    const { openOperatorsApp } = await import('./http/operators-app.js')
    await this.use(await openOperatorsApp(options))
  }

  /** `host:port` as the socket has it. */
  get address(): string {
    const bound = this.server.address()
    return bound === null || typeof bound === 'string' ? '' : hostAndPort(bound.address, bound.port)
  }

  async stop(): Promise<void> {
    this.certificate?.stop()
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    for (const socket of this.sockets) socket.destroy()
    await closed
    await this.app?.close()
  }

  private async use(app: FastifyInstance): Promise<void> {
    const { app: before } = this
    this.app = app
    this.answer = (request, response) => app.routing(request, response)
    await before?.close()
  }
}
