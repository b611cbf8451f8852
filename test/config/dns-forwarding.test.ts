import { test } from 'tap'
import type { ForwardingSettings } from '../../src/faces/dns/forwarder/settings.js'
import { problemsWith, reading, type Variables } from './reading.js'

const DNS = { DNS_ZONE: 'ha.test', DNS_NS_ADDRESS: '192.0.2.53' }

function forwardingWith(variables: Variables): ForwardingSettings | undefined {
  return reading({ ...DNS, ...variables }).config.dns?.forwarding
}

test('Forwarders are addresses with a port, 53 where none is given', (t) => {
  const text = '192.0.2.1, 192.0.2.1:5353 ,[2001:DB8::1]:53,2001:db8::2,[::1]'
  t.match(forwardingWith({ DNS_FORWARDERS: text }), {
    forwarders: [
      { host: '192.0.2.1', port: 53 },
      { host: '192.0.2.1', port: 5353 },
      { host: '2001:db8::1', port: 53 },
      { host: '2001:db8::2', port: 53 },
      { host: '::1', port: 53 },
    ],
    cacheSize: 10_000,
  })
  t.match(forwardingWith({ DNS_FORWARDERS: '192.0.2.1', DNS_CACHE_SIZE: '0' }), { cacheSize: 0 })
  t.equal(forwardingWith({}), undefined)
  t.end()
})

test('Each reading has a name of its own for the service', (t) => {
  const names = [1, 2].map(() => forwardingWith({ DNS_FORWARDERS: '192.0.2.1' })?.instance ?? '')
  for (const name of names) t.match(name, /^[\da-f]{32}$/)
  t.not(names[0], names[1])
  t.end()
})

const WRONG: readonly (readonly [Variables, string])[] = [
  [
    { DNS_FORWARDERS: 'dns.example.com' },
    'DNS_FORWARDERS: "dns.example.com": must be an IP address: this is the server that names are asked of',
  ],
  [
    { DNS_FORWARDERS: '10.0.0.2,,' },
    'DNS_FORWARDERS: "": is an empty part of a list: a comma too many',
  ],
  [
    { DNS_FORWARDERS: '10.0.0.2:0' },
    'DNS_FORWARDERS: "10.0.0.2:0": its port must be a whole number from 1 to 65535',
  ],
  [{ DNS_FORWARDERS: '10.0.0.2, 10.0.0.2:53' }, 'DNS_FORWARDERS: "10.0.0.2:53": is listed twice'],
  [{ DNS_FORWARDERS: '0.0.0.0' }, 'DNS_FORWARDERS: "0.0.0.0": is no address of a server'],
  [
    { DNS_FORWARDERS: '127.0.0.1' },
    'DNS_FORWARDERS=127.0.0.1: 127.0.0.1:53 is where this server itself listens',
  ],
  [
    { DNS_FORWARDERS: '10.0.0.2,[::1]:5353', DNS_HOST: '::', DNS_PORT: '5353' },
    'DNS_FORWARDERS=10.0.0.2,[::1]:5353: [::1]:5353 is where this server itself listens',
  ],
  [
    { DNS_FORWARDERS: '10.0.0.53', DNS_HOST: '10.0.0.53' },
    'DNS_FORWARDERS=10.0.0.53: 10.0.0.53:53 is where this server itself listens',
  ],
  [{ DNS_CACHE_SIZE: '-1' }, 'DNS_CACHE_SIZE=-1: must be a whole number from 0 to 1000000'],
]

test('What is wrong with forwarders is said', (t) => {
  for (const [variables, problem] of WRONG) {
    const problems = problemsWith({ ...DNS, ...variables })
    t.ok(problems.includes(problem), `${problem}; said was ${problems.join('; ')}`)
  }
  t.end()
})

test('A forwarder at another port or address of this machine may be there', (t) => {
  const fine = [
    { DNS_FORWARDERS: '127.0.0.1:5353' },
    { DNS_FORWARDERS: '127.0.0.1', DNS_HOST: '127.0.0.2' },
    { DNS_FORWARDERS: '10.0.0.1', DNS_HOST: '0.0.0.0' },
  ]
  for (const variables of fine) t.same(problemsWith({ ...DNS, ...variables }), [])
  t.end()
})
