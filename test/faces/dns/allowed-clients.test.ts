import { test } from 'tap'
import { AllowedClients } from '../../../src/faces/dns/allowed-clients.js'

test('A client is allowed by its address or by a network around it, however often it asks', (t) => {
  const clients = new AllowedClients(['127.0.0.0/8', '192.0.2.7', '::1', 'fd00::/8'])
  const table: readonly (readonly [string, boolean])[] = [
    ['127.255.255.254', true],
    ['128.0.0.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['::1', true],
    ['::2', false],
    ['fdff::1', true],
    ['fe80::1', false],
  ]
  for (const [client, isAllowed] of [...table, ...table])
    t.equal(clients.has(client), isAllowed, client)
  t.end()
})

test('More clients than are remembered are told apart all the same', (t) => {
  const clients = new AllowedClients(['10.1.0.0/16'])
  const wrong: string[] = []
  for (let round = 0; round < 2; round++)
    for (let nth = 0; nth < 25_000; nth++) {
      const address = `10.${nth % 2}.${(nth >> 8) & 255}.${nth & 255}`
      if (clients.has(address) !== (nth % 2 === 1)) wrong.push(address)
    }
  t.same(wrong, [])
  t.end()
})
