import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { eventOf } from '../accounts/audit.js'
import { StackComments, StackView } from '../api/applications.js'
import type { ChangeWork } from '../changes/open-changes.js'
import { ApplicationName } from '../changes/subjects.js'
import type { ManageServices } from '../http/services.js'
import { requireVersion, sendVersioned } from '../http/versions.js'
import { stacksOf } from './application-views.js'
import { visibleFacts, type Seen } from './routes.js'
import { changedStacks, CommentsOnStacks } from './stack-comments.js'
import { stackRemovalRoute } from './stack-removal-route.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const
const editor = { access: { role: 'editor', on: 'any' } } as const

const LARGEST_COMMENTS_BYTES = 2 << 20

const OfApplication = Type.Object({ app: ApplicationName })
const Hosts = Type.Object({
  stacks: Type.Array(StackView),
  /** `live`, `frozen` or `stored`; empty while nobody knows of any. */
  origin: Type.String(),
})

function commentRoutes(app: FastifyInstance, comments: CommentsOnStacks, seen: Seen): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const url = '/api/applications/:app/comments'
  const response = { 200: StackComments }
  api.get(
    url,
    {
      config: viewer,
      schema: { summary: 'Comments on stacks', params: OfApplication, response },
    },
    async ({ params, operator }, reply) => {
      seen(operator, params.app)
      const { version, value } = await comments.of(params.app)
      return sendVersioned(reply, version, value)
    },
  )
  api.put(
    url,
    {
      config: editor,
      bodyLimit: LARGEST_COMMENTS_BYTES,
      schema: {
        summary: 'Replace the comments on stacks',
        params: OfApplication,
        body: StackComments,
        response,
      },
    },
    async (request, reply) => {
      const { params, body, operator } = request
      seen(operator, params.app)
      const subject = `application:${params.app}` as const
      operator.require('editor', subject)
      const { version, value } = await comments.of(params.app)
      requireVersion(request, version, value)
      const detail = changedStacks(value, body)
      const event = eventOf(request, { action: 'stacks-commented', subject, detail })
      return sendVersioned(reply, await comments.set(params.app, body, version, event), body)
    },
  )
}

/** The hosts of an application, having them read again, what people remark on their stacks, and removing empty ones. */
export function hostRoutes(app: FastifyInstance, services: ManageServices, work: ChangeWork): void {
  const seen: Seen = (operator, name) => void visibleFacts(operator, name, services, work)
  const comments = new CommentsOnStacks(services.store, services.audit)
  commentRoutes(app, comments, seen)
  stackRemovalRoute(app, services, comments, seen)
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  api.get(
    '/api/applications/:app/hosts',
    {
      config: viewer,
      schema: {
        summary: 'The hosts of an application, stack by stack',
        params: OfApplication,
        response: { 200: Hosts },
      },
    },
    ({ params, operator }) => {
      const { hosts, known } = visibleFacts(operator, params.app, services, work)
      const stacks = hosts ? stacksOf(hosts, known.model?.whitelist ?? []) : []
      return { stacks: [...stacks], origin: hosts?.origin ?? '' }
    },
  )
  api.post(
    '/api/applications/:app/hosts/reload',
    {
      config: editor,
      schema: {
        summary: 'Have gateways take the hosts that are registered now, where discovery is static',
        params: OfApplication,
      },
    },
    async (request, reply) => {
      const { params, operator } = request
      seen(operator, params.app)
      const subject = `application:${params.app}` as const
      operator.require('editor', subject)
      await services.store.reloadHosts(params.app)
      const event = eventOf(request, { action: 'hosts-reloaded', subject, detail: '' })
      await services.audit.record(event)
      return reply.code(202).send()
    },
  )
}
