import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { eventOf } from '../accounts/audit.js'
import { TestCase, TestResult } from '../api/applications.js'
import { ApplicationName } from '../changes/subjects.js'
import type { Operator } from '../http/access.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'
import { requireSeen, requireVersion, sendVersioned } from '../http/versions.js'
import { visibleFacts, type ApplicationWork } from './routes.js'
import type { Scenes } from './scenes.js'
import { TestCases } from './test-cases.js'
import { runTests } from './trial.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const
const editor = { access: { role: 'editor', on: 'any' } } as const

const LARGEST_TEST_BYTES = 1 << 20

const Name = Type.String({ minLength: 1, maxLength: 200 })
const OfApplication = Type.Object({ app: ApplicationName })
const OfTest = Type.Object({ app: ApplicationName, name: Name })
const Run = Type.Object({
  /** Id of a change set that is looked at as if it were in force. */
  change: Type.Optional(Type.String({ maxLength: 64 })),
  generated: Type.Optional(Type.Boolean()),
  names: Type.Optional(Type.Array(Name, { maxItems: 1000 })),
})

/** @throws Refusal for an application that somebody may not see, or that is not there */
type Seen = (operator: Operator, name: string) => void

function saving(app: FastifyInstance, tests: TestCases, seen: Seen): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  api.put(
    '/api/applications/:app/tests/:name',
    {
      config: editor,
      bodyLimit: LARGEST_TEST_BYTES,
      schema: {
        summary: 'Save a test',
        params: OfTest,
        body: TestCase,
        response: { 200: TestCase, 201: TestCase },
      },
    },
    async (request, reply) => {
      const { params, body, operator } = request
      seen(operator, params.app)
      operator.require('editor', `application:${params.app}`)
      if (body.name !== params.name)
        throw new Refusal(400, {
          detail: 'The name is another one than in the address',
          errors: [{ path: '/name', code: '', message: 'is another one than in the address' }],
        })
      const { version, value: test } = await tests.find(params.app, params.name)
      requireSeen(request, test && { version, current: test })
      const event = eventOf(request, {
        action: 'test-saved',
        subject: `application:${params.app}`,
        detail: params.name,
      })
      const saved = await tests.put(params.app, body, version, event)
      return sendVersioned(reply.code(test ? 200 : 201), saved, body)
    },
  )
  api.delete(
    '/api/applications/:app/tests/:name',
    { config: editor, schema: { summary: 'Remove a test', params: OfTest } },
    async (request, reply) => {
      const { params, operator } = request
      seen(operator, params.app)
      operator.require('editor', `application:${params.app}`)
      const { version, value: test } = await tests.find(params.app, params.name)
      if (!test) throw new Refusal(404, { detail: `There is no test ${params.name}` })
      requireVersion(request, version, test)
      const event = eventOf(request, {
        action: 'test-removed',
        subject: `application:${params.app}`,
        detail: params.name,
      })
      await tests.remove(params.app, params.name, version, event)
      return reply.code(204).send()
    },
  )
}

function running(app: FastifyInstance, tests: TestCases, scenes: Scenes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const Results = Type.Object({ items: Type.Array(TestResult) })
  api.post(
    '/api/applications/:app/tests/run',
    {
      config: viewer,
      schema: {
        summary: 'Run tests, saved and generated',
        params: OfApplication,
        body: Run,
        response: { 200: Results },
      },
    },
    async ({ params, body, operator }) => {
      const scene = await scenes.proposed(operator, params.app, body.change)
      const names = body.names && new Set(body.names)
      const saved = (await tests.of(params.app)).filter(({ name }) => names?.has(name) ?? true)
      return { items: await runTests(scene, saved, body.generated === true) }
    },
  )
}

/** Tests that are saved, and running them. */
export function testRoutes(
  app: FastifyInstance,
  services: ManageServices,
  scenes: Scenes,
  work: ApplicationWork,
): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const tests = new TestCases(services.store, services.audit)
  const seen: Seen = (operator, name) => void visibleFacts(operator, name, services, work)
  api.get(
    '/api/applications/:app/tests',
    {
      config: viewer,
      schema: {
        summary: 'Saved tests',
        params: OfApplication,
        response: { 200: Type.Object({ items: Type.Array(TestCase) }) },
      },
    },
    async ({ params, operator }) => {
      seen(operator, params.app)
      return { items: [...(await tests.of(params.app))] }
    },
  )
  api.get(
    '/api/applications/:app/tests/:name',
    {
      config: viewer,
      schema: { summary: 'A saved test', params: OfTest, response: { 200: TestCase } },
    },
    async ({ params, operator }, reply) => {
      seen(operator, params.app)
      const { version, value: test } = await tests.find(params.app, params.name)
      if (!test) throw new Refusal(404, { detail: `There is no test ${params.name}` })
      return sendVersioned(reply, version, test)
    },
  )
  saving(app, tests, seen)
  running(app, tests, scenes)
}
