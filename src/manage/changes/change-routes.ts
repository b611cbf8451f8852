import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import {
  ChangeState,
  ChangeSummary,
  ChangeView,
  MergeView,
  Proposal,
  type Subject,
} from '../api/changes.js'
import { pageOf } from '../api/problem.js'
import { etagOf, replacedVersion, sendVersioned } from '../http/versions.js'
import { AttemptHeaders, attemptOf } from './attempts.js'
import { LARGEST_PROPOSAL_BYTES, PAGE_SIZE } from './bounds.js'
import { summaryOf } from './change-record.js'
import type { Changes, ToldChange } from './changes.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const
const editor = { access: { role: 'editor', on: 'any' } } as const
const approver = { access: { role: 'approver', on: 'any' } } as const

const ById = Type.Object({ id: Type.String({ pattern: '^[0-9a-z]{1,16}-[0-9a-f]{1,32}$' }) })
const LongText = { maxLength: 4000 } as const
const Remark = Type.Object({ text: Type.String({ ...LongText, minLength: 1 }) })
const Verdict = Type.Object({ comment: Type.Optional(Type.String(LongText)) })
const Approval = Type.Object({
  comment: Type.Optional(Type.String(LongText)),
  /** ISO 8601; null or absent for at once. */
  applyAt: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
})
const Amendment = Type.Omit(Proposal, ['subject'])

const Query = Type.Object({
  application: Type.Optional(Type.String({ maxLength: 200 })),
  lists: Type.Optional(Type.Boolean()),
  state: Type.Optional(ChangeState),
  before: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})

interface Wanted {
  readonly application?: string
  readonly lists?: boolean
}

function isWanted(subject: Subject, { application, lists }: Wanted): boolean {
  if (application === undefined && lists !== true) return true
  return subject.kind === 'lists' ? lists === true : subject.name === application
}

function answer(reply: FastifyReply, { version, view }: ToldChange): FastifyReply {
  return sendVersioned(reply, version, view)
}

/** What is answered to a proposal. */
export function answerCreated(reply: FastifyReply, { version, view }: ToldChange): FastifyReply {
  return reply
    .code(201)
    .headers({ etag: etagOf(version), location: `/api/changes/${view.id}` })
    .send(view)
}

function reading(app: FastifyInstance, changes: Changes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const whole = { 200: ChangeView }
  api.get(
    '/api/changes',
    {
      config: viewer,
      schema: {
        summary: 'Change sets, the newest first',
        querystring: Query,
        response: { 200: pageOf(ChangeSummary) },
      },
    },
    async ({ query, operator }) => {
      const { limit = PAGE_SIZE } = query
      const visible = (subject: Subject): boolean =>
        operator.may('viewer', changes.matterOf(subject).key)
      const found = await changes.shelf.page({
        state: query.state,
        before: query.before,
        limit: limit + 1,
        isWanted: (subject) => isWanted(subject, query) && visible(subject),
      })
      const items = found.slice(0, limit).map(({ record }) => summaryOf(record))
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
  )
  api.get(
    '/api/changes/:id',
    {
      config: viewer,
      schema: { summary: 'A change set, as things are now', params: ById, response: whole },
    },
    async ({ params, operator }, reply) => answer(reply, await changes.told(operator, params.id)),
  )
  api.get(
    '/api/changes/:id/merge',
    {
      config: viewer,
      schema: {
        summary: 'A change set merged with what is there by now',
        params: ById,
        response: { 200: MergeView },
      },
    },
    ({ params, operator }) => changes.merged(operator, params.id),
  )
}

function writing(app: FastifyInstance, changes: Changes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const whole = { 200: ChangeView }
  api.post(
    '/api/changes',
    {
      config: editor,
      bodyLimit: LARGEST_PROPOSAL_BYTES,
      schema: {
        summary: 'Propose a change',
        headers: AttemptHeaders,
        body: Proposal,
        response: { 201: ChangeView },
      },
    },
    async (request, reply) => {
      const { body } = request
      return answerCreated(reply, await changes.propose(request, body, attemptOf(request)))
    },
  )
  api.put(
    '/api/changes/:id',
    {
      config: editor,
      bodyLimit: LARGEST_PROPOSAL_BYTES,
      schema: {
        summary: 'Amend a change set, which opens it again',
        params: ById,
        body: Amendment,
        response: whole,
      },
    },
    async (request, reply) => {
      const { params, body } = request
      const version = replacedVersion(request)
      return answer(reply, await changes.amend(request, params.id, version, body))
    },
  )
}

function commenting(app: FastifyInstance, changes: Changes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  api.post(
    '/api/changes/:id/comments',
    {
      config: viewer,
      schema: {
        summary: 'Say something about a change set',
        headers: AttemptHeaders,
        params: ById,
        body: Remark,
        response: { 200: ChangeView },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      const attempt = attemptOf(request)
      return answer(reply, await changes.comment(request, params.id, body.text, attempt))
    },
  )
}

function deciding(app: FastifyInstance, changes: Changes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const whole = { 200: ChangeView }
  api.post(
    '/api/changes/:id/approval',
    // Who wrote it may put it into force where nobody else has to agree.
    {
      config: viewer,
      schema: {
        summary: 'Agree to a change set, at once or for a time to come',
        params: ById,
        body: Approval,
        response: whole,
      },
    },
    async (request, reply) => {
      const { params, body } = request
      const version = replacedVersion(request)
      return answer(reply, await changes.approve(request, params.id, version, body))
    },
  )
  api.post(
    '/api/changes/:id/rejection',
    {
      config: approver,
      schema: { summary: 'Turn a change set down', params: ById, body: Verdict, response: whole },
    },
    async (request, reply) => {
      const { params, body } = request
      const version = replacedVersion(request)
      return answer(reply, await changes.reject(request, params.id, version, body.comment ?? ''))
    },
  )
  api.post(
    '/api/changes/:id/withdrawal',
    {
      config: editor,
      schema: { summary: "Take one's own change set back", params: ById, response: whole },
    },
    async (request, reply) => {
      const { params } = request
      const version = replacedVersion(request)
      return answer(reply, await changes.withdraw(request, params.id, version))
    },
  )
}

/** `/api/changes`. */
export function changeRoutes(app: FastifyInstance, changes: Changes): void {
  reading(app, changes)
  writing(app, changes)
  commenting(app, changes)
  deciding(app, changes)
}
