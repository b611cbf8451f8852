import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance } from 'fastify'
import { sendProblem } from '../problem.js'
import { authenticateBy } from '../accounts/authenticate.js'
import { enforceAccess } from './access.js'
import { answerErrors } from './answer-errors.js'
import { fieldValidator } from './field-problems.js'
import { describeRoutes } from './open-api.js'
import { requestLimits } from './request-limits.js'
import { registerRoutes, type OpenidOptions } from './routes.js'
import { sendSecurityHeaders } from './security-headers.js'
import type { ManageServices } from './services.js'
import { webRoutes } from './web-routes.js'

/** Longest body, for routes that do not say otherwise. */
const BODY_LIMIT_BYTES = 64 * 1024

/** Of a name in an address: ids of targets are URLs. */
const LONGEST_NAME = 4096

/** What the operators' app is made of. */
export interface OperatorsAppOptions {
  readonly services: ManageServices
  /** Addresses and networks whose `X-Forwarded-*` fields are believed. */
  readonly trustProxy: readonly string[]
  /** Undefined where nobody signs in by OpenID Connect. */
  readonly openid?: OpenidOptions | undefined
  /** Where the pages are; undefined where there are none. */
  readonly webDirectory?: string
}

/** What answers operators who sign in; everything of it is loaded only where there are any. */
export async function openOperatorsApp({
  services,
  trustProxy,
  openid,
  webDirectory,
}: OperatorsAppOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: LONGEST_NAME },
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    frameworkErrors: (error, _, reply) => void sendProblem(reply, 400, error.message),
  })
  app.setValidatorCompiler(fieldValidator)
  // The compiler of TypeScript has seen to it that answers have their form.
  app.setSerializerCompiler(() => JSON.stringify)
  app.removeContentTypeParser('text/plain')
  sendSecurityHeaders(app)
  await app.register(cookie)
  answerErrors(app, services.log)
  enforceAccess(app, authenticateBy(services.accounts), await requestLimits(app))
  await describeRoutes(app, services.service.version)
  await registerRoutes(app, services, openid)
  if (webDirectory !== undefined) webRoutes(app, webDirectory)
  await app.ready()
  return app
}
