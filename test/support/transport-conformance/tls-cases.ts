import assert from 'node:assert/strict'
import { certificate, PEER_HOST, type Handler } from './peer.js'
import type { Case } from './world.js'

const answer: Handler = (_, response) => {
  response.end('ok')
}
const ca = certificate.cert

/** TLS towards targets: what is believed, and what name is asked for. */
export const TLS_CASES: readonly Case[] = [
  {
    name: 'a certificate of an unknown authority is TLS_CERTIFICATE_REJECTED, before onReady',
    async run(world) {
      const { peer, target } = await world.peer(answer)
      const sent = await world
        .send(target, { tls: { verify: true } })
        .failed('TLS_CERTIFICATE_REJECTED')
      assert.equal(sent.reused, undefined)
      assert.deepEqual(peer.requests, [])
    },
  },
  {
    name: 'the authority of the settings is believed, for its name only',
    async run(world) {
      const { peer, target } = await world.peer(answer)
      const tls = { verify: true, ca }
      assert.equal(String((await world.ask(target, { tls })).body), 'ok')
      const other = world.target(peer.port, 'other.test')
      await world.send(other, { tls }).failed('TLS_CERTIFICATE_REJECTED')
      const address = world.target(peer.port, '127.0.0.1')
      await world.send(address, { tls }).failed('TLS_CERTIFICATE_REJECTED')
      assert.deepEqual(peer.serverNames, [PEER_HOST])
    },
  },
  {
    name: 'the server name of the settings is asked for and verified instead of the host',
    async run(world) {
      const { peer } = await world.peer(answer)
      const named = { verify: true, ca, serverName: PEER_HOST }
      for (const host of ['other.test', '127.0.0.1']) {
        const sent = await world.ask(world.target(peer.port, host), { tls: named })
        assert.equal(String(sent.body), 'ok')
      }
      assert.deepEqual(peer.serverNames, [PEER_HOST, PEER_HOST])
    },
  },
  {
    name: 'without verification any certificate will do',
    async run(world) {
      const { target } = await world.peer(answer)
      assert.equal(String((await world.ask(target, { tls: { verify: false } })).body), 'ok')
    },
  },
  {
    name: 'a connection opened without verification is not used by those who verify',
    async run(world) {
      const { target } = await world.peer(answer)
      await world.ask(target, { tls: { verify: false } })
      await world.send(target, { tls: { verify: true } }).failed('TLS_CERTIFICATE_REJECTED')
    },
  },
  {
    name: 'a target that does not speak TLS, or hangs up on it, is TLS_FAILED',
    async run(world) {
      const { raw, target } = await world.rawTarget(async (connection) => {
        await connection.receive('\x01')
        if (connection.number === 1) await connection.send('HTTP/1.1 400 Bad Request\r\n\r\n')
        else if (connection.number === 2) connection.end()
        else connection.reset()
      })
      for (const number of [1, 2, 3]) {
        const sent = await world.send(target).failed('TLS_FAILED')
        assert.equal(sent.reused, undefined)
        await (await raw.connection(number)).left()
      }
    },
  },
]
