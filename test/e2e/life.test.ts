import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { selfSigned } from '../support/certificate.js'
import { environment } from '../support/environment.js'
import { askOver, openSession } from '../support/h2-client.js'
import { value } from '../support/http-message.js'
import { Load } from '../support/load.js'
import { setUp } from '../support/pass.js'
import { startPointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { echo, message, startTarget, type RecordingTarget } from '../support/recording-target.js'
import { certificateFiles, NAME } from '../support/tls-listener.js'

const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'

/** Answers after some milliseconds, so that requests are under way at any time. */
function takeTime(target: RecordingTarget) {
  target.answer = (request) =>
    void setTimeout(() => echo(request), 2 + (target.requests.length % 7))
}

test('SIGTERM under load loses no request', async (t) => {
  const { proxy, target } = await setUp(t)
  takeTime(target)
  const load = new Load(t, { port: proxy.port, clients: 16, request: GET })
  await load.more(200)
  t.equal(load.closing, 0)
  const code = proxy.stop()
  await load.ended
  t.strictSame(load.lost, [])
  t.strictSame([...load.statuses.keys()], [200])
  t.equal(load.closing, 16, 'each client was told that its connection closes')
  t.equal(await code, 0)
})

test('While it stops', async (t) => {
  const { proxy, target } = await setUp(t)
  target.answer = () => undefined
  const waiting = (await dial(t, proxy.port)).send(GET)
  const idle = await dial(t, proxy.port)
  const { connection } = await target.request()
  t.equal(await proxy.managementStatus('/readyz'), 200)
  t.equal(await proxy.managementStatus('/livez'), 200)
  const code = proxy.stop()
  t.equal(await idle.rest(), '', 'idle connections are closed')
  t.equal(await proxy.managementStatus('/readyz'), 503, 'it says that it is not ready')
  await t.rejects(dial(t, proxy.port), { code: 'ECONNREFUSED' }, 'nobody is let in')
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
  const response = await waiting.response()
  t.equal(response.body.toString(), 'done', 'the request under way is answered')
  t.equal(value(response.fields, 'connection'), 'close')
  t.equal(await code, 0)
})

test('A session of HTTP/2 is told, and its streams finish', async (t) => {
  const certificate = selfSigned(NAME)
  const { proxy, target } = await setUp(t, certificateFiles(t, certificate).environment)
  target.answer = () => undefined
  const session = openSession(t, proxy.port, certificate.cert)
  const response = askOver(session, { ':path': '/x' })
  const { connection } = await target.request()
  const told = once(session, 'goaway')
  const code = proxy.stop()
  await told
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
  t.equal((await response).body.toString(), 'done')
  t.equal(await code, 0)
})

test('A tunnel is cut when the grace is over', async (t) => {
  const { proxy, target } = await setUp(t, { SHUTDOWN_GRACE: '500' })
  const lines = ['Connection: Upgrade', 'Upgrade: websocket']
  target.onHead = ({ connection }) => {
    connection.tunnelled = true
    connection.send(message('HTTP/1.1 101 Switching Protocols', lines))
  }
  const client = await dial(t, proxy.port)
  t.equal((await client.ask(message('GET / HTTP/1.1', ['Host: h', ...lines]))).status, 101)
  t.equal(await proxy.stop(), 0)
  t.equal(await client.rest(), '')
})

/** A proxy whose single request under way will never be answered. */
async function stuck(t: Test, grace: string) {
  const { proxy, target } = await setUp(t, { SHUTDOWN_GRACE: grace, CONNECTION_TIMEOUT: '60000' })
  target.answer = () => undefined
  const client = (await dial(t, proxy.port)).send(GET)
  await target.request()
  return { proxy, client }
}

test('What does not finish within SHUTDOWN_GRACE is cut', async (t) => {
  const { proxy, client } = await stuck(t, '500')
  const begun = performance.now()
  t.equal(await proxy.stop(), 0)
  const took = performance.now() - begun
  t.ok(took > 450, `not before its time: ${took}`)
  t.ok(took < 5000, `nor much later: ${took}`)
  t.notMatch(await client.rest(), / 200 /)
})

test('A second signal ends it at once', async (t) => {
  for (const [first, second] of [
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGTERM'],
  ] as const) {
    const { proxy } = await stuck(t, '60000')
    proxy.signal(first)
    while ((await proxy.managementStatus('/readyz')) !== 503);
    const begun = performance.now()
    proxy.signal(second)
    await proxy.exitCode
    t.ok(performance.now() - begun < 5000)
  }
})

test('SIGINT stops it like SIGTERM', async (t) => {
  const { proxy } = await setUp(t)
  proxy.signal('SIGINT')
  t.equal(await proxy.exitCode, 0)
})

/** A file of variables that the proxy reads on SIGHUP. */
function environmentFile(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-env-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'pointsman.env')
  const write = (variables: Readonly<Record<string, string>>) => {
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(path, lines.join(''))
  }
  return { path, write }
}

for (const workers of ['0', '2']) {
  test(`SIGHUP takes up another configuration, with WORKERS=${workers}`, async (t) => {
    const [first, second] = [await startTarget(t), await startTarget(t)]
    const file = environmentFile(t)
    const to = (target: RecordingTarget, prefix = '/') =>
      file.write(environment([{ prefix, targets: target.address }]))
    to(first)
    const proxy = await startPointsman(t, { ENV_FILE: file.path, WORKERS: workers })

    await t.test('without losing a request under load', async (t) => {
      takeTime(first)
      takeTime(second)
      const load = new Load(t, { port: proxy.port, clients: 16, request: GET })
      for (const target of [second, first, second]) {
        await load.more(100)
        to(target)
        target.take()
        proxy.signal('SIGHUP')
        await target.request()
      }
      await load.more(50)
      first.take()
      await load.more(100)
      t.strictSame(first.take(), [], 'the old target is asked no more')
      await load.stop()
      t.strictSame(load.lost, [])
      t.strictSame([...load.statuses.keys()], [200])
      t.equal(load.closing, 0, 'and no connection was closed')
    })

    await t.test('rules and all', async (t) => {
      to(first, '/new')
      proxy.signal('SIGHUP')
      const client = await dial(t, proxy.port)
      const status = async (path: string) =>
        (await client.ask(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)).status
      while ((await status('/x')) === 200);
      t.equal(await status('/x'), 404)
      t.equal(await status('/new'), 200)
    })

    await t.test('but not a bad one, which it reports', async (t) => {
      const good = environment([{ prefix: '/', targets: first.address }])
      file.write({
        ...good,
        LISTENER_RULE_1_TARGET_GROUP: 'nowhere',
        TARGET_GROUP_1_RETRIES: 'many',
      })
      proxy.signal('SIGHUP')
      for (const name of ['LISTENER_RULE_1_TARGET_GROUP', 'TARGET_GROUP_1_RETRIES']) {
        const line = await proxy.logged((line) => JSON.stringify(line).includes(name))
        t.ok(Number(line['level']) >= 40, `${name} is complained about`)
      }
      const client = await dial(t, proxy.port)
      t.equal((await client.ask('GET /new HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
      t.equal((await client.ask(GET)).status, 404, 'the old one stays')
      file.write(good)
      proxy.signal('SIGHUP')
      while ((await client.ask(GET)).status !== 200);
      t.pass('and a good one is taken up after it')
    })
  })
}
