import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { test, type Test } from 'tap'
import type { Random } from '../../../src/core/ports.js'
import { seeded } from '../../support/clock.js'
import { dial } from '../../support/raw.js'
import { RawTarget, type RawConnection } from '../../support/raw-target.js'
import { ruleOf, startFace, type Face } from './face.js'
import { MALFORMED } from './transport/wire/malformed-responses.js'
import { BROKEN_OFF, SWITCHES, VALID } from './transport/wire/valid-responses.js'

const ROUNDS = Number(process.env['ROUNDS'] ?? 40)
const SEED = Number(process.env['SEED'] ?? 1)
const CLIENTS = 12

const H = 'HTTP/1.1\r\nHost: h\r\n'
const CHUNKED = 'Transfer-Encoding: chunked\r\n'
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: chat\r\n'

/** What clients begin with, before it is damaged. */
const REQUESTS: readonly string[] = [
  `GET / ${H}\r\n`,
  `HEAD /a?b ${H}\r\n`,
  `DELETE / ${H}Content-Length: 0\r\n\r\n`,
  `PUT / ${H}Content-Length: 5\r\n\r\nhello`,
  `PUT / ${H}Content-Length: 500\r\n\r\nhello`,
  `POST / ${H}${CHUNKED}\r\n5\r\nhello\r\n0\r\n\r\n`,
  `POST / ${H}${CHUNKED}\r\n5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`,
  `POST / ${H}${CHUNKED}\r\n5\r\nhel`,
  `POST / ${H}${CHUNKED}\r\n0\r\n\r\n`,
  `POST / ${H}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
  `POST / ${H}Expect: 100-continue\r\n${CHUNKED}\r\n`,
  `POST / ${H}Expect: other\r\nContent-Length: 5\r\n\r\nhello`,
  `GET / ${H}Connection: close\r\n\r\n`,
  `GET / ${H}TE: trailers\r\nConnection: TE, X-A\r\nX-A: 1\r\n\r\n`,
  `GET / ${H}${UPGRADE}\r\n`,
  `GET / ${H}${UPGRADE}\r\nearly bytes\r\n\r\n`,
  `GET / ${H}${UPGRADE}Content-Length: 5\r\n\r\nhello`,
  `GET / ${H}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n`,
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi',
  `OPTIONS * ${H}\r\n`,
  'CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n',
  `GET http://h/a ${H}\r\n`,
  `GET /../a ${H}\r\n`,
  `POST / ${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  `POST / ${H}Content-Length: 5\r\n${CHUNKED}\r\n0\r\n\r\n`,
  `GET / ${H}X: ${'y'.repeat(20_000)}\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\r\n\r\n',
]

/** What targets answer, well or badly. */
const RESPONSES: readonly string[] = [VALID, MALFORMED, BROKEN_OFF, SWITCHES].flatMap((table) =>
  Object.values(table).map(({ wire }) => wire),
)

/** Bytes that mean something somewhere. */
const SPEAKING = Buffer.from('\r\n\0\t :;,0159afgx-+"\x7f\x80\xff\r\n\r\n', 'latin1')

/** Chance in the forms it is needed in. */
class Dice {
  private readonly random: Random

  constructor(seed: number) {
    this.random = seeded(seed)
  }

  upTo(limit: number): number {
    return Math.floor(this.random.next() * limit)
  }

  happens(probability: number): boolean {
    return this.random.next() < probability
  }

  of<T>(items: readonly T[]): T {
    // There are always some.
    return items[this.upTo(items.length)] as T
  }

  /** `bytes`, mostly as they are, else with some of them lost, repeated or replaced. */
  damaged(bytes: Buffer): Buffer {
    let result = bytes
    while (this.happens(0.3)) {
      const at = this.upTo(result.length)
      const rest = result.subarray(at + this.upTo(3))
      const other = SPEAKING.subarray(this.upTo(SPEAKING.length)).subarray(0, this.upTo(3))
      result = Buffer.concat([result.subarray(0, at), other, rest])
    }
    return result
  }

  /** `bytes` in some pieces. */
  cut(bytes: Buffer): Buffer[] {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length;) {
      const size = this.happens(0.5) ? bytes.length : 1 + this.upTo(100)
      pieces.push(bytes.subarray(at, at + size))
      at += size
    }
    return pieces
  }
}

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await turn()
}

async function write(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (!socket.writable) return
    socket.write(piece)
    await turn()
  }
}

/** Ends a connection in one of the ways there are. */
function leave(socket: Socket, dice: Dice): void {
  dice.of([() => socket.end(), () => socket.resetAndDestroy(), () => socket.destroy()])()
}

/** A client that sends something, and leaves at some time. */
async function misbehave(face: Face, dice: Dice): Promise<void> {
  const socket = connect({ port: face.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  if (dice.happens(0.8)) socket.resume()
  const requests = Array.from({ length: 1 + dice.upTo(4) }, () => dice.of(REQUESTS)).join('')
  await write(socket, dice.cut(dice.damaged(Buffer.from(requests, 'latin1'))))
  await turns(dice.upTo(30))
  leave(socket, dice)
  await turns(dice.upTo(10))
  socket.destroy()
}

/** A target that answers with the path it was asked for. */
async function echo(connection: RawConnection): Promise<void> {
  for (;;) {
    const [, path = ''] = (await connection.receive('\r\n\r\n')).split(' ')
    await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
  }
}

/** A target that answers anything. */
function answering(dice: Dice) {
  return async (connection: RawConnection): Promise<void> => {
    for (;;) {
      await connection.receive('\r\n\r\n')
      await turns(dice.upTo(5))
      if (dice.happens(0.1)) continue
      const response = dice.damaged(Buffer.from(dice.of(RESPONSES), 'latin1'))
      await connection.send(...dice.cut(response))
      if (dice.happens(0.2)) leave(connection.socket, dice)
    }
  }
}

/** A request that must be answered with its own answer, whatever goes on around it. */
async function isServed(t: Test, face: Face, number: number): Promise<boolean> {
  const client = await dial(t, face.port)
  const path = `/sentinel/${number}`
  const { status, body } = await client.ask(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
  client.socket.destroy()
  return status === 200 && String(body) === path
}

test('whatever clients and targets do, others are served and nothing is left behind', async (t) => {
  const dice = new Dice(SEED)
  const steady = await RawTarget.start(echo)
  t.teardown(() => steady.close())
  const rules = [ruleOf(), ruleOf({ number: 2, pathPrefix: '/sentinel', targetGroup: 'steady' })]
  const settings = { upgradeTimeoutMs: 200, maxBodySizeBytes: 400, rules }
  const group = { outlierFailures: 0 }
  const face = await startFace(t, answering(dice), { settings, group, others: { steady } })
  const warnings: unknown[] = []
  const warn = (warning: unknown) => warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))
  let served = 0
  for (let round = 0; round < ROUNDS; round++) {
    const clients = Array.from({ length: CLIENTS }, () => misbehave(face, dice))
    if (await isServed(t, face, round)) served++
    await Promise.all(clients)
    await face.elapse(dice.upTo(300))
  }
  t.equal(served, ROUNDS)
  t.ok(face.accesses.length > ROUNDS * 8, `${face.accesses.length} requests`)
  // Whoever is still waited for is given up within the longest of the limits, and a little more for a last answer.
  for (let seconds = 0; seconds < 130; seconds += 5) {
    await face.elapse(5000)
    await turns(5)
  }
  await face.deserted()
  await face.target.deserted()
  t.equal(face.inFlight, 0)
  t.strictSame(warnings, [])
})
