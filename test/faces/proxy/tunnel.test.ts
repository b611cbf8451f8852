import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { test, type Test } from 'tap'
import type { ErrorCode } from '../../../src/core/errors.js'
import { tunnel } from '../../../src/faces/proxy/tunnel.js'
import { RawClient } from '../../support/raw.js'

interface Ended {
  readonly code: ErrorCode | undefined
  readonly clientBytes: number
  readonly targetBytes: number
}

/** The two ends of one connection: `far` is who we speak to. */
async function pair(t: Test): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Listening on TCP, the address is an AddressInfo.
  const { port } = server.address() as AddressInfo
  const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const [near] = (await once(server, 'connection')) as [Socket]
  server.close()
  t.teardown(() => [near, far].forEach((socket) => socket.destroy()))
  return { near, far }
}

/** A tunnel between a client and a target, both in the test's hands. */
class Passage {
  readonly client: RawClient
  readonly target: RawClient
  readonly near: readonly [client: Socket, target: Socket]
  readonly endings: Ended[] = []

  constructor(client: Awaited<ReturnType<typeof pair>>, target: Awaited<ReturnType<typeof pair>>) {
    this.client = new RawClient(client.far)
    this.target = new RawClient(target.far)
    this.near = [client.near, target.near]
  }

  static async open(
    t: Test,
    { fields = ['Upgrade', 'chat'], early = '', idleMs = 60_000 } = {},
  ): Promise<Passage> {
    const passage = new Passage(await pair(t), await pair(t))
    const [client, socket] = passage.near
    const switched = { status: 101, fields, socket, early: Buffer.from(early, 'latin1') }
    tunnel(
      { socket: client, early: Buffer.alloc(0) },
      switched,
      idleMs,
      (code, clientBytes, targetBytes) => passage.endings.push({ code, clientBytes, targetBytes }),
    )
    return passage
  }

  /** Opens one, and reads the head of the 101 away. */
  static async begin(t: Test, options: { early?: string; idleMs?: number } = {}): Promise<Passage> {
    const passage = await Passage.open(t, options)
    await passage.client.response()
    return passage
  }

  /** How it ended, as soon as it has. */
  async ended(): Promise<Ended | undefined> {
    const deadline = performance.now() + 5000
    while (this.endings.length === 0 && performance.now() < deadline) await turn()
    return this.endings[0]
  }
}

test('the client gets the 101 of the target, without what concerns the other connection', async (t) => {
  const fields = [
    ...[
      'Sec-WebSocket-Accept',
      'x=',
      'Connection',
      'Upgrade, X-A',
      'X-A',
      '1',
      'upgrade',
      'chat/2',
    ],
    ...[
      'Keep-Alive',
      'timeout=5',
      'Content-Length',
      '5',
      'connection',
      'X-B',
      'X-B',
      '2',
      'X-C',
      '',
    ],
  ]
  const passage = await Passage.open(t, { fields })
  const { startLine, fields: told } = await passage.client.response()
  t.equal(startLine, 'HTTP/1.1 101 Switching Protocols')
  t.strictSame(told, [
    ['Sec-WebSocket-Accept', 'x='],
    ['X-C', ''],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'chat/2'],
    ['Via', '1.1 pointsman'],
  ])
})

test('bytes pass both ways, those that came early first', async (t) => {
  const passage = await Passage.begin(t, { early: 'early\0\r\n' })
  const { client, target } = passage
  target.send('later\xff')
  t.equal(await client.received('later\xff'), 'early\0\r\nlater\xff')
  client.send('GET / HTTP/1.1\r\n\r\n\xff')
  t.equal(await target.received('\xff'), 'GET / HTTP/1.1\r\n\r\n\xff')
  client.end()
  target.end()
  t.strictSame(await passage.ended(), { code: undefined, clientBytes: 19, targetBytes: 14 })
})

test('each side may end, and the other go on', async (t) => {
  for (const first of ['client', 'target'] as const) {
    const passage = await Passage.begin(t)
    const second = first === 'client' ? 'target' : 'client'
    passage[first].send('last').end()
    t.equal(await passage[second].rest(), 'last', `the ${second} sees the end`)
    passage[second].send('still here')
    t.equal(await passage[first].received('here'), 'still here', `the ${first} still hears`)
    t.strictSame(passage.endings, [])
    passage[second].end()
    t.equal(await passage[first].rest(), 'still here')
    t.equal((await passage.ended())?.code, undefined)
  }
})

test('a side that breaks off takes the other with it', async (t) => {
  const codes = { client: 'CLIENT_GONE', target: 'TARGET_CLOSED' } as const
  for (const first of ['client', 'target'] as const) {
    const passage = await Passage.begin(t)
    const second = first === 'client' ? 'target' : 'client'
    passage[first].send('cut')
    await passage[second].received('cut')
    passage[first].reset()
    await passage[second].rest()
    t.equal((await passage.ended())?.code, codes[first])
    t.ok(passage.near.every(({ destroyed }) => destroyed))
    t.equal(passage.endings.length, 1)
  }
})

test('what came before an end in order still arrives', async (t) => {
  const much = 'x'.repeat(3_000_000)
  for (const first of ['client', 'target'] as const) {
    const passage = await Passage.begin(t)
    const second = first === 'client' ? 'target' : 'client'
    passage[second].socket.pause()
    passage[first].send(much).end()
    passage[second].end()
    for (let turns = 0; turns < 50; turns++) await turn()
    passage[second].socket.resume()
    t.equal((await passage[second].rest()).length, much.length)
    t.equal((await passage.ended())?.code, undefined)
  }
})

test('a side that does not read halts the other', async (t) => {
  const passage = await Passage.begin(t)
  const { client, target, near } = passage
  target.socket.pause()
  client.send(Buffer.alloc(30_000_000))
  const [fromClient, toTarget] = near
  for (let turns = 0; turns < 500; turns++) await turn()
  t.ok(fromClient.bytesRead < 20_000_000, `${fromClient.bytesRead} bytes were read`)
  t.ok(toTarget.writableLength < 1_000_000, `${toTarget.writableLength} of them are kept`)
})

test('a tunnel in which nothing moves is cut', async (t) => {
  const passage = await Passage.begin(t, { idleMs: 50 })
  await passage.client.rest()
  await passage.target.rest()
  t.equal((await passage.ended())?.code, 'TUNNEL_IDLE')
  t.ok(passage.near.every(({ destroyed }) => destroyed))
})

test('a target that takes no more does not outlast a client that broke off', async (t) => {
  const passage = await Passage.begin(t)
  const { client, target, near } = passage
  target.socket.pause()
  // Small pieces, so that the tunnel goes on reading when nobody takes them any more.
  while (near[1].writableLength === 0) {
    client.send(Buffer.alloc(8192))
    await turn()
  }
  client.end()
  while (!near[0].readableEnded) await turn()
  client.socket.destroy()
  // The first is answered with a reset, which the second finds.
  while (!near[0].destroyed) {
    target.send('to nobody')
    await turn()
  }
  t.equal((await passage.ended())?.code, 'CLIENT_GONE')
  t.ok(near.every(({ destroyed }) => destroyed))
})

test('a target that takes no more does not outlast a client that ended for good', async (t) => {
  const passage = await Passage.begin(t, { idleMs: 200 })
  const { client, target, near } = passage
  target.socket.pause()
  target.end()
  await client.rest()
  while (near[1].writableLength === 0) {
    client.send(Buffer.alloc(8192))
    await turn()
  }
  client.end()
  t.equal((await passage.ended())?.code, 'TUNNEL_IDLE')
  t.ok(near.every(({ destroyed }) => destroyed))
})
