import { test, type Test } from 'tap'
import { WireTransport } from '../../../../../src/faces/proxy/transport/wire/wire-transport.js'
import { ManualClock, settled } from '../../../../support/clock.js'
import type { RawConnection, RawTarget } from '../../../../support/raw-target.js'
import { calm } from '../../../../support/transport-conformance/sent.js'
import { World } from '../../../../support/transport-conformance/world.js'

function answerOf(...lines: readonly string[]): string {
  return ['HTTP/1.1 200 OK', ...lines, 'Content-Length: 2', '', 'ok'].join('\r\n')
}

/** A transport with its clock in the test's hands. */
function start(t: Test): { world: World; clock: ManualClock; transport: WireTransport } {
  const clock = new ManualClock()
  const transport = new WireTransport({ maxHeadBytes: 16_384, clock })
  const world = new World(transport, 'http')
  t.teardown(() => world.close())
  return { world, clock, transport }
}

/** Answers every request alike. */
function answering(answer: string) {
  return async (connection: RawConnection): Promise<void> => {
    for (;;) {
      await connection.request()
      await connection.send(answer)
    }
  }
}

/** Numbers of the connections that are open. */
function openOnes({ connections }: RawTarget): number[] {
  return connections.filter(({ isClosed }) => !isClosed).map(({ number }) => number)
}

const HINTS: readonly (readonly [field: string, usableForMs: number])[] = [
  ['X: y', 4000],
  ['Keep-Alive: max=100', 4000],
  ['Keep-Alive: timeout=5', 4000],
  ['Keep-Alive: timeout=2, max=100', 1000],
  ['Keep-Alive: timeout=30', 29_000],
  ['Keep-Alive: timeout=3600', 60_000],
]

test('a connection is used again for as long as the target keeps it, and a little less', async (t) => {
  for (const [field, usableForMs] of HINTS) {
    await t.test(field, async (t) => {
      const { world, clock } = start(t)
      const { target } = await world.rawTarget(answering(answerOf(field)))
      await world.ask(target)
      clock.advance(usableForMs - 1)
      t.equal((await world.ask(target)).reused, true)
      clock.advance(usableForMs)
      t.equal((await world.ask(target)).reused, false)
      await world.finish()
    })
  }
})

test('a connection that the target is about to close is not used again', async (t) => {
  for (const field of ['Keep-Alive: timeout=1', 'Keep-Alive: timeout=0']) {
    const { world } = start(t)
    const { target } = await world.rawTarget(answering(answerOf(field)))
    await world.ask(target)
    t.equal((await world.ask(target)).reused, false, field)
  }
})

test('an idle connection that nobody takes is closed', async (t) => {
  const { world, clock } = start(t)
  const { raw, target } = await world.rawTarget(answering(answerOf()))
  await world.ask(target)
  await clock.elapse(3900)
  await calm()
  t.equal(raw.openConnections, 1)
  await clock.elapse(600)
  await raw.deserted()
})

test('the connection used last is used first, so that the others age and go', async (t) => {
  const { world, clock } = start(t)
  const { raw, target } = await world.rawTarget(answering(answerOf()))
  const three = [world.send(target), world.send(target), world.send(target)]
  for (const sent of three) await sent.ended()
  t.strictSame(openOnes(raw), [1, 2, 3])
  for (let second = 0; second < 5; second++) {
    await clock.elapse(1000)
    t.equal((await world.ask(target)).reused, true)
  }
  await calm()
  t.equal(openOnes(raw).length, 1)
  t.equal(raw.connections.length, 3)
})

test('idle connections to targets that are none any more are closed, busy ones when they are done', async (t) => {
  const { world, transport } = start(t)
  const { raw: kept, target: keptTarget } = await world.rawTarget(answering(answerOf()))
  const { raw: gone, target: goneTarget } = await world.rawTarget(async (connection) => {
    await connection.request()
    await connection.send(connection.number === 1 ? answerOf() : 'HTTP/1.1 200 OK\r\n')
  })
  await world.ask(keptTarget)
  const idle = world.send(goneTarget)
  const busy = world.send(goneTarget)
  await idle.ended()
  transport.prune(({ id }) => id === keptTarget.id)
  await (await gone.connection(1)).left()
  t.strictSame(openOnes(gone), [2])
  await (await gone.connection(2)).send('Content-Length: 2\r\n\r\nok')
  await busy.ended()
  await gone.deserted()
  t.equal((await world.ask(keptTarget)).reused, true)
  t.equal(kept.openConnections, 1)
})

test('a transport that was closed still carries, and keeps nothing', async (t) => {
  const { world, clock, transport } = start(t)
  const { raw, target } = await world.rawTarget(answering(answerOf()))
  await world.ask(target)
  const busy = world.send(target)
  await busy.ready()
  transport.close()
  await busy.ended()
  await raw.deserted()
  t.equal((await world.ask(target)).reused, false)
  await raw.deserted()
  t.equal(clock.timers, 0)
})

test('nobody looks for idle connections where there can be none', async (t) => {
  const { world, clock, transport } = start(t)
  const { target } = await world.rawTarget(answering(answerOf()))
  t.equal(clock.timers, 0)
  await world.ask(target)
  t.equal(clock.timers, 1)
  transport.prune(() => false)
  clock.advance(1000)
  t.equal(clock.timers, 0)
  await world.ask(target)
  t.equal(clock.timers, 1)
})

test('what a kept connection brings before the request was sent is not its answer', async (t) => {
  const { world } = start(t)
  const { raw, target } = await world.rawTarget(answering(answerOf()))
  await world.ask(target)
  const first = await raw.connection(1)
  // From here on, what the target writes is read before what is put off to the end of the turn.
  await settled()
  first.socket.write(answerOf('X: evil'))
  const sent = world.send(target, { method: 'PUT', body: 'chunked' })
  await sent.failed('TARGET_CLOSED_REUSED')
  t.equal(first.rest, '', 'nothing was sent')
  t.equal((await world.ask(target)).reused, false)
})

test('head and first piece of the body leave together', async (t) => {
  const { world } = start(t)
  const { raw, target } = await world.rawTarget(() => undefined)
  const sent = world.send(target, { method: 'POST', body: 'chunked' })
  sent.onStep = (step) => {
    if (step === 'ready') sent.exchange.write(Buffer.from('hello'))
  }
  const connection = await raw.connection(1)
  const chunks: string[] = []
  connection.socket.on('data', (chunk: Buffer) => chunks.push(chunk.toString('latin1')))
  await connection.receive('hello\r\n')
  t.match(chunks, [/^POST \/ HTTP\/1\.1\r\n[^]*\r\n\r\n5\r\nhello\r\n$/])
})
