import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GatewayProcess } from '../api/applications.js'
import type { ManageServices } from '../http/services.js'

const Gateways = Type.Object({ items: Type.Array(GatewayProcess) })

/** Which gateways there are, and what they serve. */
export function fleetRoutes(app: FastifyInstance, { service }: ManageServices): void {
  const config = { access: { role: 'viewer', on: 'any' } } as const
  app.get('/api/gateways', { config, schema: { response: { 200: Gateways } } }, async () => {
    return { items: await service.gateways() }
  })
}
