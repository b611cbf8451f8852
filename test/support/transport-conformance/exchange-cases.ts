import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import type { FlatFields } from '../../../src/faces/proxy/transport/transport.js'
import { calm } from './sent.js'
import type { Handler } from './peer.js'
import type { Case } from './world.js'

/** The values of a field, in order. */
export function valuesOf(fields: FlatFields, name: string): string[] {
  return fields.filter((_, at) => at % 2 === 1 && fields[at - 1]?.toLowerCase() === name)
}

/** The body of a request as the target got it. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  // The stream of a request gives buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Answers with the body of the request, and tells in a field how that was framed. */
export const echo: Handler = (request, response) => {
  void bodyOf(request).then((body) => {
    const length = request.headers['content-length'] ?? 'none'
    response.writeHead(200, { 'x-length': length, 'content-length': body.length })
    response.end(body)
  })
}

const PATHS = [
  '/a%2Fb%2f',
  '//a//b',
  '/a;b=1;c',
  '/?a?b',
  '/?',
  '/a?q=%20&r=+',
  '/%2e%2e/..%2fb',
  '/a/../b/./c',
  '/a\\b',
  "/a'(b)*!$&,:@",
  '/a%zz',
]

/** What is the same in every version of HTTP: messages. */
export const EXCHANGE_CASES: readonly Case[] = [
  {
    name: 'a response of known length comes whole',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.writeHead(201, { 'content-length': 5, 'x-test': 'a b' })
        response.end('hello')
      })
      const sent = await world.ask(target)
      const { status, body, fields } = await sent.head()
      assert.deepEqual([status, body, String(sent.body)], [201, 5, 'hello'])
      assert.deepEqual(valuesOf(fields, 'x-test'), ['a b'])
      assert.deepEqual(valuesOf(fields, 'content-length'), ['5'])
      assert.deepEqual(sent.trailers, [])
    },
  },
  {
    name: 'a response of unknown length is called chunked',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.write('hel')
        setImmediate(() => response.end('lo'))
      })
      const sent = await world.ask(target)
      assert.deepEqual([sent.response?.body, String(sent.body)], ['chunked', 'hello'])
    },
  },
  {
    name: 'a response of length 0 has no body',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.writeHead(200, { 'content-length': 0 }).end()
      })
      const sent = await world.ask(target)
      assert.deepEqual([sent.response?.body, sent.chunks], ['none', []])
    },
  },
  {
    name: 'responses to HEAD, and 204 and 304, have no body, and the connection stays',
    async run(world) {
      const { peer, target } = await world.peer(({ url = '' }, response) => {
        const status = Number(url.slice(1))
        response.writeHead(status, status === 204 ? {} : { 'content-length': 5 }).end()
      })
      for (const [method, path] of [
        ['HEAD', '/200'],
        ['GET', '/204'],
        ['GET', '/304'],
        ['HEAD', '/404'],
      ] as const) {
        const sent = await world.ask(target, { method, path })
        const told = [sent.response?.status, sent.response?.body, sent.chunks]
        assert.deepEqual(told, [Number(path.slice(1)), 'none', []])
      }
      assert.equal(peer.connections, 1)
    },
  },
  {
    name: 'repeated fields keep their values and their order, both ways',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        response.setHeader('set-cookie', ['a=1; Path=/', 'b=2', 'a=3'])
        response.setHeader('x-seen', valuesOf(request.rawHeaders, 'x-list'))
        response.setHeader('x-cookies', valuesOf(request.rawHeaders, 'cookie'))
        response.end()
      })
      const lists = ['X-List', 'b', 'X-Other', 'o', 'X-List', 'a, c', 'X-List', '']
      const sent = await world.ask(target, {
        fields: ['Host', 'h', ...lists, 'Cookie', 'a=1; b=2'],
      })
      const { fields } = await sent.head()
      assert.deepEqual(valuesOf(fields, 'set-cookie'), ['a=1; Path=/', 'b=2', 'a=3'])
      assert.deepEqual(valuesOf(fields, 'x-seen'), ['b', 'a, c', ''])
      assert.deepEqual(valuesOf(fields, 'x-cookies'), ['a=1; b=2'])
    },
  },
  {
    name: 'bytes from 0x80 up survive in fields, both ways',
    async run(world) {
      const { target } = await world.peer((request, response) => {
        response.setHeader('x-seen', request.headers['x-bytes'] ?? '')
        response.end()
      })
      const bytes = 'caf\xe9 \x80\xff'
      const sent = await world.ask(target, { fields: ['Host', 'h', 'X-Bytes', bytes] })
      assert.deepEqual(valuesOf((await sent.head()).fields, 'x-seen'), [bytes])
    },
  },
  {
    name: 'the target sees its own name, and the path byte for byte',
    async run(world) {
      const { peer, target } = await world.peer(({ headers }, response) => {
        response.end(headers.host ?? headers[':authority'])
      })
      for (const path of PATHS) {
        const sent = await world.ask(target, { path, fields: ['Host', 'target.test:81'] })
        assert.equal(String(sent.body), 'target.test:81')
      }
      assert.deepEqual(
        peer.requests,
        PATHS.map((path) => `GET ${path}`),
      )
    },
  },
  {
    name: 'methods reach the target as they are',
    async run(world) {
      const { peer, target } = await world.peer(echo)
      const methods = ['OPTIONS', 'DELETE', 'POST', 'PATCH', 'PROPFIND', 'REPORT', 'TRACE']
      for (const method of methods) await world.ask(target, { method })
      assert.deepEqual(
        peer.requests,
        methods.map((method) => `${method} /`),
      )
    },
  },
  {
    name: 'a 503 is the answer, and asked for once',
    async run(world) {
      const { peer, target } = await world.peer((_, response) => {
        response.writeHead(503, { 'retry-after': '0' }).end('no')
      })
      const sent = await world.ask(target)
      assert.deepEqual([sent.response?.status, String(sent.body)], [503, 'no'])
      await calm()
      assert.equal(peer.requests.length, 1)
    },
  },
  {
    name: 'informational responses come before the final one',
    async run(world) {
      const { target } = await world.peer((_, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' })
        response.end('ok')
      })
      const sent = await world.ask(target)
      const [hints, ...others] = sent.informational
      assert.deepEqual([hints?.status, others], [103, []])
      assert.deepEqual(valuesOf(hints?.fields ?? [], 'link'), ['</style.css>; rel=preload'])
    },
  },
  {
    name: 'parallel exchanges get their own answers',
    async run(world) {
      const { target } = await world.peer(({ url }, response) => {
        setImmediate(() => response.end(url))
      })
      const paths = Array.from({ length: 60 }, (_, at) => `/${at}`)
      const bodies = paths.map(async (path) => String((await world.ask(target, { path })).body))
      assert.deepEqual(await Promise.all(bodies), paths)
    },
  },
]
