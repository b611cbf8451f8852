import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { eventOf } from '../accounts/audit.js'
import { GatewayProcess } from '../api/applications.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'

const Gateways = Type.Object({ items: Type.Array(GatewayProcess) })

/** Which gateways there are, and what they serve; and what to bring them that cannot ask the store. */
export function fleetRoutes(app: FastifyInstance, { service, audit, clock }: ManageServices): void {
  const viewer = { access: { role: 'viewer', on: 'any' } } as const
  app.get(
    '/api/gateways',
    { config: viewer, schema: { response: { 200: Gateways } } },
    async () => {
      return { items: await service.gateways() }
    },
  )
  const approver = { access: { role: 'approver', on: 'everything' } } as const
  app.get('/api/bundle', { config: approver }, async (request, reply) => {
    const bundle = service.signedBundle()
    if (bundle === undefined)
      throw new Refusal(404, { detail: 'Bundles take MANAGEMENT_SIGNING_KEY, which is not set' })
    await audit.record(eventOf(request, { action: 'bundle-signed', subject: 'bundle', detail: '' }))
    const name = `pointsman-${new Date(clock.wallTimeMs()).toISOString().replaceAll(':', '')}.bundle`
    return reply
      .type('application/json')
      .header('content-disposition', `attachment; filename="${name}"`)
      .send(bundle)
  })
}
