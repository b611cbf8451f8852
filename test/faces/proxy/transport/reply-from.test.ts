import t from 'tap'
import { ManualClock } from '../../../support/clock.js'
import { World } from '../../../support/transport-conformance/world.js'
import { ReplyFromTransport } from '../../../../src/faces/proxy/transport/reply-from.js'
import {
  http2Conformance,
  transportConformance,
  type CreateTransport,
  type Exceptions,
} from '../../../support/transport-conformance.js'

// Two versions of HTTP, each with and without TLS: on a busy machine more than the usual half minute.
t.setTimeout(120_000)

const create: CreateTransport = ({ maxHeadBytes }) => new ReplyFromTransport({ maxHeadBytes })

/** What reply-from does not do with HTTP/1.1 targets. */
export const HTTP1_EXCEPTIONS: Exceptions = {
  'a connection is dropped after a response with bytes after its end':
    "Node's parser keeps to itself that another message has begun; its rest will be an error",
  'a connection is dropped after a response with bytes after its last chunk':
    "Node's parser skips empty lines after a message",
  'a malformed response: an empty line before the status line':
    "Node's parser skips empty lines before a message; they are no part of the response",
  'a response: a status beyond those that HTTP knows':
    'Fastify refuses statuses over 599, so that the exchange ends with TRANSPORT_UNSUPPORTED',
  'the next exchange may begin as soon as the last has ended, from within its last call':
    "Node's agent takes a connection back a tick later, so that a further one is opened",
}

/** What reply-from does not do with HTTP/2 targets. */
export const HTTP2_EXCEPTIONS: Exceptions = {
  'a stream reset without an error inside the body is RESPONSE_INCOMPLETE':
    'node:http2 ends such a stream like a complete one; if the length is known, it is compared',
}

/** Requests that Node refuses to send, and why. */
const REFUSED = [
  { scheme: 'http', why: 'a byte that no field may have', fields: ['X-A', 'a\nb'], trailers: [] },
  { scheme: 'http', why: 'such a byte in a trailer', fields: [], trailers: ['X-A', 'a\nb'] },
  {
    scheme: 'h2c',
    why: 'a trailer twice that is to be there once',
    fields: [],
    trailers: ['Content-Type', 'a/b', 'Content-Type', 'a/b'],
  },
] as const

for (const { scheme, why, fields, trailers } of REFUSED) {
  void t.test(`over ${scheme}, a request with ${why} is TRANSPORT_UNSUPPORTED`, async (t) => {
    const world = new World(create({ maxHeadBytes: 16_384, clock: new ManualClock() }), scheme)
    t.teardown(() => world.close())
    let aborted = 0
    const { peer, target } = await world.peer((request) => {
      request.on('aborted', () => aborted++).resume()
    })
    const request = { method: 'POST', body: 'chunked', fields: ['Host', 'h', ...fields] } as const
    const sent = world.send(target, request)
    sent.onStep = (step) => {
      if (step === 'ready') sent.exchange.end(trailers)
    }
    await sent.failed('TRANSPORT_UNSUPPORTED')
    await world.finish()
    t.equal(aborted, peer.requests.length)
  })
}

transportConformance(t, 'reply-from', create, HTTP1_EXCEPTIONS)
http2Conformance(t, 'reply-from', create, HTTP2_EXCEPTIONS)
