import { test } from 'tap'
import {
  parseTarget,
  parseTargets,
  repeatedTargets,
  targetSpecs,
} from '../../src/config/target-list.js'
import type { TargetSpec } from '../../src/core/target.js'

const PLAIN: TargetSpec = { scheme: 'http', host: 'h', port: 80, basePath: '', weight: 1 }

test('A target is read into its parts', (t) => {
  const cases: readonly [string, Partial<TargetSpec>][] = [
    ['h', {}],
    ['h:8080', { port: 8080 }],
    ['h:65535', { port: 65535 }],
    ['http://h', {}],
    ['https://h', { scheme: 'https', port: 443 }],
    ['h2://h', { scheme: 'h2', port: 443 }],
    ['h2c://h', { scheme: 'h2c' }],
    ['HTTPS://h:1', { scheme: 'https', port: 1 }],
    ['Web-1.Example.COM', { host: 'web-1.example.com' }],
    ['my_service:3000', { host: 'my_service', port: 3000 }],
    ['xn--bcher-kva.example', { host: 'xn--bcher-kva.example' }],
    ['10.0.0.1', { host: '10.0.0.1' }],
    ['[::1]', { host: '::1' }],
    ['[::1]:80', { host: '::1' }],
    ['[2001:DB8:0:0::1]:8080', { host: '2001:db8::1', port: 8080 }],
    [
      'https://[::1]/v1;weight=9',
      { scheme: 'https', host: '::1', port: 443, basePath: '/v1', weight: 9 },
    ],
    ['h/', {}],
    ['h//', {}],
    ['h/v1', { basePath: '/v1' }],
    ['h/v1/', { basePath: '/v1' }],
    ['h:81/a/b//c/', { port: 81, basePath: '/a/b//c' }],
    ["h/~a-b_c.d!$&'()*+=:@/%2F", { basePath: "/~a-b_c.d!$&'()*+=:@/%2F" }],
    ['h/a:b', { basePath: '/a:b' }],
    ['h/...', { basePath: '/...' }],
    ['h;weight=1', {}],
    ['h;weight=100', { weight: 100 }],
    ['h/v1/;weight=7', { basePath: '/v1', weight: 7 }],
    ['_http._tcp.web.internal', { host: '_http._tcp.web.internal', port: 0 }],
    ['h2://_grpc._tcp.web/v1', { scheme: 'h2', host: '_grpc._tcp.web', port: 0, basePath: '/v1' }],
  ]
  for (const [text, parts] of cases)
    t.same(targetSpecs([parseTarget(text)], 'http'), [{ ...PLAIN, ...parts }], text)
  t.end()
})

test('A target without a scheme is given the usual one, and its port', (t) => {
  const targets = parseTargets('h, https://h, h:81, [::1], _pg._tcp.h')
  t.same(
    targetSpecs(targets, 'postgres').map(({ scheme, port }) => `${scheme} ${port}`),
    ['postgres 5432', 'https 443', 'postgres 81', 'postgres 5432', 'postgres 0'],
  )
  t.end()
})

const BRACKETS = /has too many colons: an IPv6 address is written in brackets, like \[::1\]:80/
const NOT_IPV6 = /its brackets must hold an IPv6 address/
const PORT = /its port must be a whole number from 1 to 65535/
const WEIGHT = /its weight must be a whole number from 1 to 100/
const HOST = /its host must be a host name/
const NO_ADDRESS = /its host is neither an IPv4 address nor a host name/
const NO_HOST = /has no host/
const QUERY = /must not contain \? or #/
const SEGMENTS = /its base URI must not contain \. or \.\. segments/
const BLANKS = /its base URI must not contain blanks, control or non-ASCII characters/
const ENCODE = /characters in its base URI that must be percent-encoded/

test('A target that breaks a rule is refused with that rule', (t) => {
  const cases: readonly [string, RegExp][] = [
    ['::1', BRACKETS],
    ['fe80::1:80', BRACKETS],
    ['h:80:90', BRACKETS],
    ['[::1', NOT_IPV6],
    ['[::1]80', NOT_IPV6],
    ['[]', NOT_IPV6],
    ['[10.0.0.1]', NOT_IPV6],
    ['[fe80::1%eth0]', NOT_IPV6],
    ['[::1]:', PORT],
    ['h:', PORT],
    ['h:0', PORT],
    ['h:65536', PORT],
    ['h:http', PORT],
    ['h:+80', PORT],
    ['h:080', PORT],
    ['h:8e1', PORT],
    ['http://', NO_HOST],
    ['/v1', NO_HOST],
    [':80', NO_HOST],
    ['-h', HOST],
    ['h-', HOST],
    ['a..b', HOST],
    ['h.', HOST],
    ['a b', HOST],
    ['bücher.example', HOST],
    ['a'.repeat(64), HOST],
    [`${'a.'.repeat(127)}a`, HOST],
    ['1.2.3', NO_ADDRESS],
    ['256.0.0.1', NO_ADDRESS],
    ['010.0.0.1', NO_ADDRESS],
    ['web.1', NO_ADDRESS],
    ['user:secret@h', /must not contain a user name or a password/],
    ['http://user@h', /must not contain a user name or a password/],
    ['ftp://h', /has an unknown scheme; known: http, https, h2, h2c/],
    ['://h', /has an unknown scheme/],
    ['h?x', QUERY],
    ['h/v1?x=1', QUERY],
    ['h/v1#x', QUERY],
    ['h/.', SEGMENTS],
    ['h/a/../b', SEGMENTS],
    ['h/a/%2e%2E', SEGMENTS],
    ['h/a b', BLANKS],
    ['h/é', BLANKS],
    ['h/a\tb', BLANKS],
    ['h/%zz', ENCODE],
    ['h/a\\b', ENCODE],
    ['h/"a"', ENCODE],
    ['h;weight=0', WEIGHT],
    ['h;weight=101', WEIGHT],
    ['h;weight=1.5', WEIGHT],
    ['h;weight=', WEIGHT],
    ['h;weight', WEIGHT],
    ['h;wieght=1', /its parameter must be one of weight/],
    ['h;', /its parameter must be one of weight/],
    ['h;weight=1;weight=2', /has more than one parameter/],
    ['_http._tcp.web:80', /must not have a port: its SRV records give the ports/],
  ]
  for (const [text, rule] of cases) t.throws(() => parseTarget(text), rule, text)
  t.end()
})

function rulesBrokenBy(list: string): readonly string[] {
  try {
    parseTargets(list)
    return []
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error
    return error.errors.map((each: Error) => each.message)
  }
}

test('Blanks around the commas of a list are fine, and its order is kept', (t) => {
  const hosts = parseTargets(' b ,a,\t c').map(({ host }) => host)
  t.same(hosts, ['b', 'a', 'c'])
  t.end()
})

test('An empty list has no targets', (t) => {
  t.same(parseTargets(''), [])
  t.end()
})

test('Everything wrong in a list is told, each with the part that is wrong', (t) => {
  t.same(rulesBrokenBy('a:0, good, ::1,'), [
    '"a:0": its port must be a whole number from 1 to 65535',
    '"::1": has too many colons: an IPv6 address is written in brackets, like [::1]:80',
    '"": is an empty part of a list: a comma too many',
  ])
  t.end()
})

test('A password in a target is not repeated', (t) => {
  t.same(rulesBrokenBy('https://user:secret@h'), [
    '"https://[redacted]@h": must not contain a user name or a password',
  ])
  t.end()
})

test('The same target is found a second time, however it is written', (t) => {
  const cases: readonly [string, boolean][] = [
    ['h,h', true],
    ['h,H:80', true],
    ['h,http://h/', true],
    ['h;weight=1,h;weight=2', true],
    ['[::1],[0:0::1]', true],
    ['h,h:81', false],
    ['h,h2c://h', false],
    ['h,h/v1', false],
    ['h/a,h/A', false],
  ]
  for (const [list, isRepeated] of cases) {
    const repeated = repeatedTargets(targetSpecs(parseTargets(list), 'http'))
    t.equal(repeated.length, isRepeated ? 1 : 0, list)
  }
  t.end()
})
