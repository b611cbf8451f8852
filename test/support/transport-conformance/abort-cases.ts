import assert from 'node:assert/strict'
import { calm, steady, type Step } from './sent.js'
import type { Handler } from './peer.js'
import type { Case } from './world.js'

/** Answers /silent never, /half with half a body, and all else at once. */
const moody: Handler = ({ url }, response) => {
  if (url === '/silent') return
  if (url !== '/half') {
    response.end(url)
    return
  }
  response.writeHead(200, { 'content-length': 10 })
  response.write('hello')
}

/** What is the same in every version of HTTP: the caller loses interest. */
export const ABORT_CASES: readonly Case[] = [
  {
    name: 'abort at once: the target is asked nothing',
    async run(world) {
      const { peer, target } = await world.peer(moody)
      // At first nothing is open, later a connection to spare.
      for (const idle of [0, 1]) {
        const sent = world.send(target, { freshConnection: true })
        sent.abort()
        sent.abort()
        assert.equal(await steady(() => peer.openConnections), idle)
        assert.equal(peer.requests.length, idle)
        await world.ask(target)
      }
    },
  },
  {
    name: 'abort before the head: the target sees it at once',
    async run(world) {
      const { peer, target } = await world.peer(moody)
      for (const body of ['none', 'chunked'] as const) {
        const asked = peer.requests.length
        const sent = world.send(target, { path: '/silent', method: 'POST', body })
        await peer.until(() => peer.requests.length > asked, 'request')
        sent.abort()
        await peer.until(() => peer.abandoned > asked, 'abort')
        sent.exchange.write(Buffer.from('late'))
        sent.exchange.end([])
        sent.exchange.resume()
        sent.abort()
      }
    },
  },
  {
    name: 'abort inside the body: the target sees it at once, also when nothing is taken',
    async run(world) {
      const { peer, target } = await world.peer(moody)
      for (const takesData of [true, false]) {
        const sent = world.send(target, { path: '/half' })
        sent.takesData = takesData
        await sent.until(() => sent.chunks.length > 0, 'data')
        const { abandoned } = peer
        sent.abort()
        await peer.until(() => peer.abandoned > abandoned, 'abort')
      }
    },
  },
  {
    name: 'abort while the target takes no more of the body: what it gets then is cut',
    async run(world) {
      let read = () => undefined as unknown
      const { peer, target } = await world.peer((request) => {
        read = () => request.resume()
      })
      const upload = { path: '/silent', method: 'POST', body: 'chunked' } as const
      const sent = await world.send(target, upload).ready()
      await peer.until(() => peer.requests.length === 1, 'request')
      while (sent.exchange.write(Buffer.alloc(1_000_000)));
      sent.abort()
      read()
      await peer.until(() => peer.abandoned === 1, 'abort')
    },
  },
  {
    name: 'abort after the end changes nothing',
    async run(world) {
      const { peer, target } = await world.peer(moody)
      const sent = await world.ask(target)
      sent.abort()
      assert.equal((await world.ask(target)).reused, true)
      assert.equal(peer.connections, 1)
    },
  },
  {
    name: 'abort from within any call is the last that happens',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.writeEarlyHints({ link: '</a>' })
        response.write('hello')
        setImmediate(() => response.end('world'))
      })
      for (const last of ['ready', 'informational', 'head', 'data', 'end'] as const) {
        const sent = world.send(target)
        const steps: Step[] = []
        sent.onStep = (step) => {
          steps.push(step)
          if (step === last) sent.abort()
        }
        await sent.until(() => steps.at(-1) === last, last)
        await calm()
        assert.equal(steps.at(-1), last)
      }
      assert.equal(String((await world.ask(target)).body), 'helloworld')
    },
  },
  {
    name: 'an exchange that is aborted leaves the others alone',
    async run(world) {
      let answer = () => undefined as unknown
      const { peer, target } = await world.peer((request, response) => {
        if (request.url === '/slow') answer = () => response.end('slow')
      })
      const aborted = world.send(target, { path: '/silent' })
      const slow = world.send(target, { path: '/slow' })
      await peer.until(() => peer.requests.length === 2, 'requests')
      aborted.abort()
      await peer.until(() => peer.abandoned === 1, 'abort')
      answer()
      assert.equal(String((await slow.ended()).body), 'slow')
    },
  },
]
