import type { FastifyInstance } from 'fastify'
import { auditRoutes } from '../accounts/audit-routes.js'
import type { OpenidSettings } from '../accounts/openid.js'
import { sessionRoutes } from '../accounts/session-routes.js'
import { SignIn } from '../accounts/sign-in.js'
import { tokenRoutes } from '../accounts/token-routes.js'
import { userRoutes } from '../accounts/user-routes.js'
import type { Grant } from '../api/accounts.js'
import { modelRoutes } from '../applications/model-routes.js'
import { fleetRoutes } from '../fleet/routes.js'
import { statusOf } from '../status.js'
import { targetRoutes } from '../targets/routes.js'
import { openRoutes } from './open-routes.js'
import type { ManageServices } from './services.js'

/** Where operators sign in besides here, and what they may do at first. */
export interface OpenidOptions extends OpenidSettings {
  readonly grants: readonly Grant[]
}

/** Every route there is, part by part. */
export async function registerRoutes(
  app: FastifyInstance,
  services: ManageServices,
  openid: OpenidOptions | undefined,
): Promise<void> {
  const { service, accounts, audit, clock, log } = services
  openRoutes(app, service)
  const config = { access: { role: 'viewer', on: 'any' } } as const
  app.get('/api/status', { config }, () => statusOf(service, clock.wallTimeMs()))
  const signIn = new SignIn(accounts, clock)
  sessionRoutes(app, { accounts, signIn, openid: openid && new URL(openid.issuer).host })
  if (openid) {
    const { OpenidProvider } = await import('../accounts/openid.js')
    const { openidRoutes } = await import('../accounts/openid-routes.js')
    const { grants } = openid
    openidRoutes(app, { accounts, signIn, provider: new OpenidProvider(openid), grants, log })
  }
  userRoutes(app, accounts)
  tokenRoutes(app, accounts, clock)
  auditRoutes(app, audit)
  modelRoutes(app, services)
  targetRoutes(app, services)
  fleetRoutes(app, services)
}
