import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Test, test } from 'tap'

import {
  type HttpTarget,
  type HttpTargetOptions,
  KEPT_REQUESTS,
  startHttpTarget,
} from '../../mock/http-target.js'
import type { SeenRequest } from '../../mock/http-target/seen-request.js'
import { BREAKAGES } from '../../mock/http-target/switches.js'

/** All that came over one connection until it ended, and how it ended. */
interface Conversation {
  readonly text: string
  readonly reads: number
  readonly end: 'closed' | 'reset'
}

async function start(t: Test, options: HttpTargetOptions = {}): Promise<HttpTarget> {
  const target = await startHttpTarget(options)
  t.teardown(() => target.close())
  return target
}

function converse(target: HttpTarget, request: string | Buffer): Promise<Conversation> {
  return new Promise((resolve) => {
    const socket = connect(target.port, '127.0.0.1')
    let text = ''
    let reads = 0
    let end: Conversation['end'] = 'closed'
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      reads++
    })
    socket.on('error', () => (end = 'reset'))
    socket.on('close', () => resolve({ text, reads, end }))
    socket.write(request)
  })
}

function get(url: string, fields = 'Connection: close\r\n'): string {
  return `GET ${url} HTTP/1.1\r\nHost: mock\r\n${fields}\r\n`
}

function parse({ text }: Conversation): { status: number; head: string; body: string } {
  const border = text.indexOf('\r\n\r\n')
  const head = text.slice(0, border)
  return { status: Number(head.split(' ')[1]), head, body: text.slice(border + 4) }
}

function seenIn(conversation: Conversation): SeenRequest {
  // The target is the only writer of this document.
  return JSON.parse(parse(conversation).body) as SeenRequest
}

test('a target answers with everything it saw of the request', async (t) => {
  const target = await start(t, { name: 'alpha' })
  const request =
    'PUT /a%2Fb//c?x=1?y=%20&z HTTP/1.1\r\nHost: mock\r\nX-Twice: 1\r\nx-tWICE: 2\r\n' +
    'Connection: close\r\nContent-Length: 5\r\n\r\nhello'
  const seen = seenIn(await converse(target, request))
  t.match(seen, {
    target: 'alpha',
    method: 'PUT',
    url: '/a%2Fb//c?x=1?y=%20&z',
    path: '/a%2Fb//c',
    query: 'x=1?y=%20&z',
    httpVersion: '1.1',
    headers: { host: 'mock', 'x-twice': '1, 2' },
    bodyBytes: 5,
  })
  t.same(seen.rawHeaders, [
    ['Host', 'mock'],
    ['X-Twice', '1'],
    ['x-tWICE', '2'],
    ['Connection', 'close'],
    ['Content-Length', '5'],
  ])
  t.same(target.requests, [seen], 'the target tells its owner the same')
})

test('a target is named after its port unless told', async (t) => {
  const target = await start(t)
  t.equal(seenIn(await converse(target, get('/'))).target, `target-${target.port}`)
})

test('a large chunked body is counted to the last byte', async (t) => {
  const target = await start(t)
  const chunk = Buffer.alloc(1 << 20, 'x')
  const part = Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')])
  const head =
    'POST / HTTP/1.1\r\nHost: mock\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'
  const parts = [Buffer.from(head), part, part, part, part, Buffer.from('0\r\n\r\n')]
  t.equal(seenIn(await converse(target, Buffer.concat(parts))).bodyBytes, 4 << 20)
})

test('an answer to HEAD, a 204 and a 304 have no body, and only that to HEAD a length', async (t) => {
  const target = await start(t)
  const head = parse(await converse(target, get('/').replace('GET', 'HEAD')))
  t.equal(head.body, '')
  t.match(head.head, /content-length: [1-9]/i)
  for (const status of [204, 304]) {
    const answer = parse(await converse(target, get(`/?mock-error-code=${status}`)))
    t.equal(answer.status, status)
    t.equal(answer.body, '')
    t.notMatch(answer.head, /content-length|transfer-encoding/i)
  }
})

test('the error code is the status of every answer, and a query overrides it', async (t) => {
  const target = await start(t, { errorCode: 503 })
  t.equal(parse(await converse(target, get('/'))).status, 503)
  t.equal(parse(await converse(target, get('/?mock-error-code=418'))).status, 418)
})

test('the delay passes before the answer', async (t) => {
  const target = await start(t, { delayMs: 50 })
  const before = performance.now()
  t.equal(parse(await converse(target, get('/'))).status, 200)
  t.ok(performance.now() - before >= 45, 'not sooner')
})

test('an ordinary answer leaves the connection open for the next request', async (t) => {
  const target = await start(t)
  const { text } = await converse(target, get('/first', '') + get('/second'))
  t.match(text, /"path": "\/first"[^]*"path": "\/second"/)
})

const broken = [
  { breakage: 'reset-before-head', text: /^$/, end: /^reset$/ },
  { breakage: 'half-head', text: /^HTTP\/1\.1 200 OK\r\nContent-Ty$/, end: /^closed$/ },
  { breakage: 'garbage-head', text: /^220 this is not HTTP\r\n\r\n$/, end: /^closed$/ },
  // A client that reads late cannot tell: libuv reports a reset behind unread bytes as an end.
  { breakage: 'reset-mid-body', text: /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\{/, end: /./ },
  { breakage: 'wrong-length', text: /^HTTP\/1\.1 200 OK\r\n[^]*\}\n$/, end: /^closed$/ },
  { breakage: 'slow-drip', text: /^HTTP\/1\.1 200 OK\r\n[^]*\}\n$/, end: /^closed$/ },
  { breakage: 'refuse-keep-alive', text: /\r\nConnection: close\r\n[^]*\}\n$/, end: /^closed$/ },
  { breakage: 'silent-close', text: /\r\nConnection: keep-alive\r\n[^]*\}\n$/, end: /^closed$/ },
] as const

for (const { breakage, text, end } of broken) {
  test(`${breakage} does what its name says, as an option and in a query`, async (t) => {
    // A drip ends a connection only when it is asked to; the others end it themselves.
    const fields = breakage === 'slow-drip' ? 'Connection: close\r\n' : ''
    const always = await start(t, { breakage, delayMs: 1 })
    const sometimes = await start(t)
    for (const [target, url] of [
      [always, '/'],
      [sometimes, `/?mock-break=${breakage}&mock-delay-ms=1`],
    ] as const) {
      const conversation = await converse(target, get(url, fields))
      t.match(conversation.text, text)
      t.match(conversation.end, end)
    }
  })
}

test('every breakage is tried', (t) => {
  const tried = broken.map(({ breakage }): string => breakage)
  t.same(new Set([...tried, 'never-answer']), new Set(BREAKAGES))
  t.end()
})

test('a reset in mid-body and a wrong length both leave fewer bytes than announced', async (t) => {
  const target = await start(t)
  for (const breakage of ['reset-mid-body', 'wrong-length']) {
    const { head, body } = parse(await converse(target, get(`/?mock-break=${breakage}`, '')))
    const announced = Number(/content-length: (\d+)/i.exec(head)?.[1])
    t.ok(body.length > 0 && body.length < announced, breakage)
  }
})

test('a slow drip arrives in many reads and is whole in the end', async (t) => {
  const target = await start(t, { breakage: 'slow-drip', delayMs: 1 })
  const conversation = await converse(target, get('/'))
  t.ok(conversation.reads > 2, `${conversation.reads} reads`)
  t.equal(seenIn(conversation).path, '/')
})

test('a target that never answers reads the request and keeps the connection open', async (t) => {
  const target = await start(t)
  const stuck = converse(target, get('/?mock-break=never-answer'))
  while (target.requestCount === 0) await converse(target, get('/?mock-break=half-head'))
  t.equal(parse(await converse(target, get('/'))).status, 200, 'others are answered meanwhile')
  await target.close()
  t.equal((await stuck).text, '')
})

const badSwitches = [
  {
    query: 'mock-break=explode',
    message: /^mock-break is "explode", not one of reset-before-head/,
  },
  { query: 'mock-error-code=99', message: /^mock-error-code is "99".* from 200 to 999$/ },
  { query: 'mock-delay-ms=soon', message: /^mock-delay-ms is "soon", not a whole number/ },
]

test('a switch that makes no sense is answered with 400 and the reason', async (t) => {
  const target = await start(t, { errorCode: 500 })
  for (const { query, message } of badSwitches) {
    const { status, body } = parse(await converse(target, get(`/?${query}`)))
    t.equal(status, 400)
    t.match(JSON.parse(body), { error: message })
  }
})

test('only the newest requests are kept, and all are counted', async (t) => {
  const target = await start(t)
  const burst = Array.from({ length: KEPT_REQUESTS }, (_, i) => get(`/${i}`, ''))
  await converse(target, burst.join('') + get('/last'))
  t.equal(target.requestCount, KEPT_REQUESTS + 1)
  t.equal(target.requests.length, KEPT_REQUESTS)
  t.equal(target.requests[0]?.path, '/1')
  t.equal(target.requests.at(-1)?.path, '/last')
})

test('close frees the port at once, whatever is under way', async (t) => {
  const target = await startHttpTarget()
  const waiting = converse(target, get('/?mock-delay-ms=600000'))
  await converse(target, get('/'))
  await target.close()
  t.equal((await waiting).text, '')
  await start(t, { port: target.port })
})

async function run(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['dist/mock/http-target.js', ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [first] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child.stderr, 'data'),
  ])) as [Buffer]
  return { child, line: first.toString() }
}

test('run by hand, a target takes its port from the arguments and the rest from the environment', async (t) => {
  const { child, line } = await run(['0'], { MOCK_NAME: 'by-hand', MOCK_ERROR_CODE: '507' })
  const port = Number(/^by-hand listens on http:\/\/127\.0\.0\.1:(\d+)\n$/.exec(line)?.[1])
  const response = await fetch(`http://127.0.0.1:${port}/`)
  t.equal(response.status, 507)
  t.match(await response.json(), { target: 'by-hand' })
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  t.same(await exit, [0, null])
})

test('run by hand, a target without a port or with a bad switch says why and exits with 1', async (t) => {
  const failures = [
    { args: ['http'], environment: {}, reason: /^http-target: usage: / },
    { args: ['0'], environment: { MOCK_BREAK: 'explode' }, reason: /: MOCK_BREAK is "explode"/ },
  ]
  await Promise.all(
    failures.map(async ({ args, environment, reason }) => {
      const { child, line } = await run(args, environment)
      t.match(line, reason)
      t.same(await once(child, 'exit'), [1, null])
    }),
  )
})
