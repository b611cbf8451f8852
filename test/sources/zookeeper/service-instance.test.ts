import { test } from 'tap'
import { readInstance } from '../../../src/sources/zookeeper/service-instance.js'

/** What Curator writes for an instance of Redirector. */
const RECORD = {
  name: 'app1',
  id: 'h1:0',
  address: 'h1',
  port: 0,
  sslPort: null,
  payload: {
    '@class': 'com.example.MetaData',
    workerId: '6e6a17b6-…',
    listenAddress: 'h1',
    listenPort: 0,
    serviceName: 'app1',
    parameters: { ipv4Address: '10.0.0.1', ipv6Address: '::1', weight: '10.0' },
  },
  registrationTimeUTC: 1_496_432_312_046,
  serviceType: 'DYNAMIC',
  uriSpec: null,
}

function withParameters(parameters: unknown): object {
  return { ...RECORD, payload: { '@class': 'another.One', parameters } }
}

function read(record: unknown): unknown {
  const text = typeof record === 'string' ? record : JSON.stringify(record)
  return readInstance(Buffer.from(text))
}

test('A record tells addresses, ports and weight', (t) => {
  const whole = { address: 'h1', port: undefined, sslPort: undefined }
  t.same(read(RECORD), { ...whole, ipv4: '10.0.0.1', ipv6: '::1', weight: 10 })
  const cases: readonly (readonly [string, object, object])[] = [
    [
      'an IPv6 address that is null',
      withParameters({ ipv4Address: '10.0.0.1', ipv6Address: null }),
      { ipv4: '10.0.0.1', ipv6: undefined, weight: 5 },
    ],
    [
      'an IPv4 address that is null',
      withParameters({ ipv4Address: null, ipv6Address: '::1' }),
      { ipv4: undefined, ipv6: '::1' },
    ],
    [
      'no IPv6 address: the address is the other one, whatever stands beside it',
      withParameters({ ipv4Address: '10.0.0.9', weight: '7' }),
      { ipv4: 'h1', ipv6: undefined, weight: 7 },
    ],
    ['no payload', { address: '10.0.0.7', port: 80 }, { ipv4: '10.0.0.7', port: 80, weight: 5 }],
    ['a payload of another kind', { address: 'h1', payload: 'text' }, { ipv4: 'h1', weight: 5 }],
    ['parameters of another kind', withParameters(['a']), { ipv4: 'h1', weight: 5 }],
    ['both ports', { address: 'h1', port: 80, sslPort: 443 }, { port: 80, sslPort: 443 }],
    ['a half', withParameters({ weight: '2.5' }), { weight: 3 }],
    ['a number', withParameters({ weight: 12 }), { weight: 12 }],
    ['more than the most', withParameters({ weight: '1000' }), { weight: 100 }],
    ['nothing', withParameters({ weight: '0' }), { weight: 0 }],
    ['less than nothing', withParameters({ weight: '-3' }), { weight: 0 }],
    ['next to nothing', withParameters({ weight: '0.4' }), { weight: 0 }],
  ]
  for (const [name, record, expected] of cases) t.match(read(record), expected, name)
  t.end()
})

test('What cannot be used is told in words', (t) => {
  const cases: readonly (readonly [unknown, string])[] = [
    ['', 'its data are not JSON'],
    ['10.0.0.1', 'its data are not JSON'],
    ['null', 'its data are not a JSON object'],
    [[], 'its data are not a JSON object'],
    [{ ...RECORD, address: 7 }, 'address 7 is no address and no host name'],
    [{ ...RECORD, address: 'a b' }, 'address "a b" is no address and no host name'],
    [{ ...RECORD, port: 65_536 }, 'port 65536 is no port'],
    [{ ...RECORD, port: '80' }, 'port "80" is no port'],
    [{ ...RECORD, sslPort: -1 }, 'sslPort -1 is no port'],
    [withParameters({ weight: 'much' }), 'weight "much" is no number'],
    [withParameters({ weight: '' }), 'weight "" is no number'],
    [withParameters({ ipv6Address: {} }), 'ipv6Address {} is no address and no host name'],
    [{ ...RECORD, enabled: false }, 'it is not enabled'],
    [{ address: 'x'.repeat(300) }, `address "${'x'.repeat(79)} is no address and no host name`],
  ]
  for (const [record, problem] of cases) t.same(read(record), { problem })
  t.end()
})
