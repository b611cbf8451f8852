import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { eventOf } from '../accounts/audit.js'
import { Policy } from '../api/applications.js'
import { ChangeView, HistoryEntry, HistoryView } from '../api/changes.js'
import { pageOf } from '../api/problem.js'
import type { GrantSubject } from '../http/access.js'
import { requireVersion, sendVersioned } from '../http/versions.js'
import { AttemptHeaders, attemptOf } from './attempts.js'
import { PAGE_SIZE } from './bounds.js'
import { answerCreated } from './change-routes.js'
import type { Changes } from './changes.js'
import type { Histories } from './histories.js'
import { ApplicationName, SubjectKey, subjectOf } from './subjects.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const
const editor = { access: { role: 'editor', on: 'any' } } as const
const administrator = { access: { role: 'administrator', on: 'any' } } as const

const Version = Type.Object({ version: Type.Integer({ minimum: 0 }) })
const OfSubject = Type.Object({ subject: SubjectKey })
const Query = Type.Object({
  subject: SubjectKey,
  before: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})

/** `/api/history`. */
export function historyRoutes(app: FastifyInstance, histories: Histories): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  api.get(
    '/api/history',
    {
      config: viewer,
      schema: {
        summary: 'Versions, the newest first',
        querystring: Query,
        response: { 200: pageOf(HistoryEntry) },
      },
    },
    ({ query, operator }) => {
      const { subject, before = Number.MAX_SAFE_INTEGER, limit = PAGE_SIZE } = query
      return histories.entries(operator, subjectOf(subject), { before, limit })
    },
  )
  api.get(
    '/api/history/:version',
    {
      config: viewer,
      schema: {
        summary: 'A version, and what it changed',
        params: Version,
        querystring: OfSubject,
        response: { 200: HistoryView },
      },
    },
    ({ params, query, operator }) =>
      histories.view(operator, subjectOf(query.subject), params.version),
  )
  api.post(
    '/api/history/:version/rollback',
    {
      config: editor,
      schema: {
        summary: 'Propose what was there in a version',
        headers: AttemptHeaders,
        params: Version,
        querystring: OfSubject,
        response: { 201: ChangeView },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const version = { subject: subjectOf(query.subject), version: params.version }
      const told = await histories.rollBack(request, version, attemptOf(request))
      return answerCreated(reply, told)
    },
  )
}

/** Who has to agree to changes: of one application, and of the lists. */
export function policyRoutes(app: FastifyInstance, { policies }: Changes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const OfApplication = Type.Object({ app: ApplicationName })
  const response = { 200: Policy }
  const routes = [
    { url: '/api/applications/:app/policy', params: OfApplication },
    // Not below /api/lists, where any name is that of a list.
    { url: '/api/policies/lists', params: Type.Object({}) },
  ]
  const keyOf = (params: object): GrantSubject =>
    'app' in params ? `application:${String(params.app)}` : 'lists'
  for (const { url, params } of routes) {
    api.get(
      url,
      { config: viewer, schema: { summary: 'Who has to agree', params, response } },
      async (request, reply) => {
        const key = keyOf(request.params)
        request.operator.require('viewer', key)
        const { version, value } = await policies.of(key)
        return sendVersioned(reply, version, value)
      },
    )
    api.put(
      url,
      {
        config: administrator,
        schema: { summary: 'Say who has to agree', params, body: Policy, response },
      },
      async (request, reply) => {
        const key = keyOf(request.params)
        request.operator.require('administrator', key)
        const { version, value } = await policies.of(key)
        requireVersion(request, version, value)
        const { body } = request
        const detail = `approvals ${body.approvals}`
        const event = eventOf(request, { action: 'policy-changed', subject: key, detail })
        return sendVersioned(reply, await policies.set(key, body, version, event), body)
      },
    )
  }
}
