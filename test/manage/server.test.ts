import { createServer } from 'node:net'
import { test, type Test } from 'tap'
import { ManagementServer } from '../../src/manage/server.js'
import { dial } from '../support/raw.js'
import { FakeService } from './managed-service.js'

async function serving(t: Test): Promise<{ service: FakeService; url: string }> {
  const service = new FakeService(t)
  const server = new ManagementServer(service)
  await server.start('127.0.0.1', 0)
  t.teardown(() => server.stop())
  return { service, url: `http://${server.address}` }
}

test('the process is alive, whatever else', async (t) => {
  const { service, url } = await serving(t)
  service.obstacles = ['draining']
  const response = await fetch(`${url}/livez`)
  t.equal(response.status, 200)
  t.same(await response.json(), { status: 'alive' })
})

test('the service is ready when nothing stands in the way', async (t) => {
  const { service, url } = await serving(t)
  const ready = await fetch(`${url}/readyz`)
  t.equal(ready.status, 200)
  t.same(await ready.json(), { status: 'ready', obstacles: [] })
  service.obstacles = ['draining']
  const notReady = await fetch(`${url}/readyz`)
  t.equal(notReady.status, 503)
  t.same(await notReady.json(), { status: 'not ready', obstacles: ['draining'] })
})

test('the status is JSON', async (t) => {
  const { url } = await serving(t)
  const response = await fetch(`${url}/api/status`)
  t.equal(response.status, 200)
  t.match(response.headers.get('content-type'), /^application\/json/)
  t.match(await response.json(), { version: '1.2.3', groups: [{ name: 'web' }, { name: 'db' }] })
})

test('metrics are in the text format', async (t) => {
  const { service, url } = await serving(t)
  service.beBusy()
  const response = await fetch(`${url}/metrics`)
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  t.match(text, 'pointsman_requests_total{rule="1",group="web",status="2xx"} 100\n')
  t.match(text, 'pointsman_build_info{version="1.2.3"')
})

const REFUSED = [
  ['GET', '/', 404, 'Not Found'],
  ['GET', '/nothing', 404, 'Not Found'],
  ['GET', '/api/users', 401, 'Unauthorized'],
  ['GET', '/metrics/', 404, 'Not Found'],
  ['GET', '/%zz', 400, 'Bad Request'],
  ['POST', '/api/status', 405, 'Method Not Allowed'],
  ['DELETE', '/metrics', 405, 'Method Not Allowed'],
  ['OPTIONS', '/nothing', 405, 'Method Not Allowed'],
] as const

test('what cannot be answered is a problem in JSON', async (t) => {
  const { url } = await serving(t)
  for (const [method, path, status, title] of REFUSED) {
    const response = await fetch(url + path, { method })
    t.equal(response.status, status, `${method} ${path}`)
    t.match(
      response.headers.get('content-type'),
      /^application\/problem\+json/,
      `${method} ${path}`,
    )
    t.match(await response.json(), { type: 'about:blank', title, status }, `${method} ${path}`)
    t.equal(response.headers.get('allow'), status === 405 ? 'GET, HEAD' : null, `${method} ${path}`)
  }
})

test('a body that nobody wants is not read', async (t) => {
  const { url } = await serving(t)
  const client = await dial(t, Number(new URL(url).port))
  client.send('POST /api/status HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n')
  t.match(await client.response(), { status: 405 })
})

test('HEAD tells the head', async (t) => {
  const { url } = await serving(t)
  for (const path of ['/livez', '/readyz', '/metrics', '/api/status']) {
    const response = await fetch(url + path, { method: 'HEAD' })
    t.equal(response.status, 200, path)
    t.equal(await response.text(), '', path)
  }
})

test('a fault of our own is a problem, too, and tells nothing of the inside', async (t) => {
  const { service, url } = await serving(t)
  Object.defineProperty(service, 'groups', {
    get: () => {
      throw new Error('a secret')
    },
  })
  const response = await fetch(`${url}/api/status`)
  t.equal(response.status, 500)
  t.same(await response.json(), {
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
  })
})

test('while a long text of metrics is written, others are served', async (t) => {
  const { service, url } = await serving(t)
  const { targets } = service.groups[0] ?? { targets: [] }
  const [first] = targets
  if (!first) throw new Error('the first group has targets')
  const many = Array.from({ length: 20_000 }, (_, at) => ({
    ...first,
    target: { ...first.target, id: `http://target-${at}:80` },
  }))
  service.groups = service.groups.map((group) => ({ ...group, targets: many }))
  const ends: string[] = []
  const metrics = fetch(`${url}/metrics`)
    .then((response) => response.text())
    .then(() => ends.push('metrics'))
  const alive = fetch(`${url}/livez`).then(() => ends.push('livez'))
  await Promise.all([metrics, alive])
  t.same(ends, ['livez', 'metrics'])
})

test('an address that is taken is said so', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const bound = other.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  const server = new ManagementServer(new FakeService(t))
  t.teardown(() => server.stop())
  await t.rejects(server.start('127.0.0.1', port), {
    code: 'LISTEN_FAILED',
    message: /^Cannot listen on 127\.0\.0\.1:\d+ for operators: .*EADDRINUSE/,
  })
})

test('it stops with clients connected', async (t) => {
  const service = new FakeService(t)
  const server = new ManagementServer(service)
  await server.start('127.0.0.1', 0)
  const client = await dial(t, Number(new URL(`http://${server.address}`).port))
  await server.stop()
  t.equal(await client.rest(), '')
})
