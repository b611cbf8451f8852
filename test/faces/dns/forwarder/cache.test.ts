import type { Answer, Packet } from 'dns-packet'
import { test } from 'tap'
import { settled } from '../../../support/clock.js'
import {
  addressOf,
  responseTo,
  startForwarder,
  type ReceivedQuery,
} from '../../../support/fake-forwarder.js'
import { question, startResolving, told, TYPE, type Told } from './resolving.js'

const NXDOMAIN = 0x0183
const DAY = 86_400
const STALE_ANSWER = 3

function soa(ttl: number, minimum: number): Answer {
  const data = { mname: 'ns.example', rname: 'x.example', serial: 1, refresh: 2, retry: 3 }
  return { type: 'SOA', name: 'example', ttl, data: { ...data, expire: 4, minimum } }
}

/** Answers of more than one record, and for how long they are kept. */
const LIVES: readonly (readonly [string, (query: ReceivedQuery) => Packet, number])[] = [
  ['an address', (query) => addressOf(query, '192.0.2.1', 60), 60],
  ['a TTL beyond a day', (query) => addressOf(query, '192.0.2.1', 2 * DAY), DAY],
  ['a TTL of 0', (query) => addressOf(query, '192.0.2.1', 0), 0],
  ['a TTL with its highest bit', (query) => addressOf(query, '192.0.2.1', 0x8000_0001), 0],
  [
    'the shortest of a chain',
    (query) =>
      responseTo(query, {
        answers: [
          { type: 'CNAME', name: query.name, ttl: 300, data: 'b.example' },
          { type: 'CNAME', name: 'b.example', ttl: 20, data: 'c.example' },
          { type: 'A', name: 'c.example', ttl: 60, data: '192.0.2.1' },
        ],
      }),
    20,
  ],
  [
    'the shortest of all sections',
    (query) => ({
      ...addressOf(query),
      authorities: [{ type: 'NS', name: 'example', ttl: 40, data: 'ns.example' }],
      additionals: [{ type: 'A', name: 'ns.example', ttl: 15, data: '192.0.2.9' }],
    }),
    15,
  ],
  [
    'NXDOMAIN, by the TTL of its SOA',
    (query) => responseTo(query, { flags: NXDOMAIN, authorities: [soa(30, 90)] }),
    30,
  ],
  [
    'NXDOMAIN, by the minimum',
    (query) => responseTo(query, { flags: NXDOMAIN, authorities: [soa(90, 30)] }),
    30,
  ],
  ['NODATA', (query) => responseTo(query, { authorities: [soa(90, 30)] }), 30],
  [
    'a negative answer for an hour at most',
    (query) => responseTo(query, { authorities: [soa(DAY, DAY)] }),
    3600,
  ],
  [
    'a chain to nothing, by the shortest',
    (query) =>
      responseTo(query, {
        flags: NXDOMAIN,
        answers: [{ type: 'CNAME', name: query.name, ttl: 25, data: 'b.example' }],
        authorities: [soa(90, 30)],
      }),
    25,
  ],
  ['NXDOMAIN without SOA', (query) => responseTo(query, { flags: NXDOMAIN }), 0],
  ['NODATA without SOA', (query) => responseTo(query), 0],
  [
    'a referral',
    (query) =>
      responseTo(query, {
        authorities: [{ type: 'NS', name: 'example', ttl: 90, data: 'ns.example' }],
      }),
    0,
  ],
]

test('How long an answer is kept', async (t) => {
  for (const [what, script, seconds] of LIVES) {
    const forwarder = await startForwarder(t, script)
    const resolving = startResolving(t, [forwarder.address])
    const first = await resolving.ask('www.example')
    if (seconds > 0) {
      resolving.clock.advance(seconds * 1000 - 1)
      t.equal((await resolving.ask('www.example')).rcode, first.rcode, what)
      t.equal(forwarder.queries.length, 1, `${what}: kept`)
      resolving.clock.advance(1)
    }
    await resolving.ask('www.example')
    t.equal(forwarder.queries.length, 2, `${what}: asked again`)
    const expected = seconds > 0 ? ['miss', 'hit', 'miss'] : ['miss', 'miss']
    t.same(resolving.cacheResults, expected, what)
  }
})

test('TTLs count down by the second, each from its own', async (t) => {
  const forwarder = await startForwarder(t, (query) =>
    responseTo(query, {
      answers: [
        { type: 'CNAME', name: query.name, ttl: 300, data: 'b.example' },
        { type: 'A', name: 'b.example', ttl: 60, data: '192.0.2.1' },
      ],
    }),
  )
  const resolving = startResolving(t, [forwarder.address])
  t.same((await resolving.ask('www.example')).ttls, [300, 60])
  for (const [afterMs, ttls] of [
    [0, [300, 60]],
    [999, [300, 60]],
    [1, [299, 59]],
    [1500, [298, 58]],
    [57_000, [241, 1]],
  ] as const) {
    resolving.clock.advance(afterMs)
    t.same((await resolving.ask('www.example')).ttls, ttls)
  }
  t.equal(forwarder.queries.length, 1)
})

test('A name is the same in any case; another type, DO and CD are other questions', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.ask('www.example')
  await resolving.ask('WWW.eXample')
  t.equal(forwarder.queries.length, 1)
  const others = [{ isDnssecOk: true }, { isCheckingDisabled: true }] as const
  for (const more of others) await resolving.ask('www.example', TYPE.A, more)
  await resolving.ask('www.example', TYPE.A, { ...others[0], ...others[1] })
  await resolving.ask('www.example', 1 + 256)
  await resolving.ask('www.example', TYPE.ANY)
  t.equal(forwarder.queries.length, 6)
})

test('Of more answers than there is room for, those that were used last are kept', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address], 3)
  for (const name of ['a', 'b', 'c', 'a', 'd']) await resolving.ask(`${name}.example`)
  t.equal(forwarder.queries.length, 4)
  for (const name of ['a', 'c', 'd']) await resolving.ask(`${name}.example`)
  t.equal(forwarder.queries.length, 4)
  await resolving.ask('b.example')
  t.equal(forwarder.queries.length, 5)
})

test('One query goes out for many clients that ask the same', async (t) => {
  const forwarder = await startForwarder(t, () => undefined)
  const resolving = startResolving(t, [forwarder.address])
  const answers = Array.from({ length: 50 }, () => resolving.ask('www.example'))
  const [query] = await forwarder.received(1)
  if (query) forwarder.answer(query, addressOf(query, '192.0.2.1', 0))
  for (const { data } of await Promise.all(answers)) t.same(data, ['192.0.2.1'])
  t.equal(forwarder.queries.length, 1)
})

test('More questions than the bound are SERVFAIL at once, and the others are not disturbed', async (t) => {
  const forwarder = await startForwarder(t, () => undefined)
  const resolving = startResolving(t, [forwarder.address])
  const under: Promise<Told>[] = []
  while (under.length < 500) {
    under.push(resolving.ask(`n${under.length}.example`))
    // More datagrams at a time than a socket holds would be lost.
    if (under.length % 100 === 0) await forwarder.received(under.length)
  }
  t.equal((await resolving.ask('one-more.example')).rcode, 'SERVFAIL')
  for (const query of forwarder.queries) forwarder.answer(query, addressOf(query))
  for (const { data } of await Promise.all(under)) t.same(data, ['192.0.2.1'])
  forwarder.script = addressOf
  t.same((await resolving.ask('one-more.example')).data, ['192.0.2.1'], 'not kept as a failure')
})

test('More clients than the bound are SERVFAIL at once', async (t) => {
  const forwarder = await startForwarder(t, () => undefined)
  const resolving = startResolving(t, [forwarder.address])
  const asked = question('www.example')
  const under = Array.from({ length: 10_000 }, () => resolving.resolver.resolve(asked))
  t.equal(told(await resolving.resolver.resolve(asked)).rcode, 'SERVFAIL')
  const [query] = await forwarder.received(1)
  if (query) forwarder.answer(query, addressOf(query))
  t.equal((await Promise.all(under)).length, 10_000)
})

test('An answer that ran out is given when no forwarder answers, with a TTL of 30 s, and nobody is asked for 30 s', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.ask('www.example')
  resolving.clock.advance(60_000)
  await forwarder.close()
  const stale = { rcode: 'NOERROR', data: ['192.0.2.1'], ttls: [30], extendedError: STALE_ANSWER }
  t.match(await resolving.ask('www.example'), stale)
  const port = forwarder.port
  await forwarder.start(port)
  resolving.clock.advance(29_999)
  t.match(await resolving.ask('www.example'), stale)
  t.equal(forwarder.queries.length, 1)
  resolving.clock.advance(1)
  t.match(await resolving.ask('www.example'), { ttls: [60], extendedError: undefined })
  t.same(resolving.cacheResults, ['miss', 'miss', 'stale', 'stale', 'miss'])
})

test('A client waits 1.8 s before it gets an answer that ran out; the new one is still taken', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.ask('www.example')
  resolving.clock.advance(60_000)
  forwarder.script = () => undefined
  const answer = resolving.ask('www.example')
  await forwarder.received(2)
  resolving.clock.advance(1000)
  await forwarder.received(3)
  resolving.clock.advance(800)
  t.match(await answer, { data: ['192.0.2.1'], ttls: [30], extendedError: STALE_ANSWER })
  const query = forwarder.queries[2]
  if (query) forwarder.answer(query, addressOf(query, '192.0.2.2'))
  while (resolving.clock.timers > 0) await settled()
  t.match(await resolving.ask('www.example'), { data: ['192.0.2.2'], ttls: [60] })
})

test('After a day without a forwarder an old answer is none', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.ask('www.example')
  await forwarder.close()
  resolving.clock.advance((60 + DAY) * 1000 - 1)
  t.match(await resolving.ask('www.example'), { extendedError: STALE_ANSWER })
  resolving.clock.advance(30_000)
  t.equal((await resolving.ask('www.example')).rcode, 'SERVFAIL')
})

test('That a name is gone replaces its old answer', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  await resolving.ask('www.example')
  resolving.clock.advance(60_000)
  forwarder.script = (query) => responseTo(query, { flags: NXDOMAIN })
  t.equal((await resolving.ask('www.example')).rcode, 'NXDOMAIN')
  await forwarder.close()
  t.equal((await resolving.ask('www.example')).rcode, 'SERVFAIL')
})

test('Who waits is told when the resolver is closed', async (t) => {
  const forwarder = await startForwarder(t, () => undefined)
  const resolving = startResolving(t, [forwarder.address])
  const answer = resolving.ask('www.example')
  await forwarder.received(1)
  resolving.resolver.close()
  t.equal((await answer).rcode, 'SERVFAIL')
  t.equal(resolving.clock.timers, 0)
})
