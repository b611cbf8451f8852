import { test, type Test } from 'tap'
import { dial, type RawClient } from '../../support/raw.js'
import type { RawConnection } from '../../support/raw-target.js'
import { startFace, type Face } from './face.js'

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

interface Waiting {
  readonly face: Face
  readonly client: RawClient
  readonly target: RawConnection
}

/** A client that has sent `request` and FIN, and a target that has it and does not answer yet. */
async function waiting(t: Test, request = GET): Promise<Waiting> {
  const face = await startFace(t, () => undefined)
  const client = await dial(t, face.port)
  client.send(request)
  const target = await face.target.connection(1)
  await target.receive('\r\n\r\n')
  client.end()
  // The clock's timers: one for the deadlines, one for idle connections to targets.
  return { face, client, target }
}

/** Turns the clock, in steps in which the sockets have their say. */
async function pass(face: Face, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 25) {
    for (let turns = 0; turns < 5; turns++) await face.elapse(0)
    await face.elapse(25)
  }
}

test('a client that has finished sending gets its answer', async (t) => {
  const { client, target } = await waiting(t)
  await target.send(OK)
  const { status, body, informational } = await client.response()
  t.equal(status, 200)
  t.equal(String(body), 'ok')
  t.strictSame(informational, [])
  t.equal(await client.rest(), '', 'and the end')
})

test('one that waits is asked twice whether it is still there, and gets its answer', async (t) => {
  const { face, client, target } = await waiting(t)
  await pass(face, 2000)
  t.notOk(target.isClosed)
  await target.send(OK)
  const { status, informational } = await client.response()
  t.equal(status, 200)
  t.strictSame(
    informational.map((head) => head.status),
    [100, 100],
  )
  await face.deserted()
})

test('one that is gone is found out within 300 ms, and its request given up', async (t) => {
  const { face, client, target } = await waiting(t)
  await face.elapse(0)
  client.socket.destroy()
  await pass(face, 300)
  await target.left()
  await face.deserted()
  await face.accessed(1)
  t.match(face.accesses, [{ error: 'CLIENT_GONE', status: 499 }])
})

test('a client of HTTP/1.0 is not asked, for it knows no 100', async (t) => {
  const { face, client, target } = await waiting(t, 'GET / HTTP/1.0\r\n\r\n')
  await pass(face, 1000)
  t.equal(client.unread(), '')
  await target.send(OK)
  await client.received('ok')
})

test('a client that is being answered is not asked', async (t) => {
  const { face, client, target } = await waiting(t)
  await target.send(OK.slice(0, -1))
  await client.received('\r\n\r\no')
  await pass(face, 1000)
  await target.send('k')
  t.match(await client.received('ok'), /^HTTP\/1\.1 200 OK\r\n/)
  t.notMatch(client.unread(), '100 Continue')
})

test('a client that ends in the middle of its request is answered 400 at once', async (t) => {
  const { face, client, target } = await waiting(
    t,
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhel',
  )
  t.equal((await client.response()).status, 400)
  await target.left()
  await face.deserted()
})

test('one that has gone leaves nothing that waits for its time', async (t) => {
  const { face, client, target } = await waiting(t)
  await target.send(OK)
  await client.response()
  await client.rest()
  await face.deserted()
  await face.elapse(25)
  t.equal(face.clock.timers, 1, 'that of idle connections to targets')
})
