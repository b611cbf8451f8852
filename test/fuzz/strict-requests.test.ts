import { test } from 'tap'
import { readRequests, type Leniency } from '../support/strict-requests.js'

const HEAD = 'POST /a HTTP/1.1\r\nHost: h\r\n'
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`
const GET = 'GET / HTTP/1.1\r\n\r\n'

test('requests are read one behind the other, with what there is of the last', (t) => {
  const text = `${GET}${HEAD}Content-Length: 3\r\n\r\nabc${CHUNKED}2\r\nde\r\n0\r\nX:  1 \r\n\r\n${CHUNKED}5\r\nfg`
  const { requests, end, problem } = readRequests(text)
  t.strictSame(
    requests.map(({ method, target, body, trailers, isWhole }) => [
      method,
      target,
      body,
      trailers,
      isWhole,
    ]),
    [
      ['GET', '/', '', [], true],
      ['POST', '/a', 'abc', [], true],
      ['POST', '/a', 'de', [['X', '1']], true],
      ['POST', '/a', 'fg', [], false],
    ],
  )
  t.equal(end, text.lastIndexOf('POST'))
  t.equal(problem, undefined)
  t.end()
})

const MALFORMED = [
  'GET  / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1\n\r\n',
  'GET /\n HTTP/1.1\r\n\r\n',
  'GET /# HTTP/1.1\r\n\r\n',
  'GET /\xe9 HTTP/1.1\r\n\r\n',
  'GET / HTTP/2.0\r\n\r\n',
  '\r\nGET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1\r\nX : y\r\n\r\n',
  'GET / HTTP/1.1\r\n X: y\r\n\r\n',
  'GET / HTTP/1.1\r\nX: y\r\n z\r\n\r\n',
  'GET / HTTP/1.1\r\nX: \0\r\n\r\n',
  'GET / HTTP/1.1\r\nX: a\rb\r\n\r\n',
  `${HEAD}Content-Length: +1\r\n\r\na`,
  `${HEAD}Content-Length: 1, 1\r\n\r\na`,
  `${HEAD}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`,
  `${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na`,
  `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  `${HEAD.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${CHUNKED}0x1\r\na\r\n0\r\n\r\n`,
  `${CHUNKED}1 \r\na\r\n0\r\n\r\n`,
  `${CHUNKED}1;a\r\na\r\n0\r\n\r\n`,
  `${CHUNKED}1\na\r\n0\r\n\r\n`,
  `${CHUNKED}1\r\nab\r\n0\r\n\r\n`,
  `${CHUNKED}0\r\nX\r\n\r\n`,
]

test('what two readers could understand in two ways is no request', (t) => {
  for (const text of MALFORMED) t.ok(readRequests(text + GET).problem, JSON.stringify(text))
  t.end()
})

test('what changes nothing of the meaning may be read over', (t) => {
  const cases: readonly (readonly [text: string, leniency: Leniency])[] = [
    [`\r\n\r\n${GET}`, { emptyLines: true }],
    ['GET /#\xe9 HTTP/1.1\r\n\r\n', { anyTarget: true }],
    [`${CHUNKED}1;a="b"\r\na\r\n0;c\r\n\r\n`, { extensions: true }],
  ]
  for (const [text, leniency] of cases) {
    const { requests, problem } = readRequests(text, leniency)
    t.strictSame([requests.length, problem], [1, undefined], JSON.stringify(text))
    t.ok(readRequests(text).problem)
  }
  t.end()
})
