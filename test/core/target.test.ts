import { test } from 'tap'
import {
  defaultPort,
  hostField,
  isSecure,
  isServiceName,
  targetAt,
  type TargetSpec,
} from '../../src/core/target.js'

const SPEC: TargetSpec = {
  scheme: 'http',
  host: 'app.example',
  port: 8080,
  basePath: '/v1',
  weight: 1,
}

const CASES: {
  readonly claim: string
  readonly spec: Partial<TargetSpec>
  readonly address: string
  readonly id: string
  readonly host: string
}[] = [
  {
    claim: 'an address written down as such names itself',
    spec: { host: '10.0.0.7' },
    address: '10.0.0.7',
    id: 'http://10.0.0.7:8080/v1',
    host: '10.0.0.7:8080',
  },
  {
    claim: 'an address that a name resolved to keeps the name',
    spec: {},
    address: '10.0.0.7',
    id: 'http://10.0.0.7:8080/v1#app.example',
    host: 'app.example:8080',
  },
  {
    claim: 'IPv6 addresses are bracketed, and the default port is left out of Host',
    spec: { scheme: 'https', host: '::1', port: 443, basePath: '' },
    address: '::1',
    id: 'https://[::1]:443',
    host: '[::1]',
  },
]

for (const { claim, spec, address, id, host } of CASES) {
  test(claim, (t) => {
    const target = targetAt({ ...SPEC, ...spec }, address)
    t.equal(target.id, id)
    t.equal(target.address, address)
    t.equal(hostField(target), host)
    t.end()
  })
}

test('each scheme has its port, and two of them TLS', (t) => {
  const schemes = ['http', 'https', 'h2', 'h2c', 'postgres', 'redis'] as const
  t.same(schemes.map(defaultPort), [80, 443, 443, 80, 5432, 6379])
  t.same(schemes.map(isSecure), [false, true, true, false, false, false])
  t.end()
})

test('only a host that begins with a service and a protocol is a service name', (t) => {
  for (const name of ['_http._tcp.example.com', '_x-y._udp.a']) t.ok(isServiceName(name), name)
  for (const name of [
    'example.com',
    '_http.example.com',
    '_http._tcp',
    'a._http._tcp.b',
    '__',
    '',
  ]) {
    t.notOk(isServiceName(name), name)
  }
  t.end()
})
