import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { Breakage } from './switches.js'

/** A request that has been read to its end, and the answer it is due. */
export interface Exchange {
  readonly response: ServerResponse
  readonly socket: Socket
  readonly status: number
  readonly body: Buffer
  /** Wait between two bytes of a drip. */
  readonly dripMs: number
}

/** How many more bytes `wrong-length` announces than it sends. */
const MISSING_BYTES = 10
// libuv tells its user of an ordinary end when a reset comes together with the last bytes.
const RESET_PAUSE_MS = 20
const BODYLESS_STATUSES = new Set([204, 304])

/**
 * What goes out for each breakage, and for none (`whole`). Those that leave HTTP write to the
 * socket themselves: the response object would repair or refuse what they want to send.
 */
export const answers: Readonly<Record<Breakage | 'whole', (exchange: Exchange) => void>> = {
  whole: (exchange) => begin(exchange).end(exchange.body),
  'reset-before-head': ({ socket }) => socket.resetAndDestroy(),
  'half-head': ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'),
  'garbage-head': ({ socket }) => socket.end('220 this is not HTTP\r\n\r\n'),
  'never-answer': () => undefined,
  'reset-mid-body': ({ socket, status, body }) => {
    const half = body.subarray(0, body.length / 2)
    socket.write(Buffer.concat([head(status, body.length), half]))
    setTimeout(() => socket.resetAndDestroy(), RESET_PAUSE_MS)
  },
  'wrong-length': ({ socket, status, body }) =>
    socket.end(Buffer.concat([head(status, body.length + MISSING_BYTES), body])),
  'slow-drip': drip,
  'refuse-keep-alive': (exchange) => {
    exchange.response.setHeader('Connection', 'close')
    begin(exchange).end(exchange.body)
  },
  'silent-close': (exchange) => begin(exchange).end(exchange.body, () => exchange.socket.end()),
}

function begin({ response, status, body }: Exchange): ServerResponse {
  response.setHeader('Content-Type', 'application/json')
  if (!BODYLESS_STATUSES.has(status)) response.setHeader('Content-Length', body.length)
  return response.writeHead(status)
}

function head(status: number, lengthBytes: number): Buffer {
  return Buffer.from(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${lengthBytes}\r\n\r\n`,
  )
}

function drip(exchange: Exchange): void {
  const { response, body, dripMs } = exchange
  begin(exchange).flushHeaders()
  let sent = 0
  const timer = setInterval(() => {
    response.write(body.subarray(sent, ++sent))
    if (sent === body.length) response.end()
  }, dripMs)
  response.once('close', () => clearInterval(timer))
}
