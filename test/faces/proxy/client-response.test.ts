import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import http2, { type IncomingHttpHeaders } from 'node:http2'
import { createServer, type AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { TrustedPeers } from '../../../src/core/client-address.js'
import type { ServerReply, ServerRequest } from '../../../src/faces/proxy/client-message.js'
import { ClientResponse } from '../../../src/faces/proxy/client-response.js'
import { Deadlines } from '../../../src/faces/proxy/deadlines.js'
import { Http1Session } from '../../../src/faces/proxy/http1/http1-session.js'
import { Http2Reply } from '../../../src/faces/proxy/http2/http2-reply.js'
import { Http2Request } from '../../../src/faces/proxy/http2/http2-request.js'
import { Inbound } from '../../../src/faces/proxy/inbound.js'
import type { FlatFields, ResponseHead } from '../../../src/faces/proxy/transport/transport.js'
import { ManualClock } from '../../support/clock.js'
import { connectionFrom } from './received.js'

const TERMS = {
  isSecure: false,
  headersTimeoutMs: 1000,
  keepAliveTimeoutMs: 1000,
  keepAlive: 'timeout=1',
  maxHeadBytes: 16_384,
}

/** What a target said, as a transport tells it. */
interface Said extends Partial<ResponseHead> {
  readonly informational?: readonly (readonly [status: number, fields: FlatFields])[]
  readonly data?: string
  readonly trailers?: FlatFields
}

interface Got {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly informational: readonly IncomingHttpHeaders[]
  readonly body: string
  readonly trailers: Readonly<Record<string, unknown>>
}

function pass(response: ClientResponse, said: Said): void {
  const { informational = [], data, trailers = [], ...head } = said
  for (const [status, fields] of informational) response.writeInformational(status, fields)
  const body = data === undefined ? 'none' : 'chunked'
  response.writeHead({ status: 200, reason: '', fields: [], body, ...head }, false, undefined)
  if (data !== undefined) response.write(Buffer.from(data))
  response.end(trailers)
}

/** Answers every request with what `said`, and keeps what was thrown. */
function answering(said: Said, thrown: unknown[]) {
  return (asked: ServerRequest, reply: ServerReply): void => {
    const inbound = new Inbound(asked, connectionFrom('192.0.2.7'), new TrustedPeers([]))
    try {
      pass(new ClientResponse(reply, inbound), said)
    } catch (error) {
      thrown.push(error)
      reply.cut()
    }
  }
}

async function overHttp2(t: Test, said: Said): Promise<Got> {
  const thrown: unknown[] = []
  const answer = answering(said, thrown)
  const server = http2.createServer((asked, reply) =>
    answer(new Http2Request(asked), new Http2Reply(reply)),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Listening on TCP, the address is an AddressInfo.
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const stream = client.request({ ':path': '/' })
  const informational: IncomingHttpHeaders[] = []
  let headers: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  let body = ''
  stream.on('headers', (head) => informational.push(head))
  stream.on('response', (head) => (headers = head))
  stream.on('trailers', (fields: IncomingHttpHeaders) => (trailers = fields))
  stream.setEncoding('utf8').on('data', (text: string) => (body += text))
  await once(stream, 'close')
  client.destroy()
  server.close()
  t.strictSame(thrown, [], 'nothing is thrown')
  // Node's types leave out that the status is among them.
  const status = headers[':status'] as number | undefined
  return { status, headers, informational, body, trailers }
}

async function overHttp1(t: Test, said: Said): Promise<Got & { readonly raw: readonly string[] }> {
  const thrown: unknown[] = []
  const onRequest = answering(said, thrown)
  const deadlines = new Deadlines(new ManualClock())
  const terms = { ...TERMS, deadlines }
  const server = createServer((socket) => {
    new Http1Session(socket, terms, { onRequest, onRefused: () => undefined })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const asked = request({ port, host: '127.0.0.1', agent: false }).end()
  const informational: IncomingHttpHeaders[] = []
  asked.on('information', ({ headers }) => informational.push(headers))
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  let body = ''
  answer.setEncoding('utf8').on('data', (text: string) => (body += text))
  await once(answer, 'end')
  server.close()
  t.strictSame(thrown, [], 'nothing is thrown')
  const { statusCode: status, headers, trailers, rawHeaders: raw } = answer
  return { status, headers, informational, body, trailers, raw }
}

/** Fields that a target may send, however odd that is, and that some place in Node or in objects minds. */
const ODD_FIELDS: Readonly<Record<string, FlatFields>> = {
  'a name of objects': ['constructor', 'x', '__proto__', 'y', 'hasOwnProperty', 'z'],
  'such a name twice': ['constructor', 'x', 'Constructor', 'y', '__proto__', 'x', '__proto__', 'y'],
  'a field of the way to HTTP/2': ['HTTP2-Settings', 'AAMAAABkAAQ'],
  'fields of the connection': ['Keep-Alive', 'timeout=5', 'Proxy-Connection', 'x', 'TE', 'gzip'],
  'an Upgrade that was not asked for': ['Connection', 'Upgrade', 'Upgrade', 'h2c'],
  'Host twice': ['Host', 'a', 'Host', 'b'],
  'User-Agent twice': ['User-Agent', 'a', 'User-Agent', 'b'],
  'DNT twice': ['DNT', '1', 'dnt', '0'],
  'bytes from 0x80 up': ['X-A', '\xe9\xff'],
  'an empty value': ['X-A', '', 'X-A', ''],
}

test('no field of a target is too odd for a client of HTTP/2', async (t) => {
  for (const [name, fields] of Object.entries(ODD_FIELDS)) {
    await t.test(name, async (t) => {
      const informational = [[103, fields]] as const
      const got = await overHttp2(t, { fields, informational, data: 'ok', trailers: fields })
      t.equal(got.status, 200)
      t.equal(got.body, 'ok')
      t.equal(got.informational.length, 1)
      t.equal(got.headers.via, '1.1 pointsman')
    })
  }
})

test('no field of a target is too odd for a client of HTTP/1.1', async (t) => {
  for (const [name, fields] of Object.entries(ODD_FIELDS)) {
    await t.test(name, async (t) => {
      const informational = [[103, fields]] as const
      const got = await overHttp1(t, { fields, informational, data: 'ok', trailers: fields })
      t.equal(got.status, 200)
      t.equal(got.body, 'ok')
      t.equal(got.informational.length, 1)
      t.ok(got.raw.includes('Via'))
    })
  }
})

test('any field that HTTP/2 has a name for may come twice', async (t) => {
  const names = Object.entries(http2.constants).flatMap(([constant, name]) =>
    constant.startsWith('HTTP2_HEADER_') && typeof name === 'string' && !name.startsWith(':')
      ? [name]
      : [],
  )
  t.ok(names.length > 60)
  const twice = names.flatMap((name) => [name, 'a', name, 'b'])
  const got = await overHttp2(t, { fields: twice, data: 'ok', trailers: twice })
  t.equal(got.status, 200)
  t.equal(got.body, 'ok')
  t.equal(got.headers['server'], 'a, b', 'those that may be lists are kept')
  t.strictSame(got.headers['set-cookie'], ['a', 'b'])
  t.equal(got.headers['content-type'], 'a', 'of the others, the first')
  t.equal(got.trailers['x-frame-options'], 'a, b')
})

test('a status without a meaning is passed on to HTTP/1.1, and none that HTTP/2 cannot have is to it', async (t) => {
  t.equal((await overHttp1(t, { status: 999 })).status, 999)
  t.equal((await overHttp2(t, { status: 599 })).status, 599)
  const takes = (status: number) => Http2Reply.prototype.takes(status)
  t.strictSame([takes(599), takes(600)], [true, false])
})
