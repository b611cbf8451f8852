import { METHODS } from 'node:http'
import { test } from 'tap'
import { isHopeless, parseRequestHead } from '../../../../src/faces/proxy/http1/request-head.js'

test('a head is taken apart, byte for byte', (t) => {
  const head = parseRequestHead('GET /a?b HTTP/1.1\r\nHost: h\r\nX-A:\t \xe9 x \r\nx-a:\r\n')
  t.strictSame(head, {
    method: 'GET',
    url: '/a?b',
    version: '1.1',
    fields: ['Host', 'h', 'X-A', '\xe9 x', 'x-a', ''],
  })
  t.strictSame(parseRequestHead('GET / HTTP/1.0\r\n')?.fields, [])
  for (const method of METHODS)
    t.equal(parseRequestHead(`${method} * HTTP/1.1\r\n`)?.method, method)
  t.end()
})

const MALFORMED = [
  '',
  '\r\n',
  'GET\r\n',
  'GET /\r\n',
  'GET  / HTTP/1.1\r\n',
  'GET / HTTP/1.1 \r\n',
  'GET / x HTTP/1.1\r\n',
  'GET\t/\tHTTP/1.1\r\n',
  ' GET / HTTP/1.1\r\n',
  'get / HTTP/1.1\r\n',
  'FOO / HTTP/1.1\r\n',
  'GET / http/1.1\r\n',
  'GET / HTTP/0.9\r\n',
  'GET / HTTP/1.2\r\n',
  'GET / HTTP/2.0\r\n',
  'GET / HTTP/1.10\r\n',
  'GET / HTTP/1.1\r\nHost\r\n',
  'GET / HTTP/1.1\r\nHost : h\r\n',
  'GET / HTTP/1.1\r\n Host: h\r\n',
  'GET / HTTP/1.1\r\n: h\r\n',
  'GET / HTTP/1.1\r\nHost: h\r\n folded\r\n',
  'GET / HTTP/1.1\r\nHost: a\nX: b\r\n',
  'GET / HTTP/1.1\r\nHost: a\rX: b\r\n',
  'GET / HTTP/1.1\r\nX: \x00\r\n',
  'GET / HTTP/1.1\r\nX: \x7f\r\n',
]

test('a head that could be read in two ways is not read', (t) => {
  for (const text of MALFORMED) t.equal(parseRequestHead(text), undefined, JSON.stringify(text))
  t.end()
})

test('what can become nothing good is known before it is whole', (t) => {
  const starts: readonly (readonly [start: string, isHopeless: boolean])[] = [
    ['', false],
    ['G', false],
    ['GET / HT', false],
    ['GET / HTTP/1.1\r', false],
    ['GET / HTTP/1.1\r\nHost: h\r\nX', false],
    ['GET / HTTP/1.1\n', true],
    ['GET / HTTP/1.1\r\nHost: h\nX', true],
    ['\n', true],
    ['FOO / HTTP/1.1\r\n', true],
    ['\x16\x03\x01\x00', true],
  ]
  for (const [start, expected] of starts)
    t.equal(isHopeless(Buffer.from(start, 'latin1')), expected, JSON.stringify(start))
  t.end()
})
