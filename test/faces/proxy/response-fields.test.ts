import { test } from 'tap'
import { http2Fields } from '../../../src/faces/proxy/http2/http2-fields.js'
import {
  cookieField,
  informationalFields,
  responseFields,
  takesTrailers,
} from '../../../src/faces/proxy/response-fields.js'
import type { BodyFraming, ResponseHead } from '../../../src/faces/proxy/transport/transport.js'
import { inboundOf, type Received } from './received.js'

const VIA = ['Via', '1.1 pointsman']

function headOf(fields: readonly string[], body: BodyFraming = 'none', status = 200): ResponseHead {
  return { status, reason: '', fields, body }
}

function fieldsOf(head: ResponseHead, received: Received = {}): string[] {
  return responseFields(head, inboundOf(received))
}

test('fields are kept with their names, values, order and repeats', (t) => {
  const fields = [
    ...['sERver', 'x', 'Set-Cookie', 'a=b', 'X-A', '', 'set-cookie', 'c=d', 'X-A', '\xe9\t"x"'],
    ...['Via', '1.1 other', 'Date', 'then', 'Proxy-Status', 'other', 'WWW-Authenticate', 'Basic'],
  ]
  t.strictSame(fieldsOf(headOf(fields, 'chunked')), [...fields, ...VIA])
  t.end()
})

test('fields of the connection end here', (t) => {
  const names = [
    ...['Connection', 'Keep-Alive', 'Proxy-Connection', 'Transfer-Encoding', 'TE', 'Upgrade'],
    ...['Proxy-Authenticate', 'Proxy-Authorization', 'HTTP2-Settings', 'KEEP-ALIVE'],
  ]
  for (const name of names) {
    t.strictSame(fieldsOf(headOf(['X-A', '1', name, 'x'], 'chunked')), ['X-A', '1', ...VIA], name)
    t.strictSame(informationalFields(['X-A', '1', name, 'x']), ['X-A', '1'], `${name}, before it`)
  }
  t.end()
})

test('fields that Connection nominates end here, in each of its fields', (t) => {
  const fields = [
    ...['X-A', '1', 'Connection', 'close, x-a', 'X-B', '2', 'x-C', '3', 'connection', 'X-C'],
  ]
  t.strictSame(fieldsOf(headOf(fields, 'chunked')), ['X-B', '2', ...VIA])
  t.strictSame(informationalFields(fields), ['X-B', '2'])
  const via = fieldsOf(headOf(['Connection', 'Via', 'Via', '1.1 other'], 'chunked'))
  t.strictSame(via, VIA, 'the proxy’s own stays')
  t.end()
})

test('the length of the body is told once, as far as it is known', (t) => {
  const length = ['content-length', '5']
  const cases: readonly (readonly [string, ResponseHead, Received, string | undefined])[] = [
    ['a body of 5', headOf(length, 5), {}, '5'],
    ['no body', headOf(['Content-Length', '0'], 'none'), {}, '0'],
    ['no body and no length', headOf([], 'none'), {}, '0'],
    ['a body without a length', headOf([], 'chunked'), {}, undefined],
    ['HEAD with a length', headOf(length, 'none'), { method: 'HEAD' }, '5'],
    ['HEAD without a length', headOf([], 'none'), { method: 'HEAD' }, undefined],
    ['304 with a length', headOf(length, 'none', 304), {}, '5'],
    ['304 without a length', headOf([], 'none', 304), {}, undefined],
    ['204 with a length', headOf(length, 'none', 204), {}, undefined],
    ['204 without a length', headOf([], 'none', 204), {}, undefined],
    ['HEAD that is answered 204', headOf(length, 'none', 204), { method: 'HEAD' }, undefined],
    ['205 without a length', headOf([], 'none', 205), {}, '0'],
  ]
  for (const [name, head, received, expected] of cases) {
    const fields = fieldsOf(head, received)
    const told = fields.filter((_, i) => fields[i - 1]?.toLowerCase() === 'content-length')
    t.strictSame(told, expected === undefined ? [] : [expected], name)
  }
  t.end()
})

test('trailers are announced where they can follow', (t) => {
  const cases: readonly (readonly [string, BodyFraming, Received, boolean])[] = [
    ['in chunks', 'chunked', {}, true],
    ['over HTTP/2', 'chunked', { http2: {} }, true],
    ['to HTTP/1.0', 'chunked', { version: '1.0' }, false],
    ['to HEAD', 'none', { method: 'HEAD' }, false],
    ['with a length', 5, {}, false],
    ['without a body', 'none', {}, false],
  ]
  for (const [name, body, received, takes] of cases) {
    const head = headOf(['Trailer', 'X-Sum', 'X-A', '1'], body)
    t.equal(takesTrailers(head, inboundOf(received)), takes, name)
    t.equal(fieldsOf(head, received).includes('Trailer'), takes, `${name}: announced`)
  }
  t.end()
})

test('a cookie is for this site and no script', (t) => {
  const cookie = { name: 'pointsman_web', value: 'abc' }
  const plain = 'pointsman_web=abc; Path=/; HttpOnly; SameSite=Lax'
  t.equal(cookieField(cookie, false), plain)
  t.equal(cookieField(cookie, true), `${plain}; Secure`)
  t.end()
})

test('HTTP/2 has names in lower case, and repeats as lists', (t) => {
  const fields = [
    ...['X-A', '1', 'Set-Cookie', 'a', 'x-a', '2', 'Set-Cookie', 'b', 'X-A', '3', 'Server', 'x'],
    ...['Content-Type', 'a/b', 'content-type', 'c/d', '__proto__', '1', 'constructor', '2'],
  ]
  const headers = http2Fields(fields)
  t.strictSame(Object.entries(headers), [
    ['x-a', ['1', '2', '3']],
    ['set-cookie', ['a', 'b']],
    ['server', 'x'],
    ['content-type', 'a/b'],
    ['__proto__', '1'],
    ['constructor', '2'],
  ])
  t.end()
})
