import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Clock } from '../../core/ports.js'
import { MadeToken, NewToken, TokenView } from '../api/accounts.js'
import { Refusal, refusedField } from '../http/refusal.js'
import type { Accounts } from './accounts.js'
import { eventOf } from './audit.js'
import { isGranted } from './grants.js'
import type { KnownUser } from './users.js'

const config = { access: 'session' } as const

async function ownerOf(
  { operator: { name, user } }: FastifyRequest,
  { users }: Accounts,
): Promise<KnownUser> {
  const owner = name === user ? await users.find(user) : undefined
  if (!owner) throw new Refusal(403, { detail: 'Tokens are kept by users who have signed in' })
  return owner
}

/** The tokens that programs send; users see and revoke their own, administrators of everything all. */
export function tokenRoutes(untyped: FastifyInstance, accounts: Accounts, clock: Clock): void {
  const { tokens } = accounts
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/api/tokens',
    {
      config,
      schema: {
        summary: 'One’s own tokens; those of everybody for an administrator',
        response: { 200: Type.Object({ items: Type.Array(TokenView) }) },
      },
    },
    async ({ operator }) => {
      const all = await tokens.list()
      const isShown = operator.may('administrator', '*')
      return { items: all.filter(({ owner }) => isShown || owner === operator.user) }
    },
  )

  app.delete(
    '/api/tokens/:id',
    {
      config,
      schema: {
        summary: 'Revoke a token',
        params: Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{24}$' }) }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { operator } = request
      await ownerOf(request, accounts)
      const token = await tokens.read(id)
      const isTheirs = token?.owner === operator.user || operator.may('administrator', '*')
      if (!token || !isTheirs) throw new Refusal(404, { detail: 'There is no such token of yours' })
      const detail = `${token.name} of ${token.owner}`
      const event = { action: 'token-revoked', subject: `token:${id}`, detail }
      await tokens.revoke(id, eventOf(request, event))
      return reply.code(204).send(null)
    },
  )

  newTokenRoute(untyped, accounts, clock)
}

function newTokenRoute(untyped: FastifyInstance, accounts: Accounts, clock: Clock): void {
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()

  app.post(
    '/api/tokens',
    {
      config,
      schema: {
        summary: 'Make a token; its secret is told this once',
        body: NewToken,
        response: { 201: MadeToken },
      },
    },
    async (request, reply) => {
      const { body } = request
      const owner = await ownerOf(request, accounts)
      const { grants } = owner.value
      const over = body.grants.findIndex(({ role, on }) => !isGranted(grants, role, on))
      if (over >= 0) throw refusedField(`/grants/${over}`, 'is more than you hold')
      const { expiresAt } = body
      if (expiresAt !== null && !(Date.parse(expiresAt) > clock.wallTimeMs()))
        throw refusedField('/expiresAt', 'is not in the future')
      const made = await accounts.tokens.create(owner, body, (id) =>
        eventOf(request, { action: 'token-created', subject: `token:${id}`, detail: body.name }),
      )
      return reply.code(201).send(made)
    },
  )
}
