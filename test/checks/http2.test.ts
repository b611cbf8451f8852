import { getEventListeners, once } from 'node:events'
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { test, type Test } from 'tap'
import { HttpChecker } from '../../src/checks/http.js'
import type { HttpCheckSettings } from '../../src/checks/settings.js'
import { CERTIFICATE, KEY } from '../config/certificates.js'
import {
  localTarget,
  patience,
  startRawTarget,
  unusedPort,
} from '../support/checker-conformance.js'
import { HTTP_CHECK } from './http-settings.js'

type Handler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

const ok: Handler = (stream) => {
  stream.respond({ ':status': 200 })
  stream.end('ok')
}

async function listen(t: Test, server: Http2Server, handler: Handler): Promise<number> {
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    handler(stream, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('not listening on TCP')
  return address.port
}

function checker(settings: Partial<HttpCheckSettings> = {}): HttpChecker {
  return new HttpChecker({ ...HTTP_CHECK, tls: { verify: false }, ...settings })
}

test('a target that speaks HTTP/2 is asked in HTTP/2, in the clear and under TLS', async (t) => {
  const clear = await listen(t, createServer(), ok)
  const secure = await listen(t, createSecureServer({ cert: CERTIFICATE, key: KEY }), ok)
  await checker({ body: '^ok$' }).check(localTarget(clear, 'h2c'), patience())
  await checker({ body: '^ok$' }).check(localTarget(secure, 'h2'), patience())
})

test('an HTTP/2 check sends the configured path, host and fields', async (t) => {
  const seen: IncomingHttpHeaders[] = []
  const port = await listen(t, createServer(), (stream, headers) => {
    seen.push(headers)
    ok(stream, headers)
  })
  const fields = ['X-A', '1', 'x-a', '2']
  const settings = { path: '/health?x', host: 'health.test', fields, method: 'HEAD' } as const
  await checker(settings).check(localTarget(port, 'h2c'), patience())
  t.match(seen, [
    {
      ':method': 'HEAD',
      ':scheme': 'http',
      ':authority': 'health.test',
      ':path': '/health?x',
      'user-agent': 'pointsman',
      'x-a': '1, 2',
    },
  ])
})

test('an HTTP/2 answer is judged like any other', async (t) => {
  const port = await listen(t, createServer(), (stream) => {
    stream.respond({ ':status': 500 })
    stream.end('down')
  })
  const target = localTarget(port, 'h2c')
  await t.rejects(checker().check(target, patience()), { message: 'status 500, expected 200-399' })
  const statuses = [{ from: 500, to: 500 }]
  await checker({ statuses, body: 'down' }).check(target, patience())
  await t.rejects(checker({ statuses, body: 'up' }).check(target, patience()), {
    message: 'body does not match /up/',
  })
})

const BROKEN: readonly { title: string; handler: Handler; code: string }[] = [
  { title: 'resets the stream', handler: (stream) => stream.close(2), code: 'RESPONSE_MALFORMED' },
  { title: 'refuses the stream', handler: (stream) => stream.close(7), code: 'RESPONSE_MALFORMED' },
  {
    title: 'closes the stream without an answer',
    handler: (stream) => stream.close(0),
    code: 'TARGET_CLOSED',
  },
  { title: 'goes away', handler: (stream) => stream.session?.destroy(), code: 'TARGET_CLOSED' },
  {
    title: 'breaks off in the body',
    handler: (stream) => {
      stream.respond({ ':status': 200 })
      stream.write('o', () => stream.destroy(new Error('broken')))
    },
    code: 'RESPONSE_MALFORMED',
  },
  {
    title: 'goes away in the body',
    handler: (stream) => {
      stream.respond({ ':status': 200 })
      stream.write('o', () => stream.session?.destroy())
    },
    code: 'TARGET_CLOSED',
  },
]

for (const { title, handler, code } of BROKEN) {
  test(`fails an HTTP/2 target that ${title}`, async (t) => {
    const port = await listen(t, createServer(), handler)
    await t.rejects(checker({ body: 'ok' }).check(localTarget(port, 'h2c'), patience()), { code })
  })
}

test('fails an HTTP/2 target that drops the connection', async (t) => {
  const target = await startRawTarget(t, async (connection) => {
    await connection.receive('\r\n\r\n')
    connection.reset()
  })
  await t.rejects(checker().check(localTarget(target.port, 'h2c'), patience()), {
    code: 'TARGET_CLOSED',
  })
})

test('fails an HTTP/2 target where nobody listens, or whose certificate is not accepted', async (t) => {
  const clear = localTarget(await unusedPort(), 'h2c')
  await t.rejects(checker().check(clear, patience()), { code: 'CONNECT_REFUSED' })
  const port = await listen(t, createSecureServer({ cert: CERTIFICATE, key: KEY }), ok)
  const strict = checker({ tls: { verify: true } })
  await t.rejects(strict.check(localTarget(port, 'h2'), patience()), {
    code: 'TLS_CERTIFICATE_REJECTED',
  })
})

test('an HTTP/2 check leaves its target, and nothing on the signal', async (t) => {
  const server = createServer()
  const port = await listen(t, server, ok)
  const left = new Promise((resolve) => server.on('session', (one) => one.on('close', resolve)))
  const signal = patience()
  await checker().check(localTarget(port, 'h2c'), signal)
  await left
  t.same(getEventListeners(signal, 'abort'), [])
})

test('fails a target that answers HTTP/2 with HTTP/1.1', async (t) => {
  const target = await startRawTarget(t, async (connection) => {
    await connection.receive('\r\n\r\n')
    await connection.send('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
  })
  await t.rejects(checker().check(localTarget(target.port, 'h2c'), patience()), {
    code: 'RESPONSE_MALFORMED',
  })
  await target.deserted()
})

test('an HTTP/2 target that says nothing is left at the deadline', async (t) => {
  const deadline = new AbortController()
  const reason = new Error('too late')
  const target = await startRawTarget(t, async (connection) => {
    await connection.receive('\r\n\r\n')
    deadline.abort(reason)
  })
  const attempt = checker().check(localTarget(target.port, 'h2c'), deadline.signal)
  t.equal(await attempt.catch((error: unknown) => error), reason)
  await target.deserted()
})
