import assert from 'node:assert/strict'
import type { FlatFields } from '../../../src/faces/proxy/transport/transport.js'
import type { Message } from '../http-message.js'
import type { Case, Request } from './world.js'

/** Fields that belong to the connection: the transport writes them as it likes. */
const OWN_FIELDS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'transfer-encoding',
])
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

interface RequestCase {
  readonly name: string
  readonly request: Request
  readonly chunks?: readonly string[]
  readonly trailers?: FlatFields
  /** What the target must see; what is left out is what the request says. */
  readonly startLine?: string
  readonly framing?: Message['framing']
}

const FIELDS = [
  ...['Host', 'a.test', 'aCCept', '*/*', 'X-List', 'b', 'Cookie', 'a=1', 'x-list', 'a'],
  ...['X-Empty', '', 'X-Bytes', '\x80caf\xe9\xff', 'X-Long', 'x'.repeat(9000)],
]

const REQUESTS: readonly RequestCase[] = [
  { name: 'fields with their case, order, repeats and bytes', request: { fields: FIELDS } },
  {
    name: 'a path of any bytes but blanks and controls',
    request: { path: '/a%2F%zz//b;c/../.\\?x?y=%20&\xe9' },
    startLine: 'GET /a%2F%zz//b;c/../.\\?x?y=%20&\xe9 HTTP/1.1',
  },
  {
    name: 'an asterisk',
    request: { method: 'OPTIONS', path: '*' },
    startLine: 'OPTIONS * HTTP/1.1',
  },
  {
    name: 'a body by length',
    request: { method: 'POST', body: 5 },
    chunks: ['he', 'llo'],
    framing: 5,
  },
  { name: 'a body of length 0', request: { method: 'POST', body: 0 }, framing: 0 },
  { name: 'a POST without a body', request: { method: 'POST' }, framing: 0 },
  {
    name: 'a body in chunks',
    request: { method: 'POST', body: 'chunked' },
    chunks: ['he', '', 'llo'],
    framing: 'chunked',
  },
  {
    name: 'a body in chunks with trailers',
    request: { method: 'POST', body: 'chunked' },
    chunks: ['hello'],
    trailers: ['X-Sum', '1', 'x-SUM', '\xe9'],
    framing: 'chunked',
  },
  {
    name: 'GET with a body',
    request: { method: 'GET', body: 5 },
    chunks: ['hello'],
    framing: 5,
  },
]

/** The byte form of HTTP/1.1 requests. */
export const REQUEST_CASES: readonly Case[] = REQUESTS.map((expected) => ({
  name: `a request: ${expected.name}`,
  async run(world) {
    const { request, chunks = [], trailers = [] } = expected
    let seen: Message | undefined
    const { target } = await world.rawTarget(async (connection) => {
      seen = await connection.request()
      await connection.send(OK)
    })
    const sent = world.send(target, request)
    if (request.body !== undefined) {
      await sent.ready()
      await sent.writeAll(
        chunks.map((chunk) => Buffer.from(chunk)),
        trailers,
      )
    }
    await sent.ended()
    assert.ok(seen)
    const fields = seen.fields.filter(([name]) => !OWN_FIELDS.has(name.toLowerCase())).flat()
    assert.deepEqual(fields, request.fields ?? ['Host', 'target.test'])
    assert.equal(seen.startLine, expected.startLine ?? `${request.method ?? 'GET'} / HTTP/1.1`)
    assert.equal(seen.framing, expected.framing ?? 0)
    assert.equal(String(seen.body), chunks.join(''))
    assert.deepEqual(seen.trailers.flat(), trailers)
  },
}))
