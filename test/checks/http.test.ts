import { test } from 'tap'
import { HttpChecker } from '../../src/checks/http.js'
import { createChecker } from '../../src/checks/registry.js'
import type { HttpCheckSettings } from '../../src/checks/settings.js'
import { PointsmanError } from '../../src/core/errors.js'
import {
  checkerConformance,
  localTarget,
  patience,
  startRawTarget,
  unusedPort,
} from '../support/checker-conformance.js'
import type { Script } from '../support/raw-target.js'
import { HTTP_CHECK } from './http-settings.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Answers each request with these pieces, and then leaves in order, by a reset, or not at all. */
function answering(pieces: readonly string[], leave: 'end' | 'reset' | 'stay' = 'end'): Script {
  return async (connection) => {
    await connection.receive('\r\n\r\n')
    await connection.send(...pieces)
    if (leave === 'end') connection.end()
    if (leave === 'reset') connection.reset()
  }
}

function chunked(...chunks: string[]): string[] {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  return [head, ...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)]
}

test('an http checker conforms', (t) => {
  checkerConformance(t, () => createChecker(HTTP_CHECK), answering([OK], 'stay'))
  t.end()
})

interface Case {
  readonly title: string
  readonly script: Script
  readonly settings?: Partial<HttpCheckSettings>
}

const PASSING: readonly Case[] = [
  {
    title: 'a redirect within the expected status, which is not followed',
    script: answering(['HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n']),
  },
  {
    title: 'an informational answer before the final one',
    script: answering(['HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n', OK]),
  },
  {
    title: 'an answer that comes byte by byte',
    script: answering(OK.split('')),
    settings: { body: '^ok$' },
  },
  {
    title: 'a head alone when no body is expected',
    script: answering(['HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'], 'stay'),
  },
  {
    title: 'an HTTP/1.0 answer that ends with the connection',
    script: answering(['HTTP/1.0 200 OK\r\n\r\n', 'fine']),
    settings: { body: 'fine$' },
  },
  {
    title: 'an error where one is expected',
    script: answering(['HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n']),
    settings: {
      statuses: [
        { from: 200, to: 200 },
        { from: 500, to: 599 },
      ],
    },
  },
  {
    title: 'a body that matches across its chunks',
    script: answering([...chunked('"status": "u', 'p"'), '0\r\n\r\n']),
    settings: { body: '"status":\\s*"up"' },
  },
  {
    title: 'a match in the first 64 KiB of a body without end',
    script: answering(chunked('x'.repeat(65_534), 'ok'), 'stay'),
    settings: { body: 'xok$' },
  },
  {
    title: 'an answer to HEAD, whose length belongs to no body',
    script: answering([OK.slice(0, -2)], 'stay'),
    settings: { method: 'HEAD' },
  },
]

for (const { title, script, settings } of PASSING) {
  test(`passes: ${title}`, async (t) => {
    const target = await startRawTarget(t, script)
    await new HttpChecker({ ...HTTP_CHECK, ...settings }).check(
      localTarget(target.port),
      patience(),
    )
    await target.deserted()
    t.equal(target.connections.length, 1)
    t.same(target.errors, [])
  })
}

interface FailingCase extends Case {
  readonly code: string
  readonly message: string | RegExp
}

const CLOSED = {
  code: 'TARGET_CLOSED',
  message: 'connection closed early',
}

const FAILING: readonly FailingCase[] = [
  {
    title: 'another status',
    script: answering(['HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n']),
    code: 'RESPONSE_UNEXPECTED',
    message: 'status 500, expected 200-399',
  },
  {
    title: 'another status than those of a list',
    script: answering([OK]),
    settings: {
      statuses: [
        { from: 204, to: 204 },
        { from: 300, to: 399 },
      ],
    },
    code: 'RESPONSE_UNEXPECTED',
    message: 'status 200, expected 204,300-399',
  },
  {
    title: 'another body',
    script: answering([OK]),
    settings: { body: 'fine/' },
    code: 'RESPONSE_UNEXPECTED',
    message: 'body does not match /fine\\//',
  },
  {
    title: 'a body that matches too late',
    script: answering([...chunked('x'.repeat(65_536), 'ok'), '0\r\n\r\n']),
    settings: { body: 'ok' },
    code: 'RESPONSE_UNEXPECTED',
    message: 'body does not match /ok/',
  },
  { title: 'a connection that is closed instead of answering', script: answering([]), ...CLOSED },
  {
    title: 'a connection that is reset instead of answering',
    script: answering([], 'reset'),
    ...CLOSED,
  },
  { title: 'half a head', script: answering(['HTTP/1.1 200 OK\r\nContent-Le']), ...CLOSED },
  {
    title: 'half a body',
    script: answering(['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok']),
    settings: { body: 'ok' },
    ...CLOSED,
  },
  {
    title: 'a body that is reset',
    script: answering(chunked('ok'), 'reset'),
    settings: { body: 'ok' },
    ...CLOSED,
  },
  {
    title: 'an upgrade that nobody asked for',
    script: answering(
      ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
      'stay',
    ),
    code: 'RESPONSE_UNEXPECTED',
    message: 'status 101, expected 200-399',
  },
  {
    title: 'something else than HTTP',
    script: answering(['SSH-2.0-OpenSSH_9.2\r\n'], 'stay'),
    code: 'RESPONSE_MALFORMED',
    message: 'answer is malformed: its head',
  },
  {
    title: 'two different lengths',
    script: answering(
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
      'stay',
    ),
    code: 'RESPONSE_MALFORMED',
    message: 'answer is malformed: its framing',
  },
  {
    title: 'a head that is too large',
    script: answering(['HTTP/1.1 200 OK\r\nX: ', 'x'.repeat(20_000)], 'stay'),
    code: 'RESPONSE_HEAD_TOO_LARGE',
    message: 'head of the answer is too large',
  },
]

for (const { title, script, settings, code, message } of FAILING) {
  test(`fails: ${title}`, async (t) => {
    const target = await startRawTarget(t, script)
    const checker = new HttpChecker({ ...HTTP_CHECK, ...settings })
    await t.rejects(checker.check(localTarget(target.port), patience()), { code, message })
    await target.deserted()
  })
}

test('a target that says nothing, or stalls in its body, is left at the deadline', async (t) => {
  const reason = new PointsmanError('RESPONSE_TIMEOUT', 'no answer within 2000 ms')
  for (const pieces of [[], [OK.slice(0, -1)]]) {
    const deadline = new AbortController()
    const target = await startRawTarget(t, async (connection) => {
      await answering(pieces, 'stay')(connection)
      deadline.abort(reason)
    })
    const checker = new HttpChecker({ ...HTTP_CHECK, body: 'ok' })
    const attempt = checker.check(localTarget(target.port), deadline.signal)
    t.equal(await attempt.catch((error: unknown) => error), reason)
    await target.deserted()
  }
})

interface Sent {
  readonly title: string
  readonly settings: Partial<HttpCheckSettings>
  /** With PORT for the number of the port. */
  readonly expected: readonly string[]
}

const SENT: readonly Sent[] = [
  {
    title: 'a GET that says who asks',
    settings: {},
    expected: [
      'GET / HTTP/1.1',
      'Host: web.test:PORT',
      'User-Agent: pointsman',
      'Connection: close',
    ],
  },
  {
    title: 'the configured path, host and fields',
    settings: { path: '/health?x=%20', host: 'health.test', fields: ['x-a', '1', 'X-A', '2'] },
    expected: [
      'GET /health?x=%20 HTTP/1.1',
      'Host: health.test',
      'User-Agent: pointsman',
      'x-a: 1',
      'X-A: 2',
      'Connection: close',
    ],
  },
  {
    title: 'the configured user agent alone',
    settings: { fields: ['user-agent', 'me'] },
    expected: ['GET / HTTP/1.1', 'Host: web.test:PORT', 'user-agent: me', 'Connection: close'],
  },
  {
    title: 'a POST without a body',
    settings: { method: 'POST' },
    expected: [
      'POST / HTTP/1.1',
      'Host: web.test:PORT',
      'User-Agent: pointsman',
      'Content-Length: 0',
      'Connection: close',
    ],
  },
]

for (const { title, settings, expected } of SENT) {
  test(`sends ${title}`, async (t) => {
    let received = ''
    const target = await startRawTarget(t, async (connection) => {
      received = await connection.receive('\r\n\r\n')
      await connection.send(OK)
    })
    const checker = new HttpChecker({ ...HTTP_CHECK, ...settings, port: target.port })
    await checker.check({ ...localTarget(await unusedPort()), host: 'web.test' }, patience())
    const lines = received.replaceAll(`:${target.port}`, ':PORT').split('\r\n')
    t.same(lines, [...expected, '', ''])
  })
}
