import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { TargetOverride } from '../../core/health.js'
import { eventOf } from '../accounts/audit.js'
import { OverrideView } from '../api/targets.js'
import type { GrantSubject } from '../http/access.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'

const Named = Type.Object({ group: Type.String(), target: Type.String() })
type Named = Static<typeof Named>

const ACCESS = { access: { role: 'approver', on: 'any' } } as const

/** Hosts of an application belong to those who decide about it, other targets to those who decide about everything. */
function subjectOf(group: string): GrantSubject {
  return group.startsWith('application:') ? (group as `application:${string}`) : '*'
}

function wordsOf(override: TargetOverride | undefined): string {
  if (!override) return 'as configured'
  const { state, weight } = override
  return weight === undefined ? state : `${state}, weight ${weight}`
}

/** What operators do to single targets, at once and without a change set. */
export function targetRoutes(app: FastifyInstance, { service, audit }: ManageServices): void {
  const override = async (
    request: FastifyRequest<{ Params: Named }>,
    wanted: TargetOverride | undefined,
  ): Promise<void> => {
    const { group, target } = request.params
    request.operator.require('approver', subjectOf(group))
    if (!service.override(group, target, wanted))
      throw new Refusal(404, { detail: `There is no target ${target} in a group ${group}` })
    const subject = `target:${group}/${target}`
    const event = { action: 'target-overridden', subject, detail: wordsOf(wanted) }
    await audit.record(eventOf(request, event))
  }
  const schema = { params: Named }
  app.put<{ Params: Named; Body: OverrideView }>(
    '/api/groups/:group/targets/:target',
    { config: ACCESS, schema: { ...schema, body: OverrideView, response: { 200: OverrideView } } },
    async (request) => {
      const { state, weight } = request.body
      await override(request, { state, weight: weight ?? undefined })
      return request.body
    },
  )
  app.delete<{ Params: Named }>(
    '/api/groups/:group/targets/:target',
    { config: ACCESS, schema },
    async (request, reply) => {
      await override(request, undefined)
      return reply.code(204).send()
    },
  )
}
