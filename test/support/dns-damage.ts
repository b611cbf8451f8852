import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { encode } from 'dns-packet'
import { opt, queryOf } from '../faces/dns/world.js'
import { pick } from './seeded.js'

const BATCH = 50
const DEADLINE_MS = 10_000
/** The id of the queries that are whole. */
const WHOLE = 0xffff

const SEEDS: readonly Buffer[] = [
  queryOf('www.ha.test'),
  queryOf('WWW.ha.test', 'AAAA', opt()),
  queryOf('_why.www.ha.test', 'TXT', opt({ options: [{ code: 10, data: Buffer.alloc(8) }] })),
  queryOf('elsewhere.test', 'MX', { flags: 0x0100 }),
  queryOf('ha.test', 'SOA', { flags: 4 << 11 }),
  encode({
    type: 'query',
    questions: [{ type: 'IXFR', name: 'ha.test' }],
    authorities: [{ type: 'A', name: 'ha.test', data: '192.0.2.1' }],
  }),
]

/** A query with up to five places damaged: bytes changed, cut, put in, repeated, pointers and counts made up. */
export function damagedQuery(random: () => number): Buffer {
  let message = Buffer.from(pick(random, SEEDS))
  const place = (): number => Math.floor(random() * (message.length + 1))
  for (let change = 0; change < 1 + random() * 5; change++) {
    const at = place()
    const kind = Math.floor(random() * 6)
    if (kind === 0) message = message.subarray(0, at)
    else if (kind === 1) message = Buffer.concat([message, message.subarray(at)])
    else if (kind === 2 && at + 2 <= message.length) message.writeUInt16BE(0xc000 + place(), at)
    else if (kind === 3 && message.length >= 12)
      message.writeUInt16BE(Math.floor(random() * 4), 4 + 2 * Math.floor(random() * 4))
    else if (at < message.length) message[at] = Math.floor(random() * 256)
  }
  return Buffer.from(message.subarray(0, 4096))
}

/** What became of damaged queries. */
export interface Damage {
  readonly answered: number
  /** Replies that no server may send. */
  readonly odd: readonly string[]
}

/**
 * Sends so many damaged queries to a port of 127.0.0.1, and a whole one after each few of them.
 * @throws Error when a whole one is not answered
 */
export async function sendDamaged(
  port: number,
  count: number,
  random: () => number,
): Promise<Damage> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  let answered = 0
  const odd: string[] = []
  let isAnswered: () => void = () => undefined
  socket.on('message', (reply) => {
    if (reply.length < 12 || (reply[2] ?? 0) < 0x80) odd.push(reply.toString('hex'))
    else if (reply.readUInt16BE(0) === WHOLE) isAnswered()
    else answered++
  })
  try {
    for (let sent = 0; sent < count; sent += BATCH) {
      for (let nth = 0; nth < BATCH; nth++) socket.send(damagedQuery(random), port, '127.0.0.1')
      await askWhole(socket, port, (told) => (isAnswered = told))
    }
  } finally {
    socket.close()
  }
  return { answered, odd }
}

function askWhole(socket: Socket, port: number, onTold: (told: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error('not answered any more')), DEADLINE_MS)
    onTold(() => {
      clearTimeout(deadline)
      resolve()
    })
    socket.send(queryOf('www.ha.test', 'A', { id: WHOLE }), port, '127.0.0.1')
  })
}
