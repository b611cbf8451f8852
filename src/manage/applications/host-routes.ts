import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { eventOf } from '../accounts/audit.js'
import { StackView } from '../api/applications.js'
import type { ChangeWork } from '../changes/open-changes.js'
import { ApplicationName } from '../changes/subjects.js'
import type { ManageServices } from '../http/services.js'
import { stacksOf } from './application-views.js'
import { visibleFacts } from './routes.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const
const editor = { access: { role: 'editor', on: 'any' } } as const

const OfApplication = Type.Object({ app: ApplicationName })
const Hosts = Type.Object({
  stacks: Type.Array(StackView),
  /** `live`, `frozen` or `stored`; empty while nobody knows of any. */
  origin: Type.String(),
})

/** The hosts of an application, and having them read again. */
export function hostRoutes(app: FastifyInstance, services: ManageServices, work: ChangeWork): void {
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
      visibleFacts(operator, params.app, services, work)
      const subject = `application:${params.app}` as const
      operator.require('editor', subject)
      await services.store.reloadHosts(params.app)
      const event = eventOf(request, { action: 'hosts-reloaded', subject, detail: '' })
      await services.audit.record(event)
      return reply.code(202).send()
    },
  )
}
