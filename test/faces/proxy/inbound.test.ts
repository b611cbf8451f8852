import { test } from 'tap'
import { METHODS } from 'node:http'
import type { ErrorCode } from '../../../src/core/errors.js'
import { TrustedPeers } from '../../../src/core/client-address.js'
import { HOST, checked, inboundOf, type Received } from './received.js'

const LIMIT = 16_384

/** What is wrong with a request, and whether it is certain where it ends. */
function problemOf(received: Received): readonly [ErrorCode | undefined, isFramed: boolean] {
  const inbound = inboundOf(received)
  return [inbound.check(LIMIT), inbound.isFramed]
}

const FINE = [undefined, true] as const
const UNFRAMED = ['REQUEST_MALFORMED', false] as const
const REFUSED = ['REQUEST_MALFORMED', true] as const

function withFields(...fields: readonly string[]): Received {
  return { method: 'POST', fields: [...HOST, ...fields] }
}

test('a request has one framing, and the one that RFC 9112 §6 gives it', (t) => {
  const bodies: readonly (readonly [Received, number | 'none' | 'chunked'])[] = [
    [withFields(), 'none'],
    [withFields('Content-Length', '5'), 5],
    [withFields('content-LENGTH', '0'), 0],
    [withFields('Transfer-Encoding', 'chunked'), 'chunked'],
    [withFields('transfer-encoding', 'Chunked'), 'chunked'],
    [{ ...withFields('Content-Length', '5'), version: '1.0' as const }, 5],
  ]
  for (const [received, body] of bodies) t.equal(checked(received).body, body)
  t.end()
})

test('a framing that can be read in two ways is refused', (t) => {
  const framings = [
    ...[['Content-Length', '5', 'Content-Length', '6']],
    ...[['Content-Length', '5', 'content-length', '5']],
    ...[['Content-Length', '0', 'Content-Length', '0']],
    ...[['Content-Length', '5', 'Transfer-Encoding', 'chunked']],
    ...[['Transfer-Encoding', 'chunked', 'Content-Length', '5']],
    ...[['Transfer-Encoding', 'chunked', 'Content-Length', '0']],
    ...[['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked']],
    ...['5, 5', '+5', '-5', '0x5', '5.0', '', '5 5', '99999999999999999999', 'five'].map(
      (length) => ['Content-Length', length],
    ),
    ...[
      'gzip',
      'gzip, chunked',
      'chunked, gzip',
      'chunked, chunked',
      'identity',
      ',chunked',
      '',
    ].map((coding) => ['Transfer-Encoding', coding]),
    ...['chunked;q=1', '"chunked"', 'chunked ', ' chunked', 'chunkedx', 'x-chunked'].map(
      (coding) => ['Transfer-Encoding', coding],
    ),
  ]
  for (const fields of framings) {
    t.strictSame(problemOf(withFields(...fields)), UNFRAMED, fields.join(' '))
  }
  const old = { ...withFields('Transfer-Encoding', 'chunked'), version: '1.0' } as const
  t.strictSame(problemOf(old), UNFRAMED, 'HTTP/1.0 knows no coding')
  t.end()
})

test('over HTTP/2 the stream tells whether there is a body', (t) => {
  const http2 = { authority: 'h.test' }
  t.equal(checked({ http2, fields: [] }).body, 'none')
  t.equal(checked({ http2: { ...http2, hasBody: true }, fields: [] }).body, 'chunked')
  const sized = { http2: { ...http2, hasBody: true }, fields: ['content-length', '5'] }
  t.equal(checked(sized).body, 5)
  const coded = { http2, fields: ['transfer-encoding', 'chunked'] }
  t.strictSame(problemOf(coded), UNFRAMED)
  t.end()
})

test('the methods of HTTP/1 are known', (t) => {
  for (const method of METHODS) {
    const expected = method === 'CONNECT' ? (['METHOD_REFUSED', false] as const) : FINE
    t.strictSame(problemOf({ method }), expected, method)
  }
  t.strictSame(problemOf({ method: 'FOO', http2: {} }), UNFRAMED)
  t.strictSame(problemOf({ method: 'get', http2: {} }), UNFRAMED)
  t.end()
})

test('HTTP/1.1 has one Host, and it is one', (t) => {
  const hosts: readonly (readonly [
    fields: readonly string[],
    version: '1.0' | '1.1',
    host?: string,
  ])[] = [
    [['Host', 'h.test'], '1.1', 'h.test'],
    [['hOST', 'H.test:81'], '1.1', 'h.test'],
    [['Host', ''], '1.1', ''],
    [[], '1.0', ''],
    [['Host', 'h.test'], '1.0', 'h.test'],
    [[], '1.1'],
    [['Host', 'a', 'Host', 'b'], '1.1'],
    [['Host', 'a', 'host', 'a'], '1.1'],
    [['Host', 'a', 'Host', 'b'], '1.0'],
    [['Host', 'a b'], '1.1'],
    [['Host', 'user@a'], '1.1'],
    [['Host', 'a/b'], '1.1'],
    [['Host', 'a, b'], '1.1'],
  ]
  for (const [fields, version, host] of hosts) {
    const inbound = inboundOf({ fields, version })
    const problem = inbound.check(LIMIT)
    t.equal(problem, host === undefined ? 'REQUEST_MALFORMED' : undefined, fields.join(' '))
    if (host !== undefined) t.equal(inbound.hostName, host)
    t.ok(inbound.isFramed, 'it says nothing of where the request ends')
  }
  t.end()
})

test('an absolute target’s host counts, and HTTP/2’s authority', (t) => {
  const absolute = checked({ url: 'http://Other.test:81/a?b', fields: ['Host', 'h.test'] })
  t.strictSame([absolute.hostField, absolute.hostName], ['Other.test:81', 'other.test'])
  t.strictSame([absolute.path, absolute.query], ['/a', '?b'])
  t.strictSame(problemOf({ url: 'http://other.test/', fields: [] }), REFUSED, 'Host must be there')
  const authority = checked({ http2: { authority: 'A.test' }, fields: ['host', 'b.test'] })
  t.equal(authority.hostName, 'a.test')
  t.equal(checked({ http2: {}, fields: ['host', 'b.test'] }).hostName, 'b.test')
  t.equal(checked({ http2: {}, fields: [] }).hostName, '')
  t.end()
})

test('a target that must not be passed on is refused', (t) => {
  for (const url of ['/../a', '/a b', 'a', '', '/#', 'http://user@h/']) {
    t.strictSame(problemOf({ url }), REFUSED, url)
  }
  for (const byte of ['\n', '\r', '\t', '\0', '\x0b', '\x7f']) {
    const url = `/a${byte}b`
    t.strictSame(problemOf({ url }), UNFRAMED, `${JSON.stringify(url)}, a line to us alone`)
  }
  t.strictSame(problemOf({ url: '*' }), REFUSED)
  t.strictSame(problemOf({ url: '*', method: 'OPTIONS' }), FINE)
  t.end()
})

test('an expectation other than 100-continue cannot be met', (t) => {
  const expectations: readonly (readonly [
    fields: readonly string[],
    ErrorCode | undefined,
    boolean,
  ])[] = [
    [[], undefined, false],
    [['100-continue'], undefined, true],
    [['100-Continue'], undefined, true],
    [['100-continue', '100-continue'], undefined, true],
    [['other'], 'EXPECTATION_FAILED', false],
    [['100-continue, other'], 'EXPECTATION_FAILED', false],
    [['other', '100-continue'], 'EXPECTATION_FAILED', true],
    [['100-continue', 'other'], 'EXPECTATION_FAILED', false],
    [[''], 'EXPECTATION_FAILED', false],
  ]
  for (const [values, problem, expects] of expectations) {
    const fields = [...HOST, ...values.flatMap((value) => ['Expect', value])]
    const inbound = inboundOf({ fields })
    t.strictSame([inbound.check(LIMIT), inbound.isFramed], [problem, true], values.join(' + '))
    t.equal(inbound.expectsContinue, expects)
    const old = inboundOf({ fields, version: '1.0' })
    t.strictSame([old.check(LIMIT), old.expectsContinue], [undefined, false], 'HTTP/1.0 has none')
  }
  t.end()
})

test('an upgrade is one that Connection lists', (t) => {
  const asked = [...HOST, 'Connection', 'keep-alive, Upgrade\t', 'Upgrade', 'a']
  t.equal(checked({ fields: asked }).upgrade, 'a')
  t.equal(checked({ fields: [...asked, 'upgrade', 'b/2'] }).upgrade, 'a, b/2')
  t.equal(checked({ fields: [...HOST, 'Connection', 'close', 'Upgrade', 'a'] }).upgrade, undefined)
  t.equal(checked({ http2: {}, fields: ['upgrade', 'a'] }).upgrade, undefined)
  t.end()
})

test('a connection ends with its answer when the client or its version wants it', (t) => {
  const cases: readonly (readonly [received: Received, isLast: boolean])[] = [
    [{}, false],
    [{ fields: [...HOST, 'Connection', 'X-A, Close'] }, true],
    [{ fields: [...HOST, 'Connection', 'Upgrade', 'Upgrade', 'a'] }, true],
    [{ version: '1.0' }, true],
    [{ version: '1.0', fields: ['Connection', 'Keep-Alive'] }, false],
    [{ version: '1.0', fields: ['Connection', 'keep-alive, close'] }, true],
    [{ http2: {}, fields: ['connection', 'close'] }, false],
  ]
  for (const [received, isLast] of cases)
    t.equal(checked(received).isLast, isLast, JSON.stringify(received))
  t.end()
})

test('what Connection nominates is known, and whether trailers are welcome', (t) => {
  const fields = [...HOST, 'Connection', 'Close, X-A', 'TE', 'gzip', 'connection', ' X-B ,TE']
  t.strictSame(checked({ fields }).nominated, ['close', 'x-a', 'x-b', 'te'])
  t.notOk(checked({ fields }).acceptsTrailers)
  for (const te of ['trailers', 'gzip, Trailers', 'trailers, deflate;q=0.5']) {
    t.ok(checked({ fields: [...HOST, 'TE', te] }).acceptsTrailers, te)
  }
  t.ok(checked({ fields: [...HOST, 'TE', 'gzip', 'te', 'trailers'] }).acceptsTrailers)
  t.notOk(checked({ fields: [...HOST, 'TE', 'trailers;q=0'] }).acceptsTrailers)
  t.end()
})

test('a head has at most a thousand fields, and so many bytes', (t) => {
  const many = (count: number) => Array.from({ length: count }, () => ['X', 'y']).flat()
  t.strictSame(problemOf({ fields: [...HOST, ...many(999)] }), FINE)
  t.strictSame(problemOf({ fields: [...HOST, ...many(1000)] }), ['REQUEST_HEAD_TOO_LARGE', false])
  const inbound = inboundOf({ fields: ['Host', 'h', 'X-Long', 'y'.repeat(100)] })
  t.equal(inbound.check(200), undefined)
  const same = inboundOf({ fields: ['Host', 'h', 'X-Long', 'y'.repeat(200)] })
  t.equal(same.check(200), 'REQUEST_HEAD_TOO_LARGE')
  t.notOk(same.isFramed, 'as where it is not whole yet')
  t.end()
})

test('balancers see the fields, the cookies and the address', (t) => {
  const fields = [...HOST, 'X-A', '1', 'x-a', '2', 'Cookie', 'a=b; c = d ;a=e;f', 'Cookie', 'g=h=i']
  const inbound = checked({ fields })
  t.equal(inbound.clientAddress, '192.0.2.7')
  t.equal(inbound.header('x-a'), '1, 2')
  t.equal(inbound.header('x-b'), undefined)
  const cookies = { a: 'b', c: 'd', f: undefined, g: 'h=i', h: undefined, '': undefined }
  for (const [name, value] of Object.entries(cookies)) t.equal(inbound.cookie(name), value, name)
  const behind = inboundOf({ fields: [...HOST, 'X-Forwarded-For', '203.0.113.1'] })
  t.equal(behind.clientAddress, '192.0.2.7')
  const trusted = new TrustedPeers(['192.0.2.7'])
  const believed = inboundOf({ fields: [...HOST, 'X-Forwarded-For', '203.0.113.1'] }, trusted)
  t.equal(believed.clientAddress, '203.0.113.1')
  t.end()
})
