import { test } from 'tap'
import { selfSigned } from '../support/certificate.js'
import { askOver, openSession } from '../support/h2-client.js'
import { setUp } from '../support/pass.js'
import { TEST_TRANSPORT } from '../support/pointsman.js'
import { RawClient } from '../support/raw.js'
import { echo, message, ok } from '../support/recording-target.js'
import { certificateFiles, dialTls, NAME } from '../support/tls-listener.js'

const hints = (...lines: readonly string[]) => message('HTTP/1.1 103 Early Hints', lines)
const trailed = (trailers: string) =>
  message('HTTP/1.1 200 OK', ['Transfer-Encoding: chunked'], `2\r\nok\r\n0\r\n${trailers}\r\n`)

/** Node's parser, by which reply-from reads, finds damage inside the body in two of them: then there is the end in place of an answer. */
const FRAMING_TRAILERS = [
  ...(TEST_TRANSPORT === 'reply-from' ? [] : ['Content-Length: 5', 'Transfer-Encoding: chunked']),
  'Connection: upgrade',
  'Host: x',
]

/** What a target may say, and the statuses that may come of it. */
const rows: readonly { readonly said: string; readonly statuses: readonly number[] }[] = [
  ...[
    '299 Odd',
    '418 ',
    '420',
    '599 \xe9t\xe9',
    `520 ${'x'.repeat(2000)}`,
    '203 "(),/:;<=>?@[]{}',
  ].map((line) => ({
    said: message(`HTTP/1.1 ${line}`, ['Content-Length: 2'], 'ok'),
    statuses: [Number(line.slice(0, 3))],
  })),
  // No status of RFC 9110: passed on, or the target's fault.
  ...['600 High', '999 Highest'].map((line) => ({
    said: message(`HTTP/1.1 ${line}`, ['Content-Length: 2'], 'ok'),
    statuses: [Number(line.slice(0, 3)), 502],
  })),
  ...[
    ok('ok', 'Content-Type: a/b', 'Content-Type: c/d', 'ETag: "a"', 'ETag: "b"'),
    ok(
      'ok',
      'Location: /a',
      'Location: /b',
      'Retry-After: 1',
      'Retry-After: 2',
      'Age: x',
      'Age: y',
    ),
    ok('ok', 'Date: yesterday', 'Date: tomorrow', 'Server: a', 'Server: b', 'Via: 1.0 x', 'Via: '),
    ok('ok', 'Host: x', 'TE: gzip', 'HTTP2-Settings: AAMAAABk', 'Upgrade: h2c', 'Expect: x'),
    ok('ok', '__proto__: 1', 'constructor: 2', 'toString: 3', "!#$%&'*+-.^_`|~: 4", 'x: \xff\x80'),
    ok('ok', 'Set-Cookie: ', 'Set-Cookie:  a=\xe9;  b ', 'X: a\tb', 'X-Empty:', 'Link: <a>, <b>'),
    ok('ok', 'Trailer: X', 'Connection: close', 'Connection: keep-alive', 'Keep-Alive: x'),
    ok('ok', 'Proxy-Status: other; error=dns_error', 'Access-Control-Allow-Origin: *', 'Vary: *'),
    ok('ok', ...Array.from({ length: 900 }, (_, n) => `x${n}:`)),
    hints() + ok('ok'),
    hints('Link: </a>', 'Link: </b>', 'Content-Type: x', 'Content-Type: y') + ok('ok'),
    hints('Connection: x', 'X: y', 'Set-Cookie: a=b', 'Date: x', 'x: \xff') + ok('ok'),
    hints('Link: not a link', 'Link: ', '__proto__: 1', 'Host: x', 'Trailer: x') + ok('ok'),
    message('HTTP/1.1 102 Processing', []) + message('HTTP/1.1 199 ', ['X: y']) + ok('ok'),
    message('HTTP/1.1 100 Continue', []) + ok('ok'),
    hints('Link: </a>').repeat(50) + ok('ok'),
    trailed('X: y\r\nx: z\r\nX-High: \xff\r\n'),
    trailed('__proto__: 1\r\nSet-Cookie: a=b\r\nContent-Type: x\r\nContent-Type: y\r\n'),
    trailed('Date: x\r\nVia: y\r\nTE: z\r\nX-Empty:\r\n'),
  ].map((said) => ({ said, statuses: [200] })),
  ...FRAMING_TRAILERS.map((field) => ({ said: trailed(`${field}\r\n`), statuses: [200, 502] })),
  { said: message('HTTP/1.1 205 Reset Content', ['Content-Length: 0']), statuses: [205] },
  { said: message('HTTP/1.1 101 Switching Protocols', ['Upgrade: x']), statuses: [502] },
]

test('Whatever a target says, a client gets an answer and the next request is served', async (t) => {
  const certificate = selfSigned(NAME)
  const { proxy, target } = await setUp(t, certificateFiles(t, certificate).environment)
  for (const { said, statuses } of rows) {
    const name = JSON.stringify(said.slice(0, 100))
    const client = new RawClient(await dialTls(t, proxy.port))
    target.answer = said
    const { status } = await client.ask('GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n\r\n')
    t.ok(statuses.includes(status), `${name} over HTTP/1.1 is ${status}`)
    target.answer = echo
    const next = await client.ask('GET /next HTTP/1.1\r\nHost: h\r\n\r\n')
    t.equal(next.body.toString(), 'GET /next')
    client.socket.destroy()
  }
  const session = openSession(t, proxy.port, certificate.cert)
  for (const { said, statuses } of rows) {
    const name = JSON.stringify(said.slice(0, 100))
    target.answer = said
    const { status } = await askOver(session, { ':path': '/', te: 'trailers' })
    t.ok(statuses.includes(status ?? 0), `${name} over HTTP/2 is ${status}`)
    target.answer = echo
    t.equal((await askOver(session, { ':path': '/next' })).body.toString(), 'GET /next')
  }
})
