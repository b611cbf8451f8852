import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'tap'
import type { Test } from 'tap'
import { lendMemory, type TakeLent } from '../../../../src/faces/proxy/http1/lent-memory.js'
import { dial } from '../../../support/raw.js'
import { startFace } from '../face.js'

/** A client and the socket that a server accepted for it. */
async function accepted(
  t: Test,
): Promise<{ client: Socket; socket: Socket; closed: Promise<unknown> }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => client.destroy())
  const [socket] = (await once(server, 'connection')) as [Socket]
  const closed = once(server, 'close')
  server.close()
  return { client, socket, closed }
}

test('a socket reads into memory of ours, and is otherwise as it was', async (t) => {
  const { client, socket, closed } = await accepted(t)
  const taken: string[] = []
  const areas = new Set<ArrayBufferLike>()
  const own = lendMemory(socket, (bytes) => {
    areas.add(bytes.buffer)
    taken.push(String(bytes))
    return true
  })
  t.not(own, socket)
  t.equal(own.remoteAddress, '127.0.0.1')
  t.equal(own.remotePort, client.localPort)
  own.resume()
  for (const text of ['one', 'two', 'three']) {
    client.write(text)
    while (taken.at(-1) !== text) await new Promise((resolve) => setImmediate(resolve))
  }
  t.strictSame(taken, ['one', 'two', 'three'])
  t.equal(areas.size, 1, 'the same memory each time')
  client.end()
  await once(own, 'end')
  own.end('bye')
  const [answer] = (await once(client, 'data')) as [Buffer]
  t.equal(String(answer), 'bye')
  // The server waits for the sockets that it has made.
  await closed
  t.ok(socket.destroyed)
})

test('a server waits for a socket that took the place of its own', async (t) => {
  const { client, socket, closed } = await accepted(t)
  const own = lendMemory(socket, () => true)
  let isClosed = false
  void closed.then(() => (isClosed = true))
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
  t.notOk(isClosed)
  own.resume()
  own.on('error', () => undefined)
  client.resetAndDestroy()
  await new Promise((resolve) => own.once('close', resolve))
  await closed
  t.ok(isClosed)
})

test('where Node keeps its sockets in another way they are read as usual', async (t) => {
  const never: TakeLent = () => {
    throw new Error('nothing is lent')
  }
  const { client, socket } = await accepted(t)
  const inside = socket as { _handle?: unknown }
  const handle = inside._handle
  for (const other of [undefined, null, {}]) {
    inside._handle = other
    t.equal(lendMemory(socket, never), socket)
    t.equal(inside._handle, other, 'it is left alone')
  }
  inside._handle = handle
  client.write('text')
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  t.equal(String(bytes), 'text')
  socket.destroy()
})

const COUNT = 30

test('what many clients send at once is not mixed up', async (t) => {
  const face = await startFace(t, async (connection) => {
    for (;;) {
      const { startLine, body } = await connection.request()
      const answer = `${startLine.split(' ')[1] ?? ''} ${String(body)}`
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`)
    }
  })
  const clients = await Promise.all(Array.from({ length: COUNT }, () => dial(t, face.port)))
  await Promise.all(
    clients.map(async (client, n) => {
      const name = `client-${String(n).padStart(3, '0')}`
      const body = `${name} `.repeat(400)
      const text =
        `GET /${name}/first HTTP/1.1\r\nHost: h\r\nX-Long: ${name.repeat(100)}\r\n\r\n` +
        `POST /${name}/second HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
        `POST /${name}/third HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\nGET /${name}/fourth HTTP/1.1\r\nHost: h\r\n\r\n`
      void client.sendCut(text, 97 + n)
      for (const [path, expected] of [
        ['first', ''],
        ['second', body],
        ['third', body],
        ['fourth', ''],
      ] as const)
        t.equal(
          String((await client.response()).body),
          `/${name}/${path} ${expected}`,
          `${name} ${path}`,
        )
    }),
  )
})

/** More than the kernel holds between a client and a target that does not read. */
const MUCH = 16_000_000
const END = 'end of it'

const FRAMED = `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${MUCH + END.length}\r\n\r\n`
const UPGRADE = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'
const SWITCHED = 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

for (const [what, head, answer] of [
  ['a body', FRAMED, ''],
  ['what passes over an upgraded connection', UPGRADE, SWITCHED],
] as const)
  test(`${what} stays as it came while a target does not take it`, async (t) => {
    let goOn: () => void = () => undefined
    const until = new Promise<void>((resolve) => (goOn = resolve))
    const got: string[] = []
    const face = await startFace(t, async (connection) => {
      await connection.receive('\r\n\r\n')
      await connection.send(answer)
      connection.socket.pause()
      await until
      connection.socket.resume()
      got.push(await connection.receive(END))
    })
    const clients = await Promise.all([dial(t, face.port), dial(t, face.port)])
    for (const client of clients) client.send(head)
    for (const client of clients) if (answer !== '') await client.received('\r\n\r\n')
    await face.target.connection(2)
    clients.forEach((client, n) => client.send(`${n}`.repeat(MUCH) + END))
    for (let turns = 0; turns < 2000; turns++) await new Promise((resolve) => setImmediate(resolve))
    t.ok(
      clients.every(({ socket }) => socket.writableLength > 0),
      'the clients are halted',
    )
    goOn()
    await face.until(() => got.length === 2, 'all has come')
    const expected = clients.map((_, n) => `${n}`.repeat(MUCH) + END)
    t.ok(got.sort().every((text, n) => text === expected[n]))
  })
