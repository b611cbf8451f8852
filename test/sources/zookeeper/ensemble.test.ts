import { test } from 'tap'
import { SharedSessions } from '../../../src/clients/zookeeper/shared-sessions.js'
import { PointsmanError } from '../../../src/core/errors.js'
import type { Target } from '../../../src/core/target.js'
import { systemClock, systemRandom } from '../../../src/runtime/system-clock.js'
import { namesOf } from '../../../src/sources/name-book.js'
import { createSource } from '../../../src/sources/registry.js'
import { SourceRunner } from '../../../src/sources/runner.js'
import { eventually } from '../../support/eventually.js'
import { recordOf, register } from '../../support/zookeeper-register.js'
import { startEnsemble } from '../../support/zookeeper-server.js'
import { openSession } from '../../support/zookeeper-session.js'
import { FakeResolver } from '../fake-resolver.js'

const PORTS = { clock: systemClock, random: systemRandom }
const PATH = '/services/web'

test('A source outlives the servers of its ensemble', async (t) => {
  const servers = await startEnsemble(t)
  const ensemble = { hosts: servers, basePath: '/', sessionTimeoutMs: 6000, login: undefined }
  const { session } = await openSession(t, servers, { sessionTimeoutMs: 10_000 })
  await register(session, PATH, 'a', recordOf('10.0.0.1', 80))
  await register(session, PATH, 'b', recordOf('10.0.0.2', 80))

  const lists: (readonly Target[])[] = []
  const settings = {
    kind: 'zookeeper',
    ensemble,
    path: PATH,
    scheme: 'http',
    refreshMs: 60_000,
  } as const
  const transitions: (PointsmanError | undefined)[] = []
  const sessions = new SharedSessions(PORTS)
  const names = namesOf(new FakeResolver(), systemClock)
  const source = createSource(settings, { ...PORTS, names, sessions, report: () => {} })
  const runner = new SourceRunner({
    ...PORTS,
    source,
    dropsEmpty: false,
    onTargets: (list) => void lists.push(list),
    report: ({ error }) => void transitions.push(error),
  })
  const stop = new AbortController()
  const running = runner.run(stop.signal)
  t.teardown(async () => {
    stop.abort()
    await running
  })
  const addresses = (): string => (lists.at(-1) ?? []).map(({ address }) => address).join()
  const becomes = (wanted: string, withinMs = 30_000): Promise<void> =>
    eventually(wanted, () => Promise.resolve(addresses() === wanted), withinMs)
  const isConnected = (): Promise<boolean> => Promise.resolve(session.isConnected)
  await becomes('10.0.0.1,10.0.0.2')

  await t.test('when one of three dies, changes still come', async (t) => {
    await servers[0]?.kill()
    await eventually('a session', isConnected)
    await eventually('a change', () =>
      session.create(`${PATH}/c`, recordOf('10.0.0.3', 80)).then(
        () => true,
        () => false,
      ),
    )
    await becomes('10.0.0.1,10.0.0.2,10.0.0.3')
    t.same(transitions, [], 'and nothing is told')
  })

  await t.test('when two of three die, the last list stays', async (t) => {
    const count = lists.length
    await servers[1]?.kill()
    await eventually('the source is lost', () => Promise.resolve(runner.status.state === 'lost'))
    t.match(transitions, [{ code: 'ZOOKEEPER_FAILED' }])
    t.equal(lists.length, count)
    t.equal(addresses(), '10.0.0.1,10.0.0.2,10.0.0.3')
  })

  await t.test('when they are back, the source is up to date again', async (t) => {
    const count = lists.length
    for (const server of servers.slice(0, 2)) server.launch()
    await eventually(
      'the source lives',
      () => Promise.resolve(runner.status.state === 'live'),
      60_000,
    )
    t.same(transitions[1], undefined)
    t.same(
      lists.slice(count).filter((list) => list.length === 0),
      [],
      'with no empty list in between',
    )
    await eventually('a session', isConnected, 60_000)
    await eventually('a change', () =>
      session.remove(`${PATH}/c`).then(
        () => true,
        () => false,
      ),
    )
    await eventually('it is gone', () => Promise.resolve(!addresses().includes('10.0.0.3')))
  })
})
