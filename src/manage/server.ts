import fastify, { type FastifyInstance } from 'fastify'
import { PointsmanError } from '../core/errors.js'
import { hostAndPort } from '../core/target.js'

/** What operators can ask about. */
export interface ManagedService {
  /** Why the service should not be sent clients now; empty when it should. */
  readonly obstacles: readonly string[]
}

/** The operators' listener. */
export class ManagementServer {
  private readonly app: FastifyInstance

  constructor(service: ManagedService) {
    this.app = fastify()
    this.app.get('/livez', () => ({ status: 'alive' }))
    this.app.get('/readyz', (_, reply) => {
      const { obstacles } = service
      const isReady = obstacles.length === 0
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? 'ready' : 'not ready', obstacles })
    })
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
}
