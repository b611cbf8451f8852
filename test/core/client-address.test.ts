import { test } from 'tap'
import { clientAddress, TrustedPeers } from '../../src/core/client-address.js'

test('A request comes from where the trusted peers say, and no further', (t) => {
  const trusted = new TrustedPeers(['10.0.0.0/8', '::1'])
  const rows: readonly [peer: string, list: string | undefined, client: string][] = [
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.9', '192.0.2.1'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '198.51.100.9', '198.51.100.9'],
    ['10.0.0.1', '203.0.113.5, 198.51.100.9', '198.51.100.9'],
    ['10.0.0.1', '198.51.100.9, 10.2.2.2', '198.51.100.9'],
    ['10.0.0.1', '203.0.113.5,198.51.100.9 ,10.2.2.2,10.3.3.3', '198.51.100.9'],
    ['10.0.0.1', '10.9.9.9, 10.2.2.2', '10.9.9.9'],
    ['10.0.0.1', 'unknown', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.9, _hidden, 10.2.2.2', '10.2.2.2'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['::1', '2001:db8::7', '2001:db8::7'],
    ['::1', '::ffff:198.51.100.9', '198.51.100.9'],
  ]
  for (const [peer, list, client] of rows) {
    t.equal(clientAddress(peer, list, trusted), client, `${peer} says ${list}`)
  }
  t.end()
})
