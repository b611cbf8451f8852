import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { passwordProblem } from '../../core/credentials.js'
import { Credentials, OwnPasswordChange, SessionView, SignInView } from '../api/accounts.js'
import { comesFromHere } from '../http/access.js'
import { Refusal, refusedField } from '../http/refusal.js'
import type { Accounts } from './accounts.js'
import { eventOf } from './audit.js'
import { SESSION_COOKIE } from './session-cookie.js'
import type { LiveSession } from './sessions.js'
import type { SignIn } from './sign-in.js'

async function sessionOf(request: FastifyRequest, { sessions }: Accounts): Promise<LiveSession> {
  const id = request.headers.authorization === undefined ? SESSION_COOKIE.get(request) : undefined
  const live = id === undefined ? undefined : await sessions.find(id)
  if (!live)
    throw new Refusal(403, { detail: 'This is for those who have signed in, not for tokens' })
  return live
}

/** What session routes work with. */
export interface SessionRoutesOptions {
  readonly accounts: Accounts
  readonly signIn: SignIn
  /** What the button says that leads to the OpenID provider; undefined without one. */
  readonly openid: string | undefined
}

const open = { access: 'public' } as const
const config = { access: 'session' } as const

/** Signing in and out. */
export function sessionRoutes(untyped: FastifyInstance, options: SessionRoutesOptions): void {
  const { accounts, signIn, openid } = options
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/api/sign-in',
    {
      config: open,
      schema: {
        summary: 'How one may sign in, and who has: what a page asks first',
        response: { 200: SignInView },
      },
    },
    async (request) => {
      const id = SESSION_COOKIE.get(request)
      const live = id === undefined ? undefined : await accounts.sessions.find(id)
      const session = live ? await signIn.viewOf(live) : null
      return { password: true, openid: openid ?? null, session }
    },
  )

  app.post(
    '/api/session',
    {
      config: open,
      schema: { summary: 'Sign in', body: Credentials, response: { 200: SessionView } },
    },
    async (request, reply) => {
      if (!comesFromHere(request, true))
        throw new Refusal(403, { detail: 'The request does not come from a page of this service' })
      const user = await signIn.byPassword(request.body, request.ip)
      return signIn.viewOf(await signIn.begin(request, reply, user, 'by password'))
    },
  )

  app.get(
    '/api/session',
    { config, schema: { summary: 'Who is signed in', response: { 200: SessionView } } },
    async (request) => signIn.viewOf(await sessionOf(request, accounts)),
  )

  app.delete(
    '/api/session',
    { config, schema: { summary: 'Sign out', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { user } = await sessionOf(request, accounts)
      const id = SESSION_COOKIE.get(request)
      if (id !== undefined) await accounts.sessions.end(id)
      SESSION_COOKIE.clear(request, reply)
      const event = { action: 'sign-out', subject: `user:${user.name}`, detail: '' }
      await accounts.audit.record(eventOf(request, event))
      return reply.code(204).send(null)
    },
  )

  passwordRoute(untyped, options)
}

function passwordRoute(untyped: FastifyInstance, options: SessionRoutesOptions): void {
  const { accounts, signIn } = options
  const { users, passwords } = accounts
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()

  app.put(
    '/api/session/password',
    {
      config,
      schema: {
        summary: 'Change one’s own password; every other session of the user ends',
        body: OwnPasswordChange,
        response: { 200: SessionView },
      },
    },
    async (request, reply) => {
      const { user } = await sessionOf(request, accounts)
      const { current, next } = request.body
      if (user.value.signIn !== 'password')
        throw new Refusal(409, { detail: 'Who signs in by OpenID has no password here' })
      const problem = passwordProblem(next, user.name)
      if (problem) throw refusedField('/next', problem)
      await signIn.confirm(user, current)
      const event = {
        action: 'password-changed',
        subject: `user:${user.name}`,
        detail: 'their own',
      }
      const password = await passwords.hash(next)
      const changed = await users.change(user, { password }, eventOf(request, event))
      return signIn.viewOf(await signIn.begin(request, reply, changed, 'with a new password'))
    },
  )
}
