import fastify, { type FastifyInstance } from 'fastify'
import pino from 'pino'
import { test, type Test } from 'tap'
import { Type } from 'typebox'
import { PointsmanError } from '../../../src/core/errors.js'
import { operatorOf } from '../../../src/manage/accounts/grants.js'
import { enforceAccess } from '../../../src/manage/http/access.js'
import { answerErrors } from '../../../src/manage/http/answer-errors.js'
import { fieldValidator } from '../../../src/manage/http/field-problems.js'
import { requireVersion, sendVersioned } from '../../../src/manage/http/versions.js'

const UNLIMITED = { user: () => Promise.resolve(), stranger: () => Promise.resolve() }

/** An app whose operators are all one who holds everything. */
async function appWith(t: Test, routes: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = fastify()
  t.teardown(() => app.close())
  app.setValidatorCompiler(fieldValidator)
  answerErrors(app, pino({ level: 'silent' }))
  const operator = operatorOf({
    name: 'ann',
    user: 'ann',
    grants: [[{ role: 'administrator', on: '*' }]],
  })
  const by = 'cookie' as const
  enforceAccess(app, () => Promise.resolve({ operator, by }), UNLIMITED)
  routes(app)
  await app.ready()
  return app
}

const config = { access: 'session' } as const

test('A route that does not say who may use it is not taken', async (t) => {
  await t.rejects(
    appWith(t, (app) => void app.get('/api/open', () => 'everything')),
    { code: 'INTERNAL', message: 'GET /api/open does not say who may use it' },
  )
})

const Body = Type.Object(
  {
    role: Type.Union([Type.Literal('viewer'), Type.Literal('editor')]),
    weights: Type.Array(Type.Integer({ maximum: 10 })),
    'a/b': Type.Optional(Type.String({ minLength: 2 })),
  },
  { additionalProperties: false },
)

const BODIES: readonly (readonly [unknown, readonly (readonly [string, RegExp])[]])[] = [
  [{ role: 'viewer', weights: [1] }, []],
  [
    { role: 'king', weights: [1, '2', 11] },
    [
      ['/role', /^must be one of viewer, editor$/],
      ['/weights/1', /^must be integer$/],
      ['/weights/2', /^must be <= 10$/],
    ],
  ],
  [{ weights: [] }, [['/role', /^is required$/]]],
  [{ role: 'viewer', weights: [], 'x/y~': 1 }, [['/x~1y~0', /^is not known here$/]]],
  [{ role: 'viewer', weights: [], 'a/b': '' }, [['/a~1b', /2 characters/]]],
  [[], [['', /^must be object$/]]],
]

test('Every field that is wrong is told, with its place', async (t) => {
  const app = await appWith(t, (app) => {
    app.post('/x', { config, schema: { body: Body } }, () => 'taken')
  })
  const headers = { origin: 'http://localhost:80', host: 'localhost:80' }
  for (const [body, problems] of BODIES) {
    const what = JSON.stringify(body)
    const answer = await app.inject({
      method: 'POST',
      url: '/x',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: what,
    })
    t.equal(answer.statusCode, problems.length > 0 ? 400 : 200, what)
    if (problems.length === 0) continue
    const { errors } = answer.json<{ errors: { path: string; message: string }[] }>()
    t.same(
      errors.map(({ path }) => path),
      problems.map(([path]) => path),
      what,
    )
    for (const [at, [path, words]] of problems.entries())
      t.match(errors[at]?.message, words, `${what} ${path}`)
  }
})

test('Numbers of an address are understood, and what is none is told by its name', async (t) => {
  const querystring = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1 })) })
  const app = await appWith(t, (app) => {
    app.get('/x', { config, schema: { querystring } }, ({ query }) => query)
  })
  t.same((await app.inject('/x?limit=12')).json(), { limit: 12 })
  const refused = await app.inject('/x?limit=all')
  t.match(refused.json(), { status: 400, errors: [{ path: 'limit', message: 'must be integer' }] })
})

test('What is replaced has to be named by its version', async (t) => {
  const app = await appWith(t, (app) => {
    app.get('/x', { config }, (_, reply) => sendVersioned(reply, 7, { is: 'there' }))
    app.put('/x', { config }, (request, reply) => {
      requireVersion(request, 7, { is: 'there' })
      return reply.code(204).send()
    })
  })
  t.equal((await app.inject('/x')).headers.etag, '"7"')
  const headers = { origin: 'http://localhost:80', host: 'localhost:80' }
  const put = async (match: Record<string, string>) =>
    app.inject({ method: 'PUT', url: '/x', headers: { ...headers, ...match } })
  t.equal((await put({})).statusCode, 428)
  t.equal((await put({ 'if-match': '*' })).statusCode, 400)
  t.equal((await put({ 'if-match': '"7"' })).statusCode, 204)
  const stale = await put({ 'if-match': '"6"' })
  t.equal(stale.statusCode, 412)
  t.equal(stale.headers.etag, '"7"')
  t.match(stale.json(), { status: 412, current: { is: 'there' } })
})

const FAULTS = [
  [new PointsmanError('STORE_LOST', 'a secret'), 503],
  [new PointsmanError('STORE_CONFLICT', 'a secret'), 409],
  [new PointsmanError('INTERNAL', 'a secret'), 500],
  [new Error('a secret'), 500],
] as const

test('A fault of ours tells nothing of the inside', async (t) => {
  for (const [error, status] of FAULTS) {
    const app = await appWith(t, (app) => {
      app.get('/x', { config }, () => {
        throw error
      })
    })
    const answer = await app.inject('/x')
    t.equal(answer.statusCode, status)
    t.notMatch(answer.body, 'secret')
  }
})
