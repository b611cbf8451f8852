import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'tap'
import type { Question } from '../../../src/faces/dns/message.js'
import { Resolution, type Recursion } from '../../../src/faces/dns/recursion.js'
import { IDLE_MS } from '../../../src/faces/dns/tcp-client.js'
import { MOST_CONNECTIONS_PER_CLIENT } from '../../../src/faces/dns/tcp-server.js'
import { askByUdp, letGo, listen, portOf, startFace, TcpAsker } from './serving.js'
import { dnsSettings, queryOf, recordOf, World, type Reply } from './world.js'

const WWW = queryOf('www.ha.test')
const SIXTY = Array.from({ length: 60 }, (_, nth) => `10.9.0.${nth + 1}`)

function newWorld(recursion?: Recursion): World {
  return new World({ records: [recordOf('www'), recordOf('big', 0)] }, recursion).take({
    www: { targets: ['127.0.0.11', '127.0.0.12'] },
    big: { targets: SIXTY },
  })
}

function ids(replies: readonly Reply[]): readonly number[] {
  return replies.map(({ id = -1 }) => id)
}

test('The same is answered over UDP and over TCP, at one port', async (t) => {
  const listener = await listen(t, newWorld())
  const [byUdp] = await askByUdp(portOf(listener), [WWW])
  const asker = await TcpAsker.connect(t, portOf(listener))
  asker.socket.write(TcpAsker.frame(WWW))
  const [byTcp] = await asker.receive(1)
  t.match(byUdp, { rcode: 'NOERROR', data: ['127.0.0.11'] })
  t.match(byTcp, { rcode: 'NOERROR', data: ['127.0.0.12'] })
})

test('A query is answered with one datagram, and what is none with no datagram', async (t) => {
  const listener = await listen(t, newWorld())
  const silent = [Buffer.alloc(11), Buffer.alloc(0), queryOf('a.test', 'A', { type: 'response' })]
  const messages = [...silent, WWW, queryOf('nope.ha.test', 'A', { id: 8 }), ...silent]
  const last = queryOf('ha.test', 'SOA', { id: 9 })
  t.same(ids(await askByUdp(portOf(listener), [...messages, last], 3)), [7, 8, 9])
})

test('Queries that come together are all answered, and so is one that comes byte by byte', async (t) => {
  const listener = await listen(t, newWorld())
  const asker = await TcpAsker.connect(t, portOf(listener))
  asker.socket.setNoDelay(true)
  const frames = [1, 2, 3, 4].map((id) => TcpAsker.frame(queryOf('www.ha.test', 'A', { id })))
  asker.socket.write(Buffer.concat(frames))
  t.same(ids(await asker.receive(4)), [1, 2, 3, 4])
  for (const byte of TcpAsker.frame(queryOf('www.ha.test', 'A', { id: 5 })))
    await new Promise((resolve) => asker.socket.write(Buffer.from([byte]), resolve))
  t.same(ids(await asker.receive(5)), [1, 2, 3, 4, 5])
})

/** Answers when a test says so. */
class SlowRecursion implements Recursion {
  private readonly waiting: (() => void)[] = []
  private readonly asked: (() => void)[] = []

  cached(): undefined {
    return undefined
  }

  resolve({ bytes }: Question): Promise<Resolution> {
    const question = Buffer.from(bytes)
    const header = Buffer.from([0, 0, 0x80, 0x80, 0, 1, 0, 0, 0, 0, 0, 0])
    const message = Buffer.concat([header, question])
    for (const told of this.asked.splice(0)) told()
    return new Promise((resolve) => {
      this.waiting.push(() => resolve(new Resolution(message, undefined)))
    })
  }

  /** Resolves with the next question. */
  next(): Promise<void> {
    return new Promise((resolve) => this.asked.push(resolve))
  }

  answer(): void {
    for (const answer of this.waiting.splice(0)) answer()
  }
}

const SLOW = queryOf('slow.test', 'A', { id: 1, flags: 0x0100 })

test('An answer that takes long holds up no other', async (t) => {
  const recursion = new SlowRecursion()
  const listener = await listen(t, newWorld(recursion))
  const asker = await TcpAsker.connect(t, portOf(listener))
  asker.socket.write(Buffer.concat([SLOW, WWW].map((each) => TcpAsker.frame(each))))
  t.same(ids(await asker.receive(1)), [7])
  recursion.answer()
  t.same(ids(await asker.receive(2)), [7, 1])
})

test('A connection over which no whole query comes is closed in time', async (t) => {
  const world = newWorld()
  const listener = await listen(t, world)
  const [quiet, dribbling, busy] = [
    await TcpAsker.connect(t, portOf(listener)),
    await TcpAsker.connect(t, portOf(listener)),
    await TcpAsker.connect(t, portOf(listener)),
  ]
  busy.socket.write(TcpAsker.frame(WWW))
  await busy.receive(1)
  dribbling.socket.write(Buffer.from([0]))
  world.clock.advance(IDLE_MS / 2)
  dribbling.socket.write(Buffer.from([30, 1, 2]))
  busy.socket.write(TcpAsker.frame(WWW))
  await busy.receive(2)
  world.clock.advance(IDLE_MS / 2)
  await quiet.closed()
  await dribbling.closed()
  t.notOk(busy.isClosed)
  world.clock.advance(IDLE_MS / 2)
  await busy.closed()
  t.equal(world.clock.timers, 0)
})

test('What is no query over TCP ends the connection', async (t) => {
  const listener = await listen(t, newWorld())
  for (const message of [Buffer.alloc(0), queryOf('a.test', 'A', { type: 'response' })]) {
    const asker = await TcpAsker.connect(t, portOf(listener))
    asker.socket.write(TcpAsker.frame(message))
    await asker.closed()
    t.same(asker.replies, [])
  }
})

test('One client has no more than its share of the connections', async (t) => {
  const world = newWorld()
  const listener = await listen(t, world)
  const askers: TcpAsker[] = []
  for (let nth = 0; nth < MOST_CONNECTIONS_PER_CLIENT; nth++)
    askers.push(await TcpAsker.connect(t, portOf(listener)))
  const [first] = askers
  first?.socket.write(TcpAsker.frame(WWW))
  await first?.receive(1)
  const surplus = await TcpAsker.connect(t, portOf(listener))
  await surplus.closed()
  t.equal(world.traffic.tcpConnections, MOST_CONNECTIONS_PER_CLIENT)
  t.same(
    world.traffic.take()?.additions.filter(([count]) => count === 'refusedConnections'),
    [['refusedConnections', ['client'], 1]],
  )
  first?.socket.destroy()
  for (const asker of askers.slice(1, 3)) {
    asker.socket.write(TcpAsker.frame(WWW))
    await asker.receive(1)
  }
  const next = await TcpAsker.connect(t, portOf(listener))
  next.socket.write(TcpAsker.frame(WWW))
  t.equal((await next.receive(1)).length, 1)
})

test('A client that does not read is no longer read from, and harms nobody', async (t) => {
  const world = newWorld()
  const listener = await listen(t, world)
  const greedy = await TcpAsker.connect(t, portOf(listener))
  greedy.socket.pause()
  const many = Buffer.concat(
    Array.from({ length: 10_000 }, () => TcpAsker.frame(queryOf('big.ha.test'))),
  )
  const isStuck = (): boolean => greedy.socket.writableLength > 0
  for (let nth = 0; nth < 100 && !isStuck(); nth++) {
    greedy.socket.write(many)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  t.ok(isStuck(), 'its queries are not taken any more')
  const other = await TcpAsker.connect(t, portOf(listener))
  other.socket.write(TcpAsker.frame(WWW))
  t.equal((await other.receive(1)).length, 1)
  world.clock.advance(IDLE_MS)
  greedy.socket.resume()
  await greedy.closed()
})

test('A client that has asked all it wants, and says so, gets every answer', async (t) => {
  const recursion = new SlowRecursion()
  const listener = await listen(t, newWorld(recursion))
  const asker = await TcpAsker.connect(t, portOf(listener))
  const asked = recursion.next()
  const finished = once(asker.socket, 'finish')
  asker.socket.end(TcpAsker.frame(SLOW))
  await Promise.all([asked, finished])
  recursion.answer()
  await asker.closed()
  t.same(ids(asker.replies), [1])
})

test('What was asked before an address is let go is still answered', async (t) => {
  const recursion = new SlowRecursion()
  const listener = await listen(t, newWorld(recursion))
  const port = portOf(listener)
  const asker = await TcpAsker.connect(t, port)
  let asked = recursion.next()
  asker.socket.write(TcpAsker.frame(SLOW))
  await asked
  asked = recursion.next()
  const byUdp = askByUdp(port, [SLOW])
  await asked
  const drained = letGo(listener, new AbortController().signal)
  recursion.answer()
  t.same(ids(await byUdp), [1])
  t.same(ids(await asker.receive(1)), [1])
  asker.socket.end()
  await drained
})

test('An address is let go at once when there is no time', async (t) => {
  const recursion = new SlowRecursion()
  const listener = await listen(t, newWorld(recursion))
  const asker = await TcpAsker.connect(t, portOf(listener))
  const asked = recursion.next()
  asker.socket.write(TcpAsker.frame(SLOW))
  await asked
  const patience = new AbortController()
  const drained = letGo(listener, patience.signal)
  patience.abort()
  await drained
  await asker.closed()
  recursion.answer()
})

test('An address that somebody else has, for UDP or for TCP, is told', async (t) => {
  const world = newWorld()
  const tcp = createServer().listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  t.teardown(() => tcp.close())
  const bound = tcp.address()
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0
  const settings = dnsSettings({ port })
  const failure = {
    code: 'LISTEN_FAILED',
    message: /Cannot listen on 127\.0\.0\.1:\d+ for DNS: .*EADDRINUSE/,
  }
  await t.rejects(startFace(t, world, settings), failure)
  const udp = createSocket('udp4')
  t.teardown(() => udp.close())
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  await t.rejects(startFace(t, world, settings), failure, 'UDP was let go before')
})

test('Other settings are taken over at the same address without a pause, or at another one', async (t) => {
  const world = newWorld()
  const settings = dnsSettings({ records: [recordOf('www')] })
  const face = await startFace(t, world, settings)
  const port = portOf(face)
  const never = new AbortController().signal
  const asker = await TcpAsker.connect(t, port)
  const renamed = { ...settings, records: [{ ...recordOf('www'), name: 'web.ha.test' }] }
  await face.take(renamed, await face.bind(renamed), never)
  t.equal(portOf(face), port)
  const rcodes = (await askByUdp(port, [WWW, queryOf('web.ha.test')])).map(({ rcode }) => rcode)
  t.same(rcodes, ['NXDOMAIN', 'NOERROR'])
  const moved = { ...settings, host: '127.0.0.2' }
  const taken = face.take(moved, await face.bind(moved), never)
  await asker.closed()
  await taken
  await t.rejects(TcpAsker.connect(t, port), { code: 'ECONNREFUSED' })
  t.match(face.address, /^127\.0\.0\.2:\d+$/)
})
