import { test } from 'tap'
import { settled } from '../../../support/clock.js'
import {
  addressOf,
  responseTo,
  startForwarder,
  type ReceivedQuery,
  type Script,
} from '../../../support/fake-forwarder.js'
import { question, startResolving, TYPE, type Resolving } from './resolving.js'

/** Passes a query on to the resolver, as the server does with what clients ask. */
function passBack(resolving: () => Resolving): (query: ReceivedQuery) => undefined {
  return (query) => {
    const { name, questions: [{ type } = {}] = [], id = 0 } = query
    const asked = question(name, TYPE[type as keyof typeof TYPE])
    const { resolver } = resolving()
    const known = resolver.cached(asked)
    const response = known ? Promise.resolve(known) : resolver.resolve(asked)
    void response.then(({ message }) => {
      const copy = Buffer.from(message)
      copy.writeUInt16BE(id, 0)
      query.send(copy)
    })
    return undefined
  }
}

const wildcardText: Script = (query) =>
  responseTo(query, { answers: [{ type: 'TXT', name: query.name, ttl: 1, data: 'here' }] })

async function logged(resolving: Resolving, count: number): Promise<void> {
  while (resolving.logs.length < count) await settled()
}

test('A forwarder that passes questions back is found out and not used, until it stops', async (t) => {
  const looping = await startForwarder(t, addressOf)
  const other = await startForwarder(t, (query) => addressOf(query, '192.0.2.2'))
  const answers = looping.probeScript
  looping.probeScript = passBack(() => resolving)
  const resolving = startResolving(t, [looping.address, other.address])
  await logged(resolving, 1)
  t.match(resolving.logs, [
    { level: 50, msg: 'forwarder leads back here', forwarder: `127.0.0.1:${looping.port}` },
  ])
  t.same((await resolving.ask('www.example')).data, ['192.0.2.2'])
  t.equal(looping.queries.length, 0)
  looping.probeScript = answers
  resolving.clock.advance(60_000)
  await logged(resolving, 2)
  t.match(resolving.logs[1], { msg: 'forwarder leads back here no longer' })
  t.same((await resolving.ask('b.example')).data, ['192.0.2.1'])
})

test('Where every forwarder leads back the client hears so at once', async (t) => {
  const looping = await startForwarder(t, addressOf)
  looping.probeScript = passBack(() => resolving)
  const resolving = startResolving(t, [looping.address])
  await logged(resolving, 1)
  t.equal((await resolving.ask('www.example')).rcode, 'SERVFAIL')
})

test('Before a loop is found a question that comes back waits for itself', async (t) => {
  const looping = await startForwarder(
    t,
    passBack(() => resolving),
  )
  looping.probeScript = () => undefined
  const resolving = startResolving(t, [looping.address])
  const answer = resolving.ask('www.example')
  for (let seconds = 1; seconds <= 4; seconds++) {
    await looping.received(seconds)
    resolving.clock.advance(1000)
  }
  await looping.received(5)
  resolving.clock.advance(500)
  t.equal((await answer).rcode, 'SERVFAIL')
  t.equal(looping.queries.length, 5, 'one for each second')
})

test('A forwarder that did not answer the probe is probed again', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const probes: string[] = []
  forwarder.probeScript = ({ name }) => void probes.push(name)
  const resolving = startResolving(t, [forwarder.address])
  while (probes.length < 1) await settled()
  resolving.clock.advance(10_000)
  resolving.clock.advance(60_000)
  while (probes.length < 2) await settled()
  t.not(probes[0], probes[1])
})

test('A forwarder that has an answer to everything leads nowhere', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  for (const probeScript of [addressOf, wildcardText]) {
    forwarder.probeScript = probeScript
    const resolving = startResolving(t, [forwarder.address])
    await resolving.probed()
    t.same(resolving.logs, [])
  }
})

test('Another service of the same kind is no loop', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const { resolver } = startResolving(t, [forwarder.address])
  t.equal(resolver.cached(question('abc.there', TYPE.TXT)), undefined)
  t.equal(resolver.cached(question('abc.here', TYPE.A)), undefined)
  t.ok(resolver.cached(question('abc.here', TYPE.TXT)))
})
