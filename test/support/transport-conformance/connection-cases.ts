import assert from 'node:assert/strict'
import net from 'node:net'
import { calm } from './sent.js'
import type { Handler } from './peer.js'
import type { Case } from './world.js'

const answer: Handler = ({ url }, response) => {
  response.end(url)
}

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Listening on TCP, the address is an AddressInfo.
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What is the same in every version of HTTP: connections, and what becomes of exchanges when they break. */
export const CONNECTION_CASES: readonly Case[] = [
  {
    name: 'a connection carries one exchange after the other, unless a fresh one is asked for',
    async run(world) {
      const { peer, target } = await world.peer(answer)
      const reused = []
      for (const freshConnection of [false, false, true, false]) {
        reused.push((await world.ask(target, { freshConnection })).reused)
      }
      assert.deepEqual(reused, [false, true, false, true])
      assert.equal(peer.connections, 2)
    },
  },
  {
    name: 'the next exchange may begin as soon as the last has ended, from within its last call',
    async run(world) {
      const { peer, target } = await world.peer(answer)
      const first = world.send(target, { path: '/1' })
      const second = new Promise<typeof first>((resolve) => {
        first.onStep = (step) => {
          if (step === 'end') resolve(world.send(target, { path: '/2' }))
        }
      })
      const sent = await (await second).ended()
      assert.deepEqual([String(sent.body), sent.reused, peer.connections], ['/2', true, 1])
    },
  },
  {
    name: 'an idle connection that the target closed is not used',
    async run(world) {
      const { peer, target } = await world.peer(answer)
      await world.ask(target)
      peer.cut()
      await peer.deserted()
      await calm()
      const sent = await world.ask(target)
      assert.deepEqual([sent.reused, peer.connections], [false, 2])
    },
  },
  {
    name: 'a refused connection is CONNECT_REFUSED, before onReady',
    async run(world) {
      const sent = await world.send(world.target(await closedPort())).failed('CONNECT_REFUSED')
      assert.equal(sent.reused, undefined)
    },
  },
  {
    name: 'a connection cut before the head is TARGET_CLOSED, or TARGET_CLOSED_REUSED if it was used before',
    async run(world) {
      const { peer, target } = await world.peer((request, response) => {
        if (request.url === '/cut') peer.cut()
        else answer(request, response)
      })
      const cut = { path: '/cut' }
      await world.send(target, cut).failed('TARGET_CLOSED')
      await world.ask(target)
      await world.send(target, cut).failed('TARGET_CLOSED_REUSED')
      await world.ask(target)
      await world.send(target, { ...cut, freshConnection: true }).failed('TARGET_CLOSED')
      await peer.deserted()
      await calm()
      const sent = await world.send(target, { ...cut, method: 'POST', body: 'chunked' }).ready()
      await sent.failed('TARGET_CLOSED')
      assert.equal(sent.exchange.write(Buffer.from('late')), true)
      sent.exchange.end([])
      assert.equal(String((await world.ask(target, { path: '/after' })).body), '/after')
    },
  },
  {
    name: 'a connection cut or closed inside the body is RESPONSE_INCOMPLETE, after the data',
    async run(world) {
      const { peer, target } = await world.peer((request, response) => {
        if (request.url === '/length') response.writeHead(200, { 'content-length': 100 })
        response.write('hello')
        request.on('error', () => undefined)
      })
      for (const leave of [() => peer.cut(), () => peer.hangUp()]) {
        for (const path of ['/length', '/chunked']) {
          const sent = world.send(target, { path })
          await sent.until(() => String(sent.body) === 'hello', 'data')
          leave()
          await sent.failed('RESPONSE_INCOMPLETE')
        }
      }
    },
  },
  {
    name: 'prune drops the idle connections to targets that go, and no others',
    async run(world) {
      const [gone, kept] = [await world.peer(answer), await world.peer(answer)]
      await world.ask(gone.target)
      await world.ask(kept.target)
      world.transport.prune((target) => target === kept.target)
      await gone.peer.deserted()
      assert.equal((await world.ask(kept.target)).reused, true)
      assert.equal((await world.ask(gone.target)).reused, false)
    },
  },
  {
    name: 'close lets exchanges under way end, and keeps no connection',
    async run(world) {
      let finish = () => undefined as unknown
      const { peer, target } = await world.peer((request, response) => {
        if (request.url === '/slow') finish = () => response.end('slow')
        else answer(request, response)
      })
      await world.ask(target)
      const slow = world.send(target, { path: '/slow' })
      await peer.until(() => peer.requests.length === 2, 'request')
      world.transport.close()
      finish()
      assert.equal(String((await slow.ended()).body), 'slow')
      for (const path of ['/late', '/later']) {
        await calm()
        const late = await world.ask(target, { path })
        assert.deepEqual([String(late.body), late.reused], [path, false])
      }
    },
  },
  {
    name: 'a thousand exchanges leave no connection behind',
    async run(world) {
      const { peer, target } = await world.peer(answer)
      for (let batch = 0; batch < 50; batch++) {
        const asked = Array.from({ length: 20 }, () => world.ask(target))
        await Promise.all(asked)
      }
      assert.equal(peer.requests.length, 1000)
      assert.ok(peer.connections <= 20, `${peer.connections} connections`)
      world.transport.close()
      await peer.deserted()
    },
  },
]
