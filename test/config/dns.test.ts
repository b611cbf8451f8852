import { test } from 'tap'
import { readConfig, type Config } from '../../src/config.js'
import { problemsWith, reading, type Variables } from './reading.js'

/** The least that makes a zone. */
const ZONE = {
  DNS_ZONE: 'ha.internal',
  DNS_HOST: '127.0.0.1',
  DNS_RECORD_1_NAME: 'www',
  DNS_RECORD_1_TARGET_GROUP: 'web',
}

function dnsWith(variables: Variables): NonNullable<Config['dns']> {
  const { dns } = reading({ ...ZONE, ...variables }).config
  if (!dns) throw new Error('no DNS')
  return dns
}

function problems(variables: Variables): readonly string[] {
  return problemsWith({ ...ZONE, ...variables })
}

function warnings(variables: Variables): readonly string[] {
  return reading({ ...ZONE, ...variables }).warnings
}

test('A zone is read with everything that is not said', (t) => {
  t.same(dnsWith({}), {
    host: '127.0.0.1',
    port: 53,
    zone: 'ha.internal',
    ttlSeconds: 10,
    nameServer: 'ns.ha.internal',
    nameServerAddresses: ['127.0.0.1'],
    hostmaster: 'hostmaster.ha.internal',
    records: [{ number: 1, name: 'www.ha.internal', targetGroup: 'web', answers: 1 }],
    allowRecursion: ['127.0.0.0/8', '::1'],
  })
  t.equal(reading({}).config.dns, undefined, 'no zone, no DNS')
  t.end()
})

test('A zone is read with everything that is said', (t) => {
  const dns = dnsWith({
    DNS_ZONE: 'HA.Internal.',
    DNS_PORT: '0',
    DNS_TTL: '0',
    DNS_NS: 'NS1.ha.internal.',
    DNS_NS_ADDRESS: '10.0.0.53, fd00::53',
    DNS_HOSTMASTER: 'dns.example.com',
    DNS_ALLOW_RECURSION: '10.0.0.0/8,fd00::/8, 192.0.2.1',
    DNS_RECORD_1_NAME: 'WWW',
    DNS_RECORD_1_ANSWERS: 'all',
    DNS_RECORD_7_NAME: '@',
    DNS_RECORD_7_TARGET_GROUP: 'web',
    DNS_RECORD_7_ANSWERS: '3',
  })
  t.match(dns, {
    zone: 'ha.internal',
    port: 0,
    ttlSeconds: 0,
    nameServer: 'ns1.ha.internal',
    nameServerAddresses: ['10.0.0.53', 'fd00::53'],
    hostmaster: 'dns.example.com',
    allowRecursion: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'],
    records: [
      { number: 1, name: 'www.ha.internal', answers: 0 },
      { number: 7, name: 'ha.internal', answers: 3 },
    ],
  })
  t.end()
})

test('A zone alone is something to serve', (t) => {
  const alone = {
    TARGET_GROUP_1_NAME: 'web',
    TARGET_GROUP_1_TARGETS: '10.0.0.1',
    ...ZONE,
  }
  const result = readConfig(alone)
  t.ok('config' in result && result.config.dns && !result.config.proxy)
  t.end()
})

const L63 = 'a'.repeat(63)

test('What is wrong with the zone and its names is told by the rule', (t) => {
  const cases: readonly [Variables, string | RegExp][] = [
    [{ DNS_ZONE: 'ha..internal' }, /^DNS_ZONE=ha\.\.internal: has an empty label/],
    [{ DNS_ZONE: '.' }, /^DNS_ZONE=\.: has an empty label/],
    [{ DNS_ZONE: `${L63}a.test` }, /has a label of more than 63 characters$/],
    [{ DNS_ZONE: `${L63}.${L63}.${L63}.${L63}` }, /must not have more than 253 characters$/],
    [{ DNS_ZONE: 'ha internal' }, /must have labels of letters, digits, - and _/],
    [{ DNS_RECORD_1_NAME: '-www' }, /^DNS_RECORD_1_NAME=-www: must have labels/],
    [{ DNS_RECORD_1_NAME: 'wüw' }, /xn-- form$/],
    [{ DNS_RECORD_1_NAME: '*' }, /must not be a wildcard/],
    [{ DNS_RECORD_1_NAME: '*.web' }, /must not be a wildcard/],
    [{ DNS_RECORD_1_NAME: 'www.' }, /is relative to the zone: it must not end with a dot$/],
    [{ DNS_RECORD_1_NAME: '_why.www' }, /must not begin with _why/],
    [{ DNS_RECORD_1_NAME: [L63, L63, L63, 'b'.repeat(55)].join('.') }, /is too long: .* 253/],
    [
      { DNS_RECORD_1_ANSWERS: '0' },
      'DNS_RECORD_1_ANSWERS=0: must be all or a whole number from 1 to 1000',
    ],
    [
      { DNS_RECORD_1_TARGET_GROUP: 'shop' },
      'DNS_RECORD_1_TARGET_GROUP=shop: no target group has this name; known: web',
    ],
    [{ DNS_RECORD_1_TARGET_GROUP: '' }, 'DNS_RECORD_1_TARGET_GROUP: is required'],
    [{ DNS_ZONE: '' }, 'DNS_ZONE: is required with DNS_RECORD_<N>_NAME'],
    [{ DNS_HOSTMASTER: 'me@example.com' }, /is written with a dot in place of the @$/],
    [{ DNS_NS_ADDRESS: 'ns.example' }, 'DNS_NS_ADDRESS: "ns.example": is not an IP address'],
    [{ DNS_ALLOW_RECURSION: '10.0.0.0/33' }, /^DNS_ALLOW_RECURSION: "10.0.0.0\/33": is neither/],
    [{ DNS_TTL: '-1' }, 'DNS_TTL=-1: must be a whole number from 0 to 604800'],
    [{ DNS_TTTL: '5' }, 'DNS_TTTL: is not a variable; did you mean DNS_TTL?'],
    [
      { DNS_RECORD_1_NAMES: 'x' },
      'DNS_RECORD_1_NAMES: is not a variable; did you mean DNS_RECORD_1_NAME?',
    ],
    [
      { DNS_NS: 'www.ha.internal', DNS_NS_ADDRESS: '10.0.0.1' },
      'DNS_NS_ADDRESS=10.0.0.1: DNS_RECORD_1_NAME gives www.ha.internal its addresses',
    ],
  ]
  for (const [variables, expected] of cases) {
    const [problem = '', ...more] = problems(variables)
    if (typeof expected === 'string') t.equal(problem, expected)
    else t.match(problem, expected)
    t.same(more, [], problem)
  }
  t.end()
})

test('A name is there once, however it is written', (t) => {
  t.same(problems({ DNS_RECORD_2_NAME: 'WWW', DNS_RECORD_2_TARGET_GROUP: 'web' }), [
    'DNS_RECORD_2_NAME=www: DNS_RECORD_1_NAME is the same name already',
  ])
  t.end()
})

test('What is probably not meant is warned about', (t) => {
  const cases: readonly [Variables, RegExp | undefined][] = [
    [{}, undefined],
    [{ DNS_ZONE: 'ha.local' }, /^DNS_ZONE=ha\.local: many clients ask .* by multicast/],
    [{ DNS_ZONE: 'localha.test' }, undefined],
    [
      { DNS_HOST: '0.0.0.0' },
      /^DNS_NS_ADDRESS: is not set: the name server ns\.ha\.internal has no/,
    ],
    [{ DNS_HOST: '::' }, /^DNS_NS_ADDRESS: is not set/],
    [{ DNS_HOST: '0.0.0.0', DNS_NS: 'ns.example' }, undefined],
    [{ DNS_HOST: '0.0.0.0', DNS_NS: 'www.ha.internal' }, undefined],
    [
      { DNS_NS: 'ns.example', DNS_NS_ADDRESS: '10.0.0.1' },
      /^DNS_NS_ADDRESS=10\.0\.0\.1: is not told/,
    ],
    [
      { DNS_RECORD_1_NAME: 'www.ha.internal' },
      /what is answered is www\.ha\.internal\.ha\.internal$/,
    ],
  ]
  for (const [variables, expected] of cases) {
    const [warning, ...more] = warnings(variables)
    if (expected) t.match(warning, expected)
    else t.equal(warning, undefined)
    t.same(more, [])
  }
  t.end()
})

test('Without a zone, variables of others that begin like those of DNS are left alone', (t) => {
  t.same(problemsWith({ DNS_SERVERS: '10.0.0.1' }), [])
  t.equal(problems({ DNS_SERVERS: '10.0.0.1' }).length, 1)
  t.end()
})
