import assert from 'node:assert/strict'
import type { BodyFraming, FlatFields } from '../../../src/faces/proxy/transport/transport.js'
import type { Sent } from './sent.js'
import type { Case } from './world.js'

/** What a target sends, and what the caller must be told of it. */
interface ResponseCase {
  readonly name: string
  readonly wire: string
  readonly method?: string
  /** The target closes after it. */
  readonly ends?: boolean
  readonly status?: number
  readonly reason?: string
  readonly fields: FlatFields
  readonly framing: BodyFraming
  readonly body: string
  readonly trailers?: FlatFields
  readonly informational?: readonly { readonly status: number; readonly fields: FlatFields }[]
}

const EMPTY = { framing: 'none', body: '' } as const
const CHUNKED = ['Transfer-Encoding', 'chunked']

const RESPONSES: readonly ResponseCase[] = [
  {
    name: 'a body by length',
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    fields: ['Content-Length', '5'],
    framing: 5,
    body: 'hello',
  },
  {
    name: 'a body in chunks, with extensions, leading zeros and both cases of hex',
    wire:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '0A;a=b;c="d"\r\n0123456789\r\nb\r\nhello world\r\n000\r\n\r\n',
    fields: CHUNKED,
    framing: 'chunked',
    body: '0123456789hello world',
  },
  {
    name: 'an empty body in chunks',
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    fields: CHUNKED,
    framing: 'chunked',
    body: '',
  },
  {
    name: 'trailers, in order and with their case',
    wire:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '5\r\nhello\r\n0\r\nX-Sum: 1\r\nx-sum: \xe9\r\n\r\n',
    fields: CHUNKED,
    framing: 'chunked',
    body: 'hello',
    trailers: ['X-Sum', '1', 'x-sum', '\xe9'],
  },
  {
    name: 'a body until the connection closes',
    wire: 'HTTP/1.1 200 OK\r\n\r\nhello',
    ends: true,
    fields: [],
    framing: 'chunked',
    body: 'hello',
  },
  {
    name: 'HTTP/1.0',
    wire: 'HTTP/1.0 200 OK\r\nServer: old\r\n\r\nhello',
    ends: true,
    fields: ['Server', 'old'],
    framing: 'chunked',
    body: 'hello',
  },
  {
    name: 'length 0',
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    fields: ['Content-Length', '0'],
    ...EMPTY,
  },
  {
    name: 'HEAD with a length',
    method: 'HEAD',
    wire: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    fields: ['Content-Length', '5'],
    ...EMPTY,
  },
  {
    name: 'HEAD of something chunked',
    method: 'HEAD',
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    fields: CHUNKED,
    ...EMPTY,
  },
  {
    name: '204 with a length',
    wire: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
    status: 204,
    reason: 'No Content',
    fields: ['Content-Length', '5'],
    ...EMPTY,
  },
  {
    name: '304 with a length',
    wire: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
    status: 304,
    reason: 'Not Modified',
    fields: ['Content-Length', '5'],
    ...EMPTY,
  },
  {
    name: '100 and 103 before the final response',
    wire:
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    fields: ['Content-Length', '2'],
    framing: 2,
    body: 'ok',
    informational: [
      { status: 100, fields: [] },
      { status: 103, fields: ['Link', '</a>', 'Link', '</b>'] },
    ],
  },
  {
    name: 'fields with their case, order, repeats and bytes, without the blanks around',
    wire:
      'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nx-A:\t b  c \t\r\nset-cookie: \x80\xff\r\nEmpty:\r\n' +
      'X-a:d\r\nContent-Length: 0\r\n\r\n',
    fields: [
      ...['Set-Cookie', 'a=1', 'x-A', 'b  c', 'set-cookie', '\x80\xff', 'Empty', ''],
      ...['X-a', 'd', 'Content-Length', '0'],
    ],
    ...EMPTY,
  },
  {
    name: 'a reason of any bytes, or an empty one',
    wire: 'HTTP/1.1 404 Caf\xe9 \t closed\r\nContent-Length: 0\r\n\r\n',
    status: 404,
    reason: 'Caf\xe9 \t closed',
    fields: ['Content-Length', '0'],
    ...EMPTY,
  },
  {
    name: 'a status line that ends after the status',
    wire: 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
    reason: '',
    fields: ['Content-Length', '0'],
    ...EMPTY,
  },
  {
    name: 'a status that nobody knows',
    wire: 'HTTP/1.1 599 What\r\nContent-Length: 0\r\n\r\n',
    status: 599,
    reason: 'What',
    fields: ['Content-Length', '0'],
    ...EMPTY,
  },
  {
    name: 'a status beyond those that HTTP knows',
    wire: 'HTTP/1.1 799 What\r\nContent-Length: 0\r\n\r\n',
    status: 799,
    reason: 'What',
    fields: ['Content-Length', '0'],
    ...EMPTY,
  },
  {
    name: 'more fields than anybody counts',
    wire: `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(2500)}Content-Length: 0\r\n\r\n`,
    fields: [...Array.from({ length: 2500 }, () => ['a', 'b']).flat(), 'Content-Length', '0'],
    ...EMPTY,
  },
]

function assertTold(sent: Sent, expected: ResponseCase): void {
  const {
    status = 200,
    reason = 'OK',
    fields,
    framing,
    trailers = [],
    informational = [],
  } = expected
  assert.deepEqual(sent.response, { status, reason, fields, body: framing })
  assert.equal(sent.body.toString('latin1'), expected.body)
  assert.deepEqual(sent.trailers, trailers)
  assert.deepEqual(sent.informational, informational)
}

/** HTTP/1.1 responses that must be understood, whole and a byte at a time. */
export const RESPONSE_CASES: readonly Case[] = RESPONSES.map((expected) => ({
  name: `a response: ${expected.name}`,
  async run(world) {
    const { wire, method = 'GET', ends = false } = expected
    const { target } = await world.rawTarget(async (connection) => {
      await connection.request()
      const whole = connection.number === 1 || wire.length > 1000
      await connection.send(...(whole ? [wire] : Array.from(wire)))
      if (ends) connection.end()
    })
    for (const freshConnection of [false, true]) {
      assertTold(await world.ask(target, { method, freshConnection }), expected)
    }
  },
}))
