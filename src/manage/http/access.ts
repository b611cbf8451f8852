import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PointsmanError } from '../../core/errors.js'
import type { RoleName } from '../api/accounts.js'
import { Refusal } from './refusal.js'
import type { RequestLimits } from './request-limits.js'

/** What a role is held on. */
export type GrantSubject = '*' | 'lists' | `application:${string}`

/**
 * Who may use a route: everybody, whoever is signed in, or who holds a role: `any` on at least one subject, in which case the
 * handler asks for the one it is about; `everything` on `*`.
 */
export type Access =
  'public' | 'session' | { readonly role: RoleName; readonly on: 'any' | 'everything' }

/** Who asks. */
export interface Operator {
  /** User name, or `token:<id>`. */
  readonly name: string
  /** The user, also where a token of theirs is used. */
  readonly user: string
  may(role: RoleName, subject: GrantSubject): boolean
  /** Whether the role is held on anything. */
  mayAnywhere(role: RoleName): boolean
  /** @throws Refusal 403 */
  require(role: RoleName, subject: GrantSubject): void
}

/** An operator, and how it is known who it is. */
export interface Caller {
  readonly operator: Operator
  /** Browsers send cookies by themselves, whoever makes them: such a request has to show where it came from. */
  readonly by: 'cookie' | 'token'
}

/**
 * Tells who sends a request; undefined for somebody unknown.
 * @param beforeLookup called before it costs more than a look into memory; it may refuse that
 */
export type Authenticate = (
  request: FastifyRequest,
  beforeLookup: () => Promise<void>,
) => Promise<Caller | undefined>

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    /** Who asks; whoever asks without being known may do nothing. */
    readonly operator: Operator
  }
}

/** The answer to somebody unknown: the same whether there is such a session or route, or not. */
export function notSignedIn(detail = 'Sign in first, or send a token'): Refusal {
  return new Refusal(401, { detail, headers: { 'www-authenticate': 'Bearer' } })
}

const NOBODY: Operator = {
  name: '',
  user: '',
  may: () => false,
  mayAnywhere: () => false,
  require() {
    throw notSignedIn()
  },
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request was made by a page of this very service. Browsers say where each unsafe request comes from.
 * @param isKnown whether a request that does not say it may pass
 */
export function comesFromHere(
  { headers, protocol, host }: FastifyRequest,
  isKnown = false,
): boolean {
  const { origin } = headers
  if (origin === undefined) return isKnown
  return origin.toLowerCase() === `${protocol}://${host}`.toLowerCase()
}

function checkAccess(access: Access, { operator }: Caller): void {
  if (typeof access === 'string') return
  const { role, on } = access
  if (on === 'everything') operator.require(role, '*')
  else if (!operator.mayAnywhere(role))
    throw new Refusal(403, { detail: `This takes the role ${role}` })
}

/**
 * Makes every route of an app say who may use it, and holds everybody to that.
 * @throws PointsmanError INTERNAL at a route that does not say it
 */
export function enforceAccess(
  app: FastifyInstance,
  authenticate: Authenticate,
  limits: RequestLimits,
): void {
  const operators = new WeakMap<FastifyRequest, Operator>()
  app.decorateRequest('operator', {
    getter(this: FastifyRequest) {
      return operators.get(this) ?? NOBODY
    },
  })
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access !== undefined) return
    throw new PointsmanError('INTERNAL', `${String(method)} ${url} does not say who may use it`)
  })
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config
    const isApi = request.url.startsWith('/api/')
    if (access === 'public') {
      if (isApi) await limits.stranger(request)
      return
    }
    let counted: Promise<void> | undefined
    const count = (): Promise<void> => (counted ??= limits.stranger(request))
    const caller = await authenticate(request, count)
    if (!caller) {
      if (isApi) await count()
      if (access === undefined) return
      throw notSignedIn()
    }
    operators.set(request, caller.operator)
    await limits.user(request)
    if (access === undefined) return
    if (caller.by === 'cookie' && !SAFE_METHODS.has(request.method) && !comesFromHere(request))
      throw new Refusal(403, { detail: 'The request does not come from a page of this service' })
    checkAccess(access, caller)
  })
}
