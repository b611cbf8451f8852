import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { AuditEntryView } from '../api/accounts.js'
import { pageOf } from '../api/problem.js'
import type { Audit } from './audit.js'

const Query = Type.Object({
  before: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\w.-]{1,40}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  by: Type.Optional(Type.String({ maxLength: 200 })),
  action: Type.Optional(Type.String({ maxLength: 100 })),
})
const DEFAULT_LIMIT = 50

/** What was done, and by whom, for administrators of everything. */
export function auditRoutes(untyped: FastifyInstance, audit: Audit): void {
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>()
  app.get(
    '/api/audit',
    {
      config: { access: { role: 'administrator', on: 'everything' } },
      schema: {
        summary: 'Sign-ins and changes, the newest first',
        querystring: Query,
        response: { 200: pageOf(AuditEntryView) },
      },
    },
    async ({ query: { limit = DEFAULT_LIMIT, ...rest } }) => audit.page({ limit, ...rest }),
  )
}
