import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { passwordProblem } from '../../core/credentials.js'
import { PointsmanError } from '../../core/errors.js'
import { NewUser, PasswordChange, UserChange, UserView } from '../api/accounts.js'
import { Refusal, refusedField } from '../http/refusal.js'
import { changedMeanwhile, etagOf, requireVersion, sendVersioned } from '../http/versions.js'
import type { Accounts } from './accounts.js'
import { eventOf } from './audit.js'
import type { KnownUser, Users } from './users.js'

const Name = Type.Object({ name: Type.String({ maxLength: 100 }) })

function describeGrants(grants: UserView['grants']): string {
  return grants.map(({ role, on }) => `${role} on ${on}`).join(', ') || 'no grants'
}

/** What a user is after a change, for the audit log. */
function described({ grants, disabled }: Pick<UserView, 'grants' | 'disabled'>): string {
  return `${describeGrants(grants)}${disabled ? '; disabled' : ''}`
}

const config = { access: { role: 'administrator', on: 'everything' } } as const

async function known(users: Users, name: string): Promise<KnownUser> {
  const user = await users.read(name)
  if (!user) throw new Refusal(404, { detail: `There is no user ${name}` })
  return user
}

/** The user that a request replaces. */
async function replaced(users: Users, name: string, request: FastifyRequest): Promise<KnownUser> {
  const user = await known(users, name)
  requireVersion(request, user.version, await users.viewOf(user))
  return user
}

/** What a change of a user comes to where another was made in between. */
async function unlessChanged<T>(users: Users, name: string, change: Promise<T>): Promise<T> {
  try {
    return await change
  } catch (error) {
    if (!(error instanceof PointsmanError) || error.code !== 'STORE_CONFLICT') throw error
    const user = await known(users, name)
    throw changedMeanwhile(user.version, await users.viewOf(user))
  }
}

/** Keeping users, which is for administrators of everything. */
export function userRoutes(untyped: FastifyInstance, accounts: Accounts): void {
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()
  const { users } = accounts

  app.get(
    '/api/users',
    {
      config,
      schema: {
        summary: 'All users',
        response: { 200: Type.Object({ items: Type.Array(UserView) }) },
      },
    },
    async () => {
      const all = await users.readAll()
      return { items: await Promise.all(all.map((user) => users.viewOf(user))) }
    },
  )

  app.get(
    '/api/users/:name',
    { config, schema: { summary: 'A user', params: Name, response: { 200: UserView } } },
    async ({ params: { name } }, reply) => {
      const user = await known(users, name)
      return sendVersioned(reply, user.version, await users.viewOf(user))
    },
  )

  app.put(
    '/api/users/:name',
    {
      config,
      schema: {
        summary: 'Change what a user may do, which ends their sessions',
        params: Name,
        body: UserChange,
        response: { 200: UserView },
      },
    },
    async (request, reply) => {
      const { body } = request
      const { name } = request.params
      const user = await replaced(users, name, request)
      const event = { action: 'user-changed', subject: `user:${name}`, detail: described(body) }
      const change = users.change(user, body, eventOf(request, event))
      const changed = await unlessChanged(users, name, change)
      return sendVersioned(reply, changed.version, await users.viewOf(changed))
    },
  )

  app.delete(
    '/api/users/:name',
    { config, schema: { summary: 'Remove a user', params: Name, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { name } = request.params
      const user = await replaced(users, name, request)
      const event = { action: 'user-removed', subject: `user:${name}`, detail: '' }
      await unlessChanged(users, name, users.remove(user, eventOf(request, event)))
      return reply.code(204).send(null)
    },
  )

  newUserRoute(untyped, accounts)
  passwordRoute(untyped, accounts)
}

function newUserRoute(untyped: FastifyInstance, { users, passwords }: Accounts): void {
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()

  app.post(
    '/api/users',
    { config, schema: { summary: 'Make a user', body: NewUser, response: { 201: UserView } } },
    async (request, reply) => {
      const { name, displayName = name, grants, signIn = 'password', password } = request.body
      if (signIn === 'openid' && password !== undefined)
        throw refusedField('/password', 'is not for users who sign in by OpenID')
      if (signIn === 'password' && password === undefined)
        throw refusedField('/password', 'is required')
      const problem = password !== undefined && passwordProblem(password, name)
      if (problem) throw refusedField('/password', problem)
      if (await users.read(name))
        throw new Refusal(409, { detail: `There is a user ${name} already` })
      const hash = password === undefined ? null : await passwords.hash(password)
      const detail = describeGrants(grants)
      const made = await users.create(
        name,
        { displayName, grants, signIn, disabled: false, password: hash, identity: null },
        eventOf(request, { action: 'user-created', subject: `user:${name}`, detail }),
      )
      return reply
        .code(201)
        .headers({ location: `/api/users/${encodeURIComponent(name)}`, etag: etagOf(made.version) })
        .send(await users.viewOf(made))
    },
  )
}

function passwordRoute(untyped: FastifyInstance, { users, passwords }: Accounts): void {
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()

  app.put(
    '/api/users/:name/password',
    {
      config,
      schema: {
        summary: 'Give a user another password, which ends their sessions',
        params: Name,
        body: PasswordChange,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const { password } = request.body
      const user = await known(users, name)
      if (user.value.signIn !== 'password')
        throw new Refusal(409, { detail: `${name} signs in by OpenID, and has no password here` })
      const problem = passwordProblem(password, name)
      if (problem) throw refusedField('/password', problem)
      const hash = await passwords.hash(password)
      const event = { action: 'password-changed', subject: `user:${name}`, detail: '' }
      const change = users.change(user, { password: hash }, eventOf(request, event))
      await unlessChanged(users, name, change)
      return reply.code(204).send(null)
    },
  )
}
