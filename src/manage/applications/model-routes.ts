import type { FastifyInstance } from 'fastify'
import { backupRoutes } from '../backup/routes.js'
import { openChanges } from '../changes/open-changes.js'
import { eventRoutes } from '../events/routes.js'
import type { ManageServices } from '../http/services.js'
import { CompiledModels } from './compiled-models.js'
import { hostRoutes } from './host-routes.js'
import { applicationRoutes, listRoutes } from './routes.js'
import { Scenes } from './scenes.js'
import { testRoutes } from './test-routes.js'
import { trialRoutes } from './trial-routes.js'

/** Everything about models and lists: as they are, as they would be, and how they become so. */
export function modelRoutes(app: FastifyInstance, services: ManageServices): void {
  const work = { ...openChanges(app, services), compiled: new CompiledModels() }
  const scenes = new Scenes(services, work)
  applicationRoutes(app, services, work)
  hostRoutes(app, services, work)
  listRoutes(app, services)
  trialRoutes(app, scenes, work)
  testRoutes(app, services, scenes, work)
  eventRoutes(app, services, work)
  backupRoutes(app, services, work)
}
