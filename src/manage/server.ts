import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import { PointsmanError } from '../core/errors.js'
import { hostAndPort } from '../core/target.js'
import { exposition, EXPOSITION_TYPE } from '../telemetry/exposition.js'
import { METRICS } from '../telemetry/metrics.js'
import type { ManagedService } from './managed-service.js'
import { sendProblem } from './problem.js'
import { statusOf } from './status.js'

/** Hands on what is made piece by piece, and lets other work be done in between. */
async function* unhurried<T>(pieces: Iterable<T>): AsyncGenerator<T> {
  for (const piece of pieces) {
    yield piece
    await setImmediate()
  }
}

function readiness({ obstacles }: ManagedService, reply: FastifyReply): FastifyReply {
  const isReady = obstacles.length === 0
  const status = isReady ? 'ready' : 'not ready'
  return reply.code(isReady ? 200 : 503).send({ status, obstacles })
}

/** The operators' listener. */
export class ManagementServer {
  private readonly app: FastifyInstance

  constructor(service: ManagedService) {
    this.app = fastify({
      frameworkErrors: (error, _, reply) => void sendProblem(reply, 400, error.message),
    })
    this.answerErrors()
    this.app.get('/livez', () => ({ status: 'alive' }))
    this.app.get('/readyz', (_, reply) => readiness(service, reply))
    this.app.get('/metrics', (_, reply) => {
      const pieces = unhurried(exposition(METRICS, service))
      return reply.type(EXPOSITION_TYPE).send(Readable.from(pieces))
    })
    this.app.get('/api/status', () => statusOf(service, Date.now()))
  }

  /** @throws PointsmanError LISTEN_FAILED */
  async start(host: string, port: number): Promise<void> {
    try {
      await this.app.listen({ host, port })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const text = `Cannot listen on ${hostAndPort(host, port)} for operators: ${reason}`
      throw new PointsmanError('LISTEN_FAILED', text, error)
    }
  }

  /** `host:port` as the socket has it. */
  get address(): string {
    const bound = this.app.server.address()
    return bound === null || typeof bound === 'string' ? '' : hostAndPort(bound.address, bound.port)
  }

  async stop(): Promise<void> {
    this.app.server.closeAllConnections()
    await this.app.close()
  }

  private answerErrors(): void {
    const { app } = this
    app.addHook('onRequest', (request, reply, done) => {
      if (request.method === 'GET' || request.method === 'HEAD') done()
      else void sendProblem(reply.header('allow', 'GET, HEAD'), 405)
    })
    app.setNotFoundHandler((_, reply) => sendProblem(reply, 404))
    app.setErrorHandler((error: FastifyError, _, reply) =>
      sendProblem(reply, error.statusCode ?? 500),
    )
  }
}
