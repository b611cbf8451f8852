import type { FastifyInstance } from 'fastify'
import { auditRoutes } from '../accounts/audit-routes.js'
import { sessionRoutes } from '../accounts/session-routes.js'
import { SignIn } from '../accounts/sign-in.js'
import { tokenRoutes } from '../accounts/token-routes.js'
import { userRoutes } from '../accounts/user-routes.js'
import { modelRoutes } from '../applications/model-routes.js'
import { fleetRoutes } from '../fleet/routes.js'
import { statusOf } from '../status.js'
import { targetRoutes } from '../targets/routes.js'
import { openRoutes } from './open-routes.js'
import type { ManageServices } from './services.js'

/** Every route there is, part by part. */
export function registerRoutes(app: FastifyInstance, services: ManageServices): void {
  const { service, accounts, audit, clock } = services
  openRoutes(app, service)
  const config = { access: { role: 'viewer', on: 'any' } } as const
  app.get('/api/status', { config }, () => statusOf(service, clock.wallTimeMs()))
  const signIn = new SignIn(accounts, clock)
  sessionRoutes(app, { accounts, signIn, openid: undefined })
  userRoutes(app, accounts)
  tokenRoutes(app, accounts, clock)
  auditRoutes(app, audit)
  modelRoutes(app, services)
  targetRoutes(app, services)
  fleetRoutes(app, services)
}
