import type { FastifyInstance } from 'fastify'
import { openChanges } from '../changes/open-changes.js'
import { statusOf } from '../status.js'
import { openRoutes } from './open-routes.js'
import type { ManageServices } from './services.js'

/** Every route there is, part by part. */
export function registerRoutes(app: FastifyInstance, services: ManageServices): void {
  const { service, clock } = services
  openRoutes(app, service)
  const config = { access: { role: 'viewer', on: 'any' } } as const
  app.get('/api/status', { config }, () => statusOf(service, clock.wallTimeMs()))
  openChanges(app, services)
}
