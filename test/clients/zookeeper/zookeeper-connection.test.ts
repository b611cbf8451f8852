import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type Test } from 'tap'
import { getData, getChildren } from '../../../src/clients/zookeeper/requests.js'
import {
  NO_TICKET,
  ZookeeperConnection,
} from '../../../src/clients/zookeeper/zookeeper-connection.js'
import { systemClock } from '../../../src/runtime/system-clock.js'

const SESSION = 0x1234n
const GREETING = 45

function message(...pieces: readonly Buffer[]): Buffer {
  const body = Buffer.concat(pieces)
  return Buffer.concat([int(body.length), body])
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

const WELCOME = message(int(0), int(4000), long(SESSION), int(16), Buffer.alloc(16), Buffer.of(0))

function reply(id: number, ...rest: readonly Buffer[]): Buffer {
  return message(int(id), long(7n), int(0), ...rest)
}

/** A server that welcomes everybody, and then does as it is told with the first request. */
async function serverThat(
  t: Test,
  answer: (socket: Socket) => void,
  welcome = WELCOME,
): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let received = 0
    socket.on('data', ({ length }) => {
      if (received === 0) socket.write(welcome)
      // A ping follows at once, which is 12 bytes long.
      if (received <= GREETING + 4 + 12 && received + length > GREETING + 4 + 12) answer(socket)
      received += length
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function open(port: number, signal = AbortSignal.timeout(5000)): Promise<ZookeeperConnection> {
  const options = { host: '127.0.0.1', port, ticket: NO_TICKET, lastZxid: 0n, login: undefined }
  return ZookeeperConnection.open(
    { ...options, sessionTimeoutMs: 4000, clock: systemClock, onEvent: () => {} },
    signal,
  )
}

test('Answers that come in pieces of one byte are whole answers', async (t) => {
  const data = reply(1, int(2), Buffer.from('ok'), Buffer.alloc(32), int(3), Buffer.alloc(32))
  const names = reply(2, int(2), int(1), Buffer.from('a'), int(1), Buffer.from('b'))
  const port = await serverThat(t, (socket) => {
    socket.setNoDelay()
    for (const byte of Buffer.concat([data, names])) socket.write(Buffer.of(byte))
  })
  const connection = await open(port)
  const both = [connection.ask(getData('/a', false)), connection.ask(getChildren('/a', false))]
  t.match(await Promise.all(both), [{ data: Buffer.from('ok'), version: 3 }, ['a', 'b']])
  connection.close()
})

test('What is no answer ends the connection, and nothing else', async (t) => {
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    [
      'another protocol',
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /is this a ZooKeeper server/,
    ],
    ['a negative length', int(-1), /malformed/],
    ['an answer to nothing', reply(9), /an answer to 9, which was not its turn/],
    ['an answer that is cut short', reply(1), /malformed/],
    [
      'a length that leads out of it',
      reply(1, int(1000), Buffer.alloc(8)),
      /leads out of the message/,
    ],
    ['an event without a path', message(int(-1), long(0n), int(0)), /malformed/],
    ['an empty message', int(0), /malformed/],
  ]
  for (const [name, bytes, words] of cases) {
    const port = await serverThat(t, (socket) => void socket.write(bytes))
    const connection = await open(port)
    await t.rejects(
      connection.ask(getData('/', false)),
      { name: 'ZookeeperError', reason: 'lost', message: words },
      name,
    )
    t.match(await connection.closed, { reason: 'lost' })
    t.notOk(connection.isOpen)
    await t.rejects(connection.ask(getData('/', false)), { name: 'ZookeeperError', reason: 'lost' })
  }
})

test('A connection that is not made says why', async (t) => {
  const closed = await serverThat(t, () => {})
  const cases: readonly (readonly [string, Buffer, object])[] = [
    [
      'the session is over',
      message(int(0), int(0), long(0n), int(16), Buffer.alloc(16)),
      { reason: 'expired' },
    ],
    ['a greeting that is none', message(int(0)), { reason: 'lost', message: /malformed/ }],
  ]
  for (const [name, welcome, error] of cases)
    await t.rejects(
      open(await serverThat(t, () => {}, welcome)),
      { name: 'ZookeeperError', ...error },
      name,
    )
  await t.rejects(open(closed, AbortSignal.abort()), {
    name: 'ZookeeperError',
    reason: 'lost',
    message: `ZooKeeper: 127.0.0.1:${closed} did not answer in time`,
  })
  await t.rejects(open(1), { message: 'ZooKeeper: 127.0.0.1:1: connect refused' })
})
