import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { ProblemView } from '../api/problem.js'

const PROBLEM_RESPONSE = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: ProblemView } },
}

/**
 * Tells at `/api/openapi.json` of every route below `/api`, by the schemas that validate, and in `x-access` who may use it.
 * Call it before there are routes.
 */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Pointsman', description: 'What operators see and change', version },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'pointsman' },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    transform: ({ url, route }) => {
      const { config: { access } = {}, schema } = route
      const described = {
        ...schema,
        hide: !url.startsWith('/api/'),
        'x-access': access,
        security: access === 'public' ? [] : [{ session: [] }, { token: [] }],
        response: { ...(schema?.response as object | undefined), default: PROBLEM_RESPONSE },
      }
      return { schema: described, url }
    },
  })
  app.get('/api/openapi.json', { config: { access: 'session' } }, () => app.swagger())
}
