import { test } from 'tap'
import { targetAt } from '../../../src/core/target.js'
import { TrustedPeers } from '../../../src/core/client-address.js'
import { requestFields, setHost, trailerFields } from '../../../src/faces/proxy/request-fields.js'
import { ruleOf } from './face.js'
import { checked, HOST, type Received } from './received.js'

interface Terms {
  readonly trusted?: readonly string[]
  readonly forwarded?: boolean
  readonly trace?: boolean
}

function fieldsOf(received: Received, terms: Terms = {}): string[] {
  const { trusted = [], forwarded = false, trace = false } = terms
  const peers = new TrustedPeers(trusted)
  return requestFields(checked(received), { trusted: peers, settings: { forwarded, trace } })
}

/** What stands before the fields that the proxy adds, without the place for Host. */
function keptOf(fields: readonly string[], received: Received = {}): string[] {
  const all = fieldsOf({ ...received, fields: [...HOST, ...fields] })
  return all.slice(2, all.indexOf('X-Forwarded-For'))
}

/** The values of a field, by its name in lower case. */
function valuesOf(fields: readonly string[], wanted: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1]?.toLowerCase() === wanted)
}

/** Everything that is said of where a request comes from. */
function forwardedOf(received: Received, terms: Terms = {}): Record<string, string> {
  const fields = fieldsOf(received, terms)
  const names = ['for', 'proto', 'host', 'port'].map((name) => `x-forwarded-${name}`)
  const told = ['forwarded', ...names].map((name) => [name, valuesOf(fields, name).join(' + ')])
  return Object.fromEntries(
    told.filter(([, value]) => value !== '').map(([name = '', value]) => [name, value]),
  ) as Record<string, string>
}

test('fields are kept with their names, values, order and repeats', (t) => {
  const fields = [
    ...['aCCept', '*/*', 'X-A', '1', 'x-a', '', 'X-A', '1', 'X-B', '\xe9\t"x"'],
    ...['Cookie', 'a=b', 'Cookie', 'c=d', 'Via', '1.0 other', 'Authorization', 'Basic eA=='],
    ...['Trailer', 'X-Sum', 'Max-Forwards', '3', 'X-Forwarded-Server', 'front'],
  ]
  t.strictSame(keptOf(fields), fields)
  t.end()
})

test('fields of the connection end here, in whatever case', (t) => {
  const names = [
    ...['Connection', 'Keep-Alive', 'Proxy-Connection', 'TE', 'Upgrade', 'HTTP2-Settings'],
    ...['Proxy-Authenticate', 'Proxy-Authorization', 'KEEP-alive', 'te'],
  ]
  for (const name of names)
    t.strictSame(keptOf(['X-A', '1', name, 'x', 'X-B', '2']).length, 4, name)
  t.strictSame(keptOf(['Content-Length', '5']), [], 'the transport frames the body')
  t.strictSame(keptOf(['Transfer-Encoding', 'chunked']), [])
  t.end()
})

test('fields that Connection nominates end here', (t) => {
  const fields = ['X-A', '1', 'X-Bee', '2', 'x-a', '3', 'X-C', '4', 'Cookie', 'a=b']
  const cases: readonly (readonly [connection: readonly string[], kept: readonly string[]])[] = [
    [[], fields],
    [['x-bee'], ['X-A', '1', 'x-a', '3', 'X-C', '4', 'Cookie', 'a=b']],
    [['X-A , close,X-C'], ['X-Bee', '2', 'Cookie', 'a=b']],
    [
      ['x-a', 'cookie'],
      ['X-Bee', '2', 'X-C', '4'],
    ],
    [['x-be, x-bees, X'], fields],
  ]
  for (const [connection, kept] of cases) {
    const nominating = connection.flatMap((value) => ['Connection', value])
    t.strictSame(keptOf([...nominating, ...fields]), kept, `before them: ${connection.join(' + ')}`)
    t.strictSame(keptOf([...fields, ...nominating]), kept, `behind them: ${connection.join(' + ')}`)
  }
  t.end()
})

test('nominating what the proxy adds removes only what the client sent', (t) => {
  const names = [
    'Host',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'Via',
    'Forwarded',
  ]
  const sent = names.flatMap((name) => [name, 'evil'])
  const received = { fields: ['Connection', [...names, 'X-Forwarded-Port'].join(','), ...sent] }
  const own = [
    ...['Host', '', 'X-Forwarded-For', '192.0.2.7', 'X-Forwarded-Proto', 'http'],
    ...['X-Forwarded-Host', 'evil', 'X-Forwarded-Port', '8080', 'Via', '1.1 pointsman'],
  ]
  t.strictSame(fieldsOf(received), own)
  t.strictSame(fieldsOf(received, { trusted: ['192.0.2.7'] }), own, 'a trusted client, too')
  t.end()
})

test('Expect is passed on where it is the proxy’s business, and no other is kept', (t) => {
  const expect = ['Expect', '100-continue']
  t.strictSame(keptOf(expect), expect)
  t.strictSame(keptOf(expect, { version: '1.0' }), [])
  t.end()
})

test('HTTP/2 cuts cookies up, and HTTP/1.1 has them in one field', (t) => {
  const fields = ['cookie', 'a=b', 'x-a', '1', 'cookie', 'c=d', 'cookie', 'e=f']
  const received = { fields, http2: { authority: 'h.test' } }
  const all = fieldsOf(received)
  t.strictSame(all.slice(0, 6), ['Host', '', 'x-a', '1', 'cookie', 'a=b; c=d; e=f'])
  t.notOk(
    all.some((name) => name.startsWith(':')),
    'pseudo-fields are none',
  )
  t.strictSame(valuesOf(all, 'via'), ['2 pointsman'])
  t.end()
})

test('each hop is named, after those before it', (t) => {
  t.strictSame(valuesOf(fieldsOf({}), 'via'), ['1.1 pointsman'])
  t.strictSame(valuesOf(fieldsOf({ version: '1.0' }), 'via'), ['1.0 pointsman'])
  const behind = fieldsOf({ fields: [...HOST, 'Via', '1.0 a, 1.1 b', 'via', '1.1 c'] })
  t.strictSame(valuesOf(behind, 'via'), ['1.0 a, 1.1 b', '1.1 c', '1.1 pointsman'])
  t.end()
})

const SENT = [
  ...['X-Forwarded-For', '203.0.113.1, 203.0.113.2', 'x-forwarded-for', '203.0.113.3'],
  ...['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'front.test', 'X-Forwarded-Port', '443'],
]
const PLAIN = {
  'x-forwarded-for': '192.0.2.7',
  'x-forwarded-proto': 'http',
  'x-forwarded-host': 'h.test',
  'x-forwarded-port': '8080',
}

test('X-Forwarded-* says who asked, whom and how', (t) => {
  t.strictSame(forwardedOf({}), PLAIN)
  t.strictSame(forwardedOf({ isSecure: true }), { ...PLAIN, 'x-forwarded-proto': 'https' })
  const absolute = forwardedOf({ url: 'http://other.test:81/' })
  t.strictSame(absolute, { ...PLAIN, 'x-forwarded-host': 'other.test:81' })
  const { 'x-forwarded-host': host, ...nameless } = PLAIN
  t.equal(host, 'h.test')
  t.strictSame(forwardedOf({ version: '1.0', fields: [] }), nameless)
  const mapped = { ...PLAIN, 'x-forwarded-for': '192.0.2.9' }
  t.strictSame(forwardedOf({ from: '::ffff:192.0.2.9' }), mapped)
  t.strictSame(forwardedOf({ from: '2001:db8::1' })['x-forwarded-for'], '2001:db8::1')
  t.end()
})

test('a stranger’s word counts for nothing, in either spelling', (t) => {
  const fields = [...HOST, ...SENT, 'Forwarded', 'for=203.0.113.1;proto=https']
  t.strictSame(forwardedOf({ fields }), PLAIN)
  t.strictSame(forwardedOf({ fields }, { trusted: ['192.0.2.8', '10.0.0.0/8'] }), PLAIN)
  const own = { forwarded: 'for=192.0.2.7;host=h.test;proto=http' }
  t.strictSame(forwardedOf({ fields }, { forwarded: true }), own)
  t.end()
})

test('a trusted peer’s list is extended, and the rest of its word is kept', (t) => {
  const told = {
    'x-forwarded-for': '203.0.113.1, 203.0.113.2, 203.0.113.3, 192.0.2.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'front.test',
    'x-forwarded-port': '443',
  }
  const fields = [...HOST, ...SENT]
  for (const trusted of [['192.0.2.7'], ['192.0.2.0/24'], ['::1', '0.0.0.0/0']]) {
    t.strictSame(forwardedOf({ fields }, { trusted }), told, trusted.join())
  }
  const six = forwardedOf({ fields, from: '2001:db8::1' }, { trusted: ['2001:db8::/32'] })
  t.equal(six['x-forwarded-proto'], 'https')
  t.strictSame(forwardedOf({}, { trusted: ['192.0.2.7'] }), PLAIN, 'one that says nothing')
  const both = [...fields, 'Forwarded', 'for=203.0.113.1']
  const kept = { ...told, forwarded: 'for=203.0.113.1' }
  t.strictSame(forwardedOf({ fields: both }, { trusted: ['192.0.2.7'] }), kept)
  t.end()
})

test('Forwarded is written as RFC 7239 has it', (t) => {
  const cases: readonly (readonly [received: Received, value: string])[] = [
    [{}, 'for=192.0.2.7;host=h.test;proto=http'],
    [{ isSecure: true }, 'for=192.0.2.7;host=h.test;proto=https'],
    [{ from: '2001:db8::1' }, 'for="[2001:db8::1]";host=h.test;proto=http'],
    [{ fields: ['Host', 'h.test:81'] }, 'for=192.0.2.7;host="h.test:81";proto=http'],
    [{ fields: ['Host', '[::1]:81'] }, 'for=192.0.2.7;host="[::1]:81";proto=http'],
    [{ fields: [], version: '1.0' }, 'for=192.0.2.7;proto=http'],
  ]
  for (const [received, value] of cases) {
    t.strictSame(forwardedOf(received, { forwarded: true }), { forwarded: value })
  }
  t.end()
})

test('what a trusted peer says is kept in RFC 7239’s words', (t) => {
  const own = 'for=192.0.2.7;host=h.test;proto=http'
  const cases: readonly (readonly [fields: readonly string[], value: string])[] = [
    [['Forwarded', 'for=a;by=b', 'Forwarded', 'for=c'], `for=a;by=b, for=c, ${own}`],
    [
      ['X-Forwarded-For', '203.0.113.1,2001:db8::1'],
      `for=203.0.113.1, for="[2001:db8::1]", ${own}`,
    ],
    [['X-Forwarded-For', 'unknown'], `for=unknown, ${own}`],
    [
      ['X-Forwarded-For', '203.0.113.1:80, [::1]:80'],
      `for="203.0.113.1:80", for="[::1]:80", ${own}`,
    ],
    [['X-Forwarded-For', 'a, ,b,'], `for=a, for=b, ${own}`],
    [['X-Forwarded-For', ''], own],
    [['X-Forwarded-Host', 'a"b\\'], 'for=192.0.2.7;host="a\\"b\\\\";proto=http'],
    [['X-Forwarded-Proto', 'https'], 'for=192.0.2.7;host=h.test;proto=https'],
    [['X-Forwarded-Proto', 'https, http'], 'for=192.0.2.7;host=h.test;proto="https, http"'],
    [
      ['Forwarded', 'for=a', 'X-Forwarded-For', '203.0.113.1', 'X-Forwarded-Port', '443'],
      `for=a, ${own}`,
    ],
  ]
  for (const [fields, value] of cases) {
    const received = { fields: [...HOST, ...fields] }
    const told = forwardedOf(received, { forwarded: true, trusted: ['192.0.2.7'] })
    t.strictSame(told, { forwarded: value }, fields.join(': '))
  }
  t.end()
})

test('a trace is begun for requests that belong to none, if that is asked for', (t) => {
  const one = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const traced = { fields: [...HOST, 'Traceparent', one] }
  t.strictSame(valuesOf(fieldsOf({}), 'traceparent'), [])
  t.strictSame(valuesOf(fieldsOf(traced, { trace: true }), 'traceparent'), [one])
  const [first, second] = [fieldsOf({}, { trace: true }), fieldsOf({}, { trace: true })]
  t.match(valuesOf(first, 'traceparent'), [/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/])
  t.notSame(valuesOf(first, 'traceparent'), valuesOf(second, 'traceparent'))
  t.end()
})

test('the target gets its own Host, or the client’s where the rule says so', (t) => {
  const spec = { scheme: 'http', host: 'target.test', port: 8080, basePath: '', weight: 1 } as const
  const hosts: readonly (readonly [Partial<typeof spec> | object, string])[] = [
    [{}, 'target.test:8080'],
    [{ port: 80 }, 'target.test'],
    [{ scheme: 'https', port: 443 }, 'target.test'],
    [{ scheme: 'https', port: 80 }, 'target.test:80'],
    [{ host: '::1' }, '[::1]:8080'],
  ]
  const inbound = checked({ fields: ['Host', 'Client.test:81'] })
  for (const [other, host] of hosts) {
    const target = targetAt({ ...spec, ...other }, '192.0.2.1')
    const fields = ['Host', '', 'X-A', '1']
    setHost(fields, ruleOf(), target, inbound)
    t.strictSame(fields, ['Host', host, 'X-A', '1'])
    setHost(fields, ruleOf({ preserveHost: true }), target, inbound)
    t.strictSame(fields, ['Host', 'Client.test:81', 'X-A', '1'])
    setHost(fields, ruleOf({ preserveHost: true }), target, checked({ version: '1.0', fields: [] }))
    t.strictSame(fields, ['Host', host, 'X-A', '1'], 'of a client that gave none')
  }
  t.end()
})

test('trailers are kept, but for those that must not be any', (t) => {
  const fine = ['X-Sum', '1', 'x-sum', '', 'Server-Timing', 'a', 'ETag', '"x"', 'Grpc-Status', '0']
  t.strictSame(trailerFields(fine), fine)
  const never = [
    ...['Host', 'Content-Length', 'Transfer-Encoding', 'Trailer', 'TE', 'Connection', 'Upgrade'],
    ...['Expect', 'Content-Encoding', 'Content-Type', 'Content-Range', 'Keep-Alive'],
    ...['Authorization', 'Proxy-Authorization', 'Cookie', 'Set-Cookie', 'Forwarded'],
    ...['X-Forwarded-For', 'X-Forwarded-Proto', 'x-forwarded-host', 'X-FORWARDED-PORT', 'HOST'],
  ]
  for (const name of never) t.strictSame(trailerFields(['X-A', '1', name, 'x']), ['X-A', '1'], name)
  t.end()
})
