import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { exposition, EXPOSITION_TYPE } from '../../telemetry/exposition.js'
import { METRICS } from '../../telemetry/metrics.js'
import type { ManagedService } from '../managed-service.js'

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

/** What other programs ask of a service; they do not sign in. */
export function openRoutes(app: FastifyInstance, service: ManagedService): void {
  const config = { access: 'public' } as const
  app.get('/livez', { config }, () => ({ status: 'alive' }))
  app.get('/readyz', { config }, (_, reply) => readiness(service, reply))
  app.get('/metrics', { config }, (_, reply) => {
    const pieces = unhurried(exposition(METRICS, service))
    return reply.type(EXPOSITION_TYPE).send(Readable.from(pieces))
  })
}
