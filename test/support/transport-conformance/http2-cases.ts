import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { bodyOf, valuesOf } from './exchange-cases.js'
import { certificate } from './peer.js'
import { calm, steady } from './sent.js'
import type { Case } from './world.js'

/** The stream of a response whose server speaks HTTP/2: there the class is another than the type says. */
function streamOf(response: ServerResponse): ServerHttp2Stream {
  return (response as unknown as Http2ServerResponse).stream
}

/** Answers /rst/<code> with a reset, /half/<code> with a reset inside the body, and all else with its path. */
function resetting({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const [, where, code] = url.split('/')
  const stream = streamOf(response)
  if (where === 'rst') stream.close(Number(code))
  else if (where === 'half') {
    response.write('hello')
    setImmediate(() => stream.close(Number(code)))
  } else response.end(url)
}

const SESSION_CASES: readonly Case[] = [
  {
    name: 'a target that goes away lets exchanges under way end, and the next begin elsewhere',
    async run(world) {
      let finish = () => undefined as unknown
      const { peer, target } = await world.peer((request, response) => {
        if (request.url === '/slow') finish = () => response.end('slow')
        else response.end(request.url)
      })
      const slow = world.send(target, { path: '/slow' })
      await peer.until(() => peer.requests.length === 1, 'request')
      peer.sessions[0]?.close()
      await calm()
      const next = await world.ask(target, { path: '/next' })
      assert.deepEqual([String(next.body), next.reused], ['/next', false])
      finish()
      assert.equal(String((await slow.ended()).body), 'slow')
    },
  },
  {
    name: 'a target that goes away in anger ends what is under way, and the next begins elsewhere',
    async run(world) {
      const { peer, target } = await world.peer(({ url }, response) => {
        if (url === '/slow') peer.sessions[0]?.destroy(undefined, constants.NGHTTP2_INTERNAL_ERROR)
        else response.end(url)
      })
      await world.send(target, { path: '/slow' }).failed('TARGET_CLOSED')
      const next = await world.ask(target, { path: '/next' })
      assert.deepEqual([String(next.body), next.reused], ['/next', false])
    },
  },
  {
    name: 'no more exchanges share a connection than the target allows',
    async run(world) {
      let most = 0
      let underWay = 0
      const { peer, target } = await world.peer((_, response) => {
        most = Math.max(most, ++underWay)
        setImmediate(() => {
          underWay--
          response.end('ok')
        })
      })
      await world.ask(target)
      peer.sessions[0]?.settings({ maxConcurrentStreams: 2 })
      await calm()
      await Promise.all(Array.from({ length: 6 }, () => world.ask(target)))
      assert.ok(peer.connections > 1, `${peer.connections} connections`)
    },
  },
  {
    name: 'a connection on which a target fell silent is left alone, until it answers again',
    async run(world) {
      const { peer } = await world.peer(({ url }, response) => {
        if (url !== '/silent') response.end(url)
      })
      const { raw, target } = await world.rawTarget(({ socket }) => {
        const onward = net.connect(peer.port, '127.0.0.1')
        onward.setNoDelay(true)
        onward.on('error', () => undefined)
        socket.on('close', () => onward.destroy())
        socket.pipe(onward).pipe(socket)
      })
      await world.ask(target)
      const { socket } = await raw.connection(1)
      const silent = await world.send(target, { path: '/silent' }).ready()
      await peer.until(() => peer.requests.length === 2, 'request')
      socket.pause()
      silent.abort()
      const next = await world.ask(target, { path: '/next' })
      assert.deepEqual(
        [String(next.body), next.reused, raw.connections.length],
        ['/next', false, 2],
      )
      const second = await raw.connection(2)
      second.end()
      await second.left()
      const [session] = peer.sessions
      assert.ok(session)
      socket.resume()
      await once(session, 'ping')
      await steady(() => socket.bytesWritten)
      assert.equal((await world.ask(target)).reused, true)
      assert.equal(raw.connections.length, 2)
    },
  },
  {
    name: 'a target that speaks something else is RESPONSE_MALFORMED',
    async run(world) {
      // Under TLS such bytes fail before; there is a case for that.
      if (world.scheme === 'h2') return
      const { raw, target } = await world.rawTarget((connection) =>
        connection.send('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
      )
      await world.send(target).failed('RESPONSE_MALFORMED')
      await (await raw.connection(1)).left()
    },
  },
  {
    name: 'a target that does not agree on HTTP/2 is TLS_FAILED, before onReady',
    async run(world) {
      if (world.scheme === 'h2c') return
      for (const ALPNProtocols of [['http/1.1'], []]) {
        const server = https.createServer({ ...certificate, ALPNProtocols })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        // Listening on TCP, the address is an AddressInfo.
        const { port } = server.address() as AddressInfo
        const sent = await world.send(world.target(port)).failed('TLS_FAILED')
        assert.equal(sent.reused, undefined)
        await new Promise((resolve) => server.close(resolve))
      }
    },
  },
]

const MESSAGE_CASES: readonly Case[] = [
  {
    name: 'fields go with lower-case names and one Cookie, and without those of a connection',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        response.end(JSON.stringify(request.rawHeaders))
      })
      const mine = [
        'X-Camel',
        'A',
        'Cookie',
        'a=1',
        'X-Camel',
        'B',
        'cookie',
        'b=2',
        '__proto__',
        'p',
      ]
      const connections = [
        'Keep-Alive',
        'a',
        'Proxy-Connection',
        'b',
        'TE',
        'gzip',
        'Connection',
        'd',
      ]
      const sent = await world.ask(target, { fields: ['Host', 'a.test', ...mine, ...connections] })
      // JSON of the line above.
      const fields = JSON.parse(String(sent.body)) as string[]
      assert.deepEqual(valuesOf(fields, ':authority'), ['a.test'])
      const seen = fields.filter((_, at) => fields[at - (at % 2)]?.startsWith(':') === false)
      assert.deepEqual(seen, [
        ...['x-camel', 'A', 'x-camel', 'B', 'cookie', 'a=1; b=2', '__proto__', 'p'],
      ])
    },
  },
  {
    name: 'a request with Upgrade is TRANSPORT_UNSUPPORTED, and nothing of it is sent',
    async run(world) {
      const { peer, target } = await world.peer(resetting)
      const sent = await world
        .send(target, { upgrade: 'websocket' })
        .failed('TRANSPORT_UNSUPPORTED')
      await calm()
      assert.deepEqual([sent.reused, peer.requests], [undefined, []])
    },
  },
  {
    name: 'a request that Node would not send is TRANSPORT_UNSUPPORTED, and the next is unharmed',
    async run(world) {
      const { peer, target } = await world.peer(resetting)
      const fields = ['Host', 'h', 'Content-Type', 'a/b', 'Content-Type', 'c/d']
      await world.send(target, { fields }).failed('TRANSPORT_UNSUPPORTED')
      assert.equal(String((await world.ask(target, { path: '/ok' })).body), '/ok')
      assert.deepEqual(peer.requests, ['GET /ok'])
    },
  },
  {
    name: 'a stream reset before the head is TARGET_CLOSED, and others go on',
    async run(world) {
      const { peer, target } = await world.peer(resetting)
      const { NGHTTP2_REFUSED_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL } = constants
      await world.ask(target)
      for (const code of [NGHTTP2_REFUSED_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL]) {
        const reset = world.send(target, { path: `/rst/${code}` })
        const other = world.ask(target, { path: '/other' })
        await reset.failed('TARGET_CLOSED')
        assert.equal(String((await other).body), '/other')
      }
      assert.equal(peer.connections, 1)
    },
  },
  {
    name: 'a stream reset inside the body is RESPONSE_INCOMPLETE, after the data',
    async run(world) {
      const { peer, target } = await world.peer(resetting)
      for (const code of [constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_CANCEL]) {
        const sent = await world
          .send(target, { path: `/half/${code}` })
          .failed('RESPONSE_INCOMPLETE')
        assert.equal(String(sent.body), 'hello')
      }
      assert.equal(peer.connections, 1)
    },
  },
  {
    name: 'a stream reset without an error inside the body is RESPONSE_INCOMPLETE',
    async run(world) {
      const { target } = await world.peer(resetting)
      const path = `/half/${constants.NGHTTP2_NO_ERROR}`
      await world.send(target, { path }).failed('RESPONSE_INCOMPLETE')
    },
  },
  {
    name: 'less body than announced is no whole response',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.writeHead(200, { 'content-length': 10 })
        response.end('hello')
      })
      await world.send(target).failed('RESPONSE_MALFORMED')
    },
  },
  {
    name: 'fields are not counted',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.setHeader(
          'x-list',
          Array.from({ length: 300 }, (_, at) => String(at)),
        )
        response.end()
      })
      const sent = await world.ask(target)
      assert.equal(valuesOf(sent.response?.fields ?? [], 'x-list').length, 300)
    },
  },
  {
    name: 'a head over the limit is RESPONSE_HEAD_TOO_LARGE',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.setHeader('x-long', 'a'.repeat(20_000))
        response.end()
      })
      await world.send(target).failed('RESPONSE_HEAD_TOO_LARGE')
    },
  },
  {
    name: 'both sides may speak at a time',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        response.write('first')
        void bodyOf(request).then((body) => response.end(body))
      })
      const sent = world.send(target, { method: 'POST', body: 'chunked' })
      await sent.until(() => String(sent.body) === 'first', 'data')
      await sent.writeAll([Buffer.from(' second')])
      assert.equal(String((await sent.ended()).body), 'first second')
    },
  },
]

/** What is special to HTTP/2. */
export const HTTP2_CASES = [...SESSION_CASES, ...MESSAGE_CASES]
