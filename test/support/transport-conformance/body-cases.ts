import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { BodyFraming } from '../../../src/faces/proxy/transport/transport.js'
import { bodyOf, echo, valuesOf } from './exchange-cases.js'
import { steady } from './sent.js'
import type { Case } from './world.js'

const PIECE_BYTES = 65_536
/** What sockets, kernels and flow-control windows may hold of a body that nobody reads. */
const BUFFERED_BYTES = 16 * 1024 * 1024
const PIECES = 384

/** Pieces that differ, so that none can stand for another. */
function* pieces(count: number): Generator<Buffer> {
  for (let at = 0; at < count; at++) yield Buffer.alloc(PIECE_BYTES, at % 251)
}

function assertPieces(body: Buffer, count: number): void {
  assert.equal(body.length, count * PIECE_BYTES)
  let at = 0
  for (const piece of pieces(count)) {
    assert.ok(body.subarray(at, at + PIECE_BYTES).equals(piece), `piece at ${at}`)
    at += PIECE_BYTES
  }
}

interface Upload {
  readonly method: string
  readonly body: Exclude<BodyFraming, 'none'>
  readonly chunks: readonly string[]
}

const UPLOADS: readonly Upload[] = [
  { method: 'POST', body: 5, chunks: ['hel', 'lo'] },
  { method: 'POST', body: 'chunked', chunks: ['hel', 'lo'] },
  { method: 'POST', body: 'chunked', chunks: [] },
  { method: 'PUT', body: 0, chunks: [] },
  { method: 'GET', body: 5, chunks: ['hello'] },
  { method: 'GET', body: 'chunked', chunks: ['hello'] },
  { method: 'DELETE', body: 5, chunks: ['hello'] },
  { method: 'PROPFIND', body: 'chunked', chunks: ['hello'] },
]

/** What is the same in every version of HTTP: the bodies of requests, trailers, back-pressure. */
export const BODY_CASES: readonly Case[] = [
  {
    name: 'request bodies reach the target, with any method',
    async run(world) {
      const { peer, target } = await world.peer(echo)
      for (const { method, body, chunks } of UPLOADS) {
        const sent = await world.send(target, { method, body }).ready()
        await sent.writeAll(chunks.map((chunk) => Buffer.from(chunk)))
        await sent.ended()
        assert.equal(String(sent.body), chunks.join(''), method)
        const length = typeof body === 'number' ? String(body) : 'none'
        assert.deepEqual(valuesOf(sent.response?.fields ?? [], 'x-length'), [length], method)
      }
      assert.equal(peer.connections, 1)
    },
  },
  {
    name: 'large bodies arrive whole, both ways at a time',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        request.pipe(response)
      })
      const sent = await world.send(target, { method: 'POST', body: 'chunked' }).ready()
      await sent.writeAll(pieces(64))
      await sent.ended()
      assertPieces(sent.body, 64)
    },
  },
  {
    name: 'a body longer or shorter than announced never passes for a whole request',
    async run(world) {
      let whole = 0
      const { peer, target } = await world.peer((request) => {
        bodyOf(request).then(
          () => whole++,
          () => undefined,
        )
      })
      for (const body of ['hello!', 'hell']) {
        const sent = await world.send(target, { method: 'POST', body: 5 }).ready()
        sent.exchange.write(Buffer.from(body.slice(0, 4)))
        if (body.length > 4) sent.exchange.write(Buffer.from(body.slice(4)))
        else sent.exchange.end([])
        await sent.failed('INTERNAL')
      }
      await peer.until(() => world.scheme.startsWith('h2') || peer.openConnections === 0, 'cut')
      assert.equal(whole, 0)
    },
  },
  {
    name: 'request trailers reach the target',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        void bodyOf(request).then((body) => {
          response.setHeader('x-sum', request.trailers['x-sum'] ?? 'none')
          response.end(body)
        })
      })
      const sent = await world.send(target, { method: 'POST', body: 'chunked' }).ready()
      await sent.writeAll([Buffer.from('hello')], ['X-Sum', 'ab\xe9'])
      await sent.ended()
      assert.deepEqual(valuesOf(sent.response?.fields ?? [], 'x-sum'), ['ab\xe9'])
      assert.equal(String(sent.body), 'hello')
    },
  },
  {
    name: 'response trailers come with the end, and TE is sent only for those who take them',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        response.writeHead(200, { trailer: 'X-Sum', 'x-te': request.headers.te ?? 'none' })
        response.write('hello')
        response.addTrailers({ 'X-Sum': 'abc' })
        response.end()
      })
      for (const acceptsTrailers of [true, false]) {
        const sent = await world.ask(target, { acceptsTrailers })
        const te = acceptsTrailers ? 'trailers' : 'none'
        assert.deepEqual(valuesOf(sent.response?.fields ?? [], 'x-te'), [te])
        assert.deepEqual(valuesOf(sent.trailers ?? [], 'x-sum'), ['abc'])
        assert.equal(String(sent.body), 'hello')
      }
    },
  },
  {
    name: 'with Expect: 100-continue the target is asked before the body is sent',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        assert.equal(request.headers.expect, '100-continue')
        response.writeContinue()
        echo(request, response)
      })
      const fields = ['Host', 'h', 'Expect', '100-continue']
      const expecting = { method: 'POST', body: 5, fields, expectContinue: true } as const
      const sent = await world.send(target, expecting).ready()
      await sent.until(() => sent.informational[0]?.status === 100, '100')
      await sent.writeAll([Buffer.from('hello')])
      assert.equal(String((await sent.ended()).body), 'hello')
    },
  },
  {
    name: 'a final response may come before the body of the request',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        request.resume()
        response.writeHead(413, { 'content-length': 3 }).end('big')
      })
      for (const expectContinue of [true, false]) {
        const fields = ['Host', 'h', ...(expectContinue ? ['Expect', '100-continue'] : [])]
        const early = { method: 'POST', body: 'chunked', fields, expectContinue } as const
        const sent = await world.send(target, early).ended()
        assert.deepEqual([sent.response?.status, String(sent.body)], [413, 'big'])
        sent.exchange.write(Buffer.from('late'))
        sent.exchange.end([])
        // What the target did not wait for must not be taken for the next request.
        assert.equal(String((await world.ask(target)).body), 'big')
      }
    },
  },
  {
    name: 'a target is not read faster than its response is taken',
    async run(world) {
      let written = 0
      const { target } = await world.peer((_, response) => {
        const run = async () => {
          for (const piece of pieces(PIECES)) {
            if (!response.write(piece)) await once(response, 'drain')
            written += piece.length
          }
          response.end()
        }
        void run().catch(() => undefined)
      })
      const sent = world.send(target)
      sent.takesData = false
      await sent.until(() => sent.chunks.length > 0, 'data')
      const stalled = await steady(() => written)
      assert.ok(stalled < BUFFERED_BYTES, `${stalled} bytes were sent to nobody`)
      sent.takesData = true
      sent.resume()
      assertPieces((await sent.ended()).body, PIECES)
    },
  },
  {
    name: 'a response can be taken piece by piece',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        for (const piece of pieces(16)) response.write(piece)
        response.end()
      })
      const sent = world.send(target)
      sent.takesData = false
      sent.onStep = (step) => {
        if (step === 'data') setImmediate(() => sent.resume())
      }
      assertPieces((await sent.ended()).body, 16)
    },
  },
  {
    name: 'a piece that is needed for longer than the exchange stays as it is',
    async run(world) {
      let count = 0
      const { target } = await world.peer((_, response) => response.end(`answer ${++count}`))
      const sent = world.send(target)
      sent.takesData = false
      await sent.ended()
      assert.equal(String((await world.ask(target)).body), 'answer 2')
      assert.equal(String((await world.ask(target)).body), 'answer 3')
      sent.assertUntouched()
    },
  },
  {
    name: 'write says when a target takes no more, and onDrain when it does',
    async run(world) {
      let read = () => undefined as unknown
      const { target } = await world.peer((request, response) => {
        read = () => request.pipe(response)
      })
      const sent = await world.send(target, { method: 'POST', body: 'chunked' }).ready()
      let written = 0
      const counted = function* () {
        for (const piece of pieces(PIECES)) {
          written += piece.length
          yield piece
        }
      }
      const whole = sent.writeAll(counted())
      const stalled = await steady(() => written)
      assert.ok(stalled < BUFFERED_BYTES, `${stalled} bytes were taken for nobody`)
      read()
      await whole
      assertPieces((await sent.ended()).body, PIECES)
    },
  },
]
