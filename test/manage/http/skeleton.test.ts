import { test } from 'tap'
import { managing } from '../../support/managing.js'

test('What other programs ask is open, and the status is for those who may look', async (t) => {
  const { as } = await managing(t)
  for (const path of ['/livez', '/readyz', '/metrics'])
    t.equal((await as()('GET', path)).status, 200, path)
  t.equal((await as()('GET', '/api/status')).status, 401)
  t.equal((await as('nobody')('GET', '/api/status')).status, 403)
  t.match(await as('viewer')('GET', '/api/status'), { status: 200, body: { version: '1.2.3' } })
})

const REFUSED = [
  ['GET', '/nothing', 404],
  ['GET', '/api/nothing', 404],
  ['GET', '/%zz', 400],
  ['POST', '/api/status', 405],
  ['DELETE', '/metrics', 405],
] as const

test('What cannot be answered is a problem in JSON', async (t) => {
  const { as } = await managing(t)
  for (const [method, path, status] of REFUSED) {
    const answer = await as('viewer')(method, path)
    t.match(answer, { status, body: { type: 'about:blank', status } }, `${method} ${path}`)
    t.match(answer.headers.get('content-type'), /^application\/problem\+json/)
    t.equal(answer.headers.get('allow'), status === 405 ? 'GET, HEAD' : null)
  }
})

test('Somebody unknown does not learn which addresses there are', async (t) => {
  const { as } = await managing(t)
  const [there, not] = [await as()('GET', '/api/status'), await as()('GET', '/api/nothing')]
  t.equal(there.status, 401)
  t.same(there.body, not.body)
  t.equal(there.headers.get('www-authenticate'), 'Bearer')
})

test('Browsers are told what they shall not do with an answer', async (t) => {
  const { as } = await managing(t)
  for (const path of ['/api/status', '/api/nothing', '/nothing']) {
    const { headers } = await as()('GET', path)
    const policy = headers.get('content-security-policy') ?? ''
    t.match(policy, "default-src 'none'")
    t.match(policy, "frame-ancestors 'none'")
    t.notMatch(policy, 'unsafe')
    t.equal(headers.get('x-content-type-options'), 'nosniff')
    t.equal(headers.get('referrer-policy'), 'no-referrer')
    t.equal(headers.get('cache-control'), path.startsWith('/api/') ? 'no-store' : null)
  }
})

test('The description of all routes says of each who may use it', async (t) => {
  const { as } = await managing(t)
  t.equal((await as()('GET', '/api/openapi.json')).status, 401)
  const { body } = await as('nobody')('GET', '/api/openapi.json')
  t.match(body, {
    openapi: '3.1.0',
    paths: {
      '/api/status': {
        get: { 'x-access': { role: 'viewer', on: 'any' }, responses: { default: {} } },
      },
      '/api/openapi.json': { get: { 'x-access': 'session' } },
    },
  })
  t.notMatch(JSON.stringify(body), '/livez')
})

test('Whoever asks too much has to wait', async (t) => {
  const { as } = await managing(t)
  let refused
  for (let at = 0; at < 150 && refused?.status !== 429; at++)
    refused = await as()('GET', '/api/status')
  t.match(refused, { status: 429, body: { status: 429 } })
  t.match(refused?.headers.get('retry-after'), /^([1-9]|10)$/)
  t.equal((await as('viewer')('GET', '/api/status')).status, 200, 'those who are known go on')
})
