import { test, type Test } from 'tap'
import { settled } from '../../../support/clock.js'
import {
  addressOf,
  FakeForwarder,
  responseTo,
  startForwarder,
  type Script,
} from '../../../support/fake-forwarder.js'
import { startResolving, TYPE, type Resolving } from './resolving.js'

const REFUSED = 5
const SERVFAIL = 2
const NO_REACHABLE_AUTHORITY = 22
const CACHED_ERROR = 13

const silent: Script = () => undefined
const refusing: Script = (query) => responseTo(query, { flags: 0x0180 | REFUSED })
const failing: Script = (query) => responseTo(query, { flags: 0x0180 | SERVFAIL })
const second: Script = (query) => addressOf(query, '192.0.2.2')

interface Pair {
  readonly first: FakeForwarder
  readonly other: FakeForwarder
  readonly resolving: Resolving
}

async function pair(t: Test, script: Script): Promise<Pair> {
  const first = await startForwarder(t, script)
  const other = await startForwarder(t, second)
  return { first, other, resolving: startResolving(t, [first.address, other.address]) }
}

/** Asks for a name that nothing is known of, and lets a second pass when the first forwarder was asked. */
async function askPatiently({ first, resolving }: Pair, name: string): Promise<readonly unknown[]> {
  const before = first.queries.length
  const answer = resolving.ask(name)
  await first.received(before + 1)
  resolving.clock.advance(1000)
  return (await answer).data
}

test('The first forwarder is asked while it answers', async (t) => {
  const { first, other, resolving } = await pair(t, addressOf)
  for (const name of ['a.example', 'b.example'])
    t.same((await resolving.ask(name)).data, ['192.0.2.1'])
  t.same([first.queries.length, other.queries.length], [2, 0])
})

test('The next forwarder is asked at once when one refuses, fails or is not there', async (t) => {
  for (const [script, ending] of [
    [refusing, 'refused'],
    [failing, 'servfail'],
  ] as const) {
    const { resolving } = await pair(t, script)
    t.same((await resolving.ask('a.example')).data, ['192.0.2.2'])
    t.same(resolving.endings, [`0 ${ending}`, '1 noerror'])
  }
  const { first, resolving } = await pair(t, silent)
  await first.close()
  t.same((await resolving.ask('a.example')).data, ['192.0.2.2'])
  t.same(resolving.endings, ['0 unreachable', '1 noerror'])
})

test('A forwarder that cannot even be sent to is passed over', async (t) => {
  const forwarder = await startForwarder(t, second)
  // Nobody may send to the broadcast address without having asked for it.
  const resolving = startResolving(t, [{ host: '255.255.255.255', port: 53 }, forwarder.address])
  t.same((await resolving.ask('a.example')).data, ['192.0.2.2'])
  t.same(resolving.endings, ['0 unreachable', '1 noerror'])
})

test('The next forwarder is asked after a second of silence, and both are waited for', async (t) => {
  const { first, other, resolving } = await pair(t, silent)
  other.script = silent
  await resolving.probed()
  const answer = resolving.ask('a.example')
  await first.received(1)
  resolving.clock.advance(999)
  await settled()
  t.equal(other.queries.length, 0)
  resolving.clock.advance(1)
  const [late] = first.queries
  await other.received(1)
  if (late) first.answer(late, addressOf(late))
  t.same((await answer).data, ['192.0.2.1'], 'late is not too late')
  t.same(resolving.endings, ['0 noerror', '1 silent'])
  t.equal(resolving.clock.timers, 0)
})

test('A forwarder that stays alone is asked again, and nobody waits longer than five seconds', async (t) => {
  const forwarder = await startForwarder(t, silent)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.probed()
  const answer = resolving.ask('a.example')
  for (let seconds = 1; seconds <= 4; seconds++) {
    await forwarder.received(seconds)
    resolving.clock.advance(1000)
  }
  await forwarder.received(5)
  resolving.clock.advance(500)
  const { rcode, extendedError } = await answer
  t.match({ rcode, extendedError }, { rcode: 'SERVFAIL', extendedError: NO_REACHABLE_AUTHORITY })
  t.equal(resolving.clock.timers, 0)
})

test('When all forwarders refuse the client hears at once, and of no other error', async (t) => {
  const { other, resolving } = await pair(t, refusing)
  other.script = failing
  const { rcode, extendedError } = await resolving.ask('a.example')
  t.match({ rcode, extendedError }, { rcode: 'SERVFAIL', extendedError: undefined })
})

test('A forwarder that is silent three times in a row is asked last, until it answers a question on trial', async (t) => {
  const world = await pair(t, silent)
  const { first, other, resolving } = world
  for (const name of ['a.example', 'b.example', 'c.example'])
    t.same(await askPatiently(world, name), ['192.0.2.2'])
  t.match(resolving.logs, [{ msg: 'forwarder does not answer' }])
  t.same((await resolving.ask('d.example')).data, ['192.0.2.2'])
  t.equal(first.queries.length, 3, 'nobody waits for it')
  resolving.clock.advance(1000)
  first.script = addressOf
  t.same(
    (await resolving.ask('e.example')).data,
    ['192.0.2.2'],
    'the client of a trial has the answer of another',
  )
  await first.received(4)
  while (resolving.logs.length < 2) await settled()
  t.match(resolving.logs[1], { msg: 'forwarder answers' })
  const before = other.queries.length
  t.same((await resolving.ask('f.example')).data, ['192.0.2.1'])
  t.equal(other.queries.length, before)
})

test('Trials become rarer while they fail', async (t) => {
  const world = await pair(t, silent)
  const { first, resolving } = world
  for (const name of ['a.example', 'b.example', 'c.example']) await askPatiently(world, name)
  const trials: number[] = []
  for (let second = 0; second < 100; second++) {
    const before = first.queries.length
    t.same((await resolving.ask(`n${second}.example`)).data, ['192.0.2.2'])
    resolving.clock.advance(1000)
    await settled()
    if (first.queries.length > before) trials.push(second)
  }
  t.same(trials, [1, 3, 7, 15, 25, 35, 45, 55, 65, 75, 85, 95])
})

test('Many questions that fail together make the first trial no later', async (t) => {
  const { first, resolving } = await pair(t, silent)
  const answers = Array.from({ length: 50 }, (_, nth) => resolving.ask(`n${nth}.example`))
  await first.received(50)
  resolving.clock.advance(1000)
  for (const { data } of await Promise.all(answers)) t.same(data, ['192.0.2.2'])
  resolving.clock.advance(1000)
  first.script = addressOf
  await resolving.ask('a.example')
  while (resolving.logs.length < 2) await settled()
  t.match(resolving.logs, [{ msg: 'forwarder does not answer' }, { msg: 'forwarder answers' }])
})

test('When every forwarder is avoided all of them are asked as before', async (t) => {
  const world = await pair(t, silent)
  const { first, other, resolving } = world
  for (const name of ['a.example', 'b.example', 'c.example']) await askPatiently(world, name)
  await other.close()
  for (const name of ['d.example', 'e.example', 'f.example']) {
    const answer = resolving.ask(name)
    const before = first.queries.length
    await first.received(before + 1)
    resolving.clock.advance(5000)
    t.equal((await answer).rcode, 'SERVFAIL')
  }
  first.script = addressOf
  t.same((await resolving.ask('g.example')).data, ['192.0.2.1'])
})

test('A failure is not asked about again for a second, then for longer each time, up to 30 s', async (t) => {
  const forwarder = await startForwarder(t, failing)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.ask('a.example')
  const waits: number[] = []
  for (let time = 0; time < 7; time++) {
    let seconds = 0
    while ((await resolving.ask('a.example')).extendedError === CACHED_ERROR) {
      resolving.clock.advance(1000)
      seconds++
    }
    waits.push(seconds)
  }
  t.same(waits, [1, 2, 4, 8, 16, 30, 30])
  resolving.clock.advance(400_000)
  await resolving.ask('a.example')
  resolving.clock.advance(1000)
  t.equal((await resolving.ask('a.example')).extendedError, undefined, 'long ago is forgotten')
})

test('Nobody asks a forwarder for another type or bit because one failed', async (t) => {
  const forwarder = await startForwarder(t, failing)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.ask('a.example')
  await resolving.ask('a.example', TYPE.AAAA)
  await resolving.ask('a.example', TYPE.A, { isDnssecOk: true })
  await resolving.ask('a.example', TYPE.A, { isCheckingDisabled: true })
  t.equal(forwarder.queries.length, 4)
})

test('A forwarder that comes and goes is used whenever it is there', async (t) => {
  const { first, resolving } = await pair(t, addressOf)
  const { port } = first
  for (let round = 0; round < 3; round++) {
    t.same((await resolving.ask(`up${round}.example`)).data, ['192.0.2.1'])
    await first.close()
    t.same((await resolving.ask(`down${round}.example`)).data, ['192.0.2.2'])
    await first.start(port)
  }
})
