import { test } from 'tap'
import { addressOf, startForwarder } from '../../../support/fake-forwarder.js'
import { startResolving, TYPE } from './resolving.js'

/** Name, type, what the client is told: the response code, the data, and whose SOA says that there is nothing. */
const LOCAL: readonly (readonly [string, number, string, readonly unknown[], string?])[] = [
  ['localhost', TYPE.A, 'NOERROR', ['127.0.0.1']],
  ['LocalHost', TYPE.AAAA, 'NOERROR', ['::1']],
  ['app.localhost', TYPE.A, 'NOERROR', ['127.0.0.1']],
  ['a.b.localhost', TYPE.AAAA, 'NOERROR', ['::1']],
  ['app.localhost', TYPE.TXT, 'NOERROR', [], 'localhost'],
  ['app.localhost', TYPE.SOA, 'NOERROR', [], 'localhost'],
  ['printer.local', TYPE.A, 'NXDOMAIN', [], 'local'],
  ['local', TYPE.A, 'NOERROR', [], 'local'],
  ['local', TYPE.NS, 'NOERROR', ['local']],
  ['x.y.invalid', TYPE.A, 'NXDOMAIN', [], 'invalid'],
  ['abc.onion', TYPE.A, 'NXDOMAIN', [], 'onion'],
  ['4.3.2.10.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '10.in-addr.arpa'],
  ['10.in-addr.arpa', TYPE.PTR, 'NOERROR', [], '10.in-addr.arpa'],
  ['1.0.16.172.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '16.172.in-addr.arpa'],
  ['1.0.31.172.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '31.172.in-addr.arpa'],
  ['1.0.168.192.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '168.192.in-addr.arpa'],
  ['1.0.0.127.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '127.in-addr.arpa'],
  ['1.1.254.169.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '254.169.in-addr.arpa'],
  ['1.1.64.100.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '64.100.in-addr.arpa'],
  ['1.1.127.100.in-addr.arpa', TYPE.PTR, 'NXDOMAIN', [], '127.100.in-addr.arpa'],
  [`1.${'0.'.repeat(31)}ip6.arpa`, TYPE.PTR, 'NOERROR', [], `1.${'0.'.repeat(31)}ip6.arpa`],
  ['1.0.0.0.d.f.ip6.arpa', TYPE.PTR, 'NXDOMAIN', [], 'd.f.ip6.arpa'],
  ['1.0.0.b.e.f.ip6.arpa', TYPE.PTR, 'NXDOMAIN', [], 'b.e.f.ip6.arpa'],
]

test('What is answered without asking anybody', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  for (const [name, type, rcode, data, zone] of LOCAL) {
    const told = await resolving.ask(name, type)
    const what = `${name} ${type}`
    t.match({ rcode: told.rcode, data: told.data }, { rcode, data }, what)
    t.match(told.packet, { id: 0, flag_qr: true, flag_ra: true, flag_aa: false }, what)
    const authority = zone === undefined ? [] : [{ type: 'SOA', name: zone, ttl: 10_800 }]
    t.match(told.packet.authorities, authority, what)
    t.equal(told.packet.authorities?.length, authority.length, what)
  }
  const { data } = await resolving.ask('invalid', TYPE.SOA)
  t.match(data, [{ mname: 'invalid', rname: 'nobody.invalid', serial: 1, minimum: 10_800 }])
  t.equal(forwarder.queries.length, 0)
})

test('What only looks like it is passed on', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  const names = [
    'notlocalhost',
    'localhost.example',
    'xlocal',
    'www.test',
    'db.home.arpa',
    'db.internal',
    '1.15.172.in-addr.arpa',
    '1.32.172.in-addr.arpa',
    '1.63.100.in-addr.arpa',
    '1.128.100.in-addr.arpa',
    '1.8.8.8.in-addr.arpa',
    '0.in-addr.arpa.example',
  ]
  for (const name of names) await resolving.ask(name)
  t.same(forwarder.names, names)
})

test('A name whose label holds the bytes of a local one is passed on', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  // One label: its bytes end with the length and the letters of `local`.
  await resolving.ask('x\x05local')
  t.equal(forwarder.queries.length, 1)
})
