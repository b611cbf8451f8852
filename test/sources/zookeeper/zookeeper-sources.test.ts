import { test, type Test } from 'tap'
import { SharedSessions } from '../../../src/clients/zookeeper/shared-sessions.js'
import type { ZookeeperSettings } from '../../../src/clients/zookeeper/session-keeper.js'
import { PointsmanError } from '../../../src/core/errors.js'
import type { Target } from '../../../src/core/target.js'
import type { StackHosts } from '../../../src/model/document.js'
import { systemClock, systemRandom } from '../../../src/runtime/system-clock.js'
import { namesOf } from '../../../src/sources/name-book.js'
import { createSource } from '../../../src/sources/registry.js'
import type { Source, SourceTransition } from '../../../src/sources/source.js'
import { StackDiscovery } from '../../../src/sources/zookeeper/stack-discovery.js'
import { Changes } from '../../support/changes.js'
import { startRelay } from '../../support/relay.js'
import { sourceConformance } from '../../support/source-conformance.js'
import { recordOf, register } from '../../support/zookeeper-register.js'
import { startZookeeper } from '../../support/zookeeper-server.js'
import { openSession } from '../../support/zookeeper-session.js'
import { FakeResolver } from '../fake-resolver.js'

const PORTS = { clock: systemClock, random: systemRandom }

function ensembleOf(hosts: ZookeeperSettings['hosts'], basePath = '/'): ZookeeperSettings {
  return { hosts, basePath, sessionTimeoutMs: 1500, login: undefined }
}

/** What was told, newest last. */
class Told<News> {
  readonly all: (News | PointsmanError)[] = []
  readonly reports: SourceTransition[] = []
  readonly changes = new Changes()

  constructor(t: Test, watch: (signal: AbortSignal) => AsyncIterable<News | PointsmanError>) {
    const stop = new AbortController()
    const ended = this.follow(watch(stop.signal))
    t.teardown(async () => {
      stop.abort()
      await ended
    })
  }

  readonly report = (transition: SourceTransition): void => {
    this.reports.push(transition)
    this.changes.notify()
  }

  /** Resolves with the last news when that is as wanted. */
  until(look: (news: News) => boolean): Promise<News> {
    return this.changes.until(
      () => {
        const last = this.all.at(-1)
        return last !== undefined && !(last instanceof PointsmanError) && look(last)
          ? last
          : undefined
      },
      () => JSON.stringify(this.all.at(-1)),
    )
  }

  private async follow(news: AsyncIterable<News | PointsmanError>): Promise<void> {
    for await (const each of news) {
      this.all.push(each)
      this.changes.notify()
    }
  }
}

function idsOf(targets: readonly Target[]): string {
  return targets.map(({ id, weight }) => `${id};${weight}`).join(' ')
}

test('Sources that ZooKeeper keeps', async (t) => {
  const server = await startZookeeper(t)
  const { session } = await openSession(t, [server])
  const resolver = new FakeResolver()

  function sourceAt(
    path: string,
    options: { ensemble?: ZookeeperSettings; report?: (each: SourceTransition) => void } = {},
  ): Source {
    const { ensemble = ensembleOf([server]), report = () => {} } = options
    const settings = {
      kind: 'zookeeper',
      ensemble,
      path,
      scheme: 'http',
      refreshMs: 60_000,
    } as const
    const names = namesOf(resolver, systemClock)
    return createSource(settings, { ...PORTS, names, report, sessions: new SharedSessions(PORTS) })
  }

  await register(session, '/services/conform', 'a', recordOf('10.0.0.1', 80))
  await register(session, '/services/conform', 'b', recordOf('10.0.0.2', 80))
  await t.test('A source of targets', async (t) => {
    sourceConformance(t, () => sourceAt('/services/conform'))
    await Promise.resolve()
  })

  await t.test('tells those that come and go, in under a second', async (t) => {
    const told = new Told(t, (signal) => sourceAt('/services/live').watch(signal))
    t.same(await told.until(() => true), [], 'a node that is not there has no targets')
    await register(session, '/services/live', '1', recordOf('10.0.0.1', 8080, 3))
    const startedAt = Date.now()
    t.equal(idsOf(await told.until((list) => list.length === 1)), 'http://10.0.0.1:8080;3')
    t.ok(Date.now() - startedAt < 1000)
    await register(session, '/services/live', '2', recordOf('::1', 8080))
    await told.until((list) => list.length === 2)
    await session.set('/services/live/1', recordOf('10.0.0.1', 8080, 30))
    await told.until((list) => idsOf(list) === 'http://10.0.0.1:8080;30 http://[::1]:8080;5')
    await session.remove('/services/live/1')
    await told.until((list) => idsOf(list) === 'http://[::1]:8080;5')
    await session.remove('/services/live/2')
    await session.remove('/services/live')
    await told.until((list) => list.length === 0)
    await register(session, '/services/live', '3', recordOf('10.0.0.3', 80))
    await told.until((list) => list.length === 1)
  })

  await t.test('leaves out what is broken or weighs nothing, and says so once', async (t) => {
    const path = '/services/broken'
    const reports: SourceTransition[] = []
    const record = (fields: object): Buffer => Buffer.from(JSON.stringify(fields))
    await register(session, path, 'json', Buffer.from('{'))
    await register(session, path, 'light', recordOf('10.0.0.9', 80, 0))
    await register(session, path, 'portless', record({ address: '10.0.0.2', port: 0 }))
    await register(
      session,
      path,
      'secure',
      record({ address: '10.0.0.3', port: null, sslPort: 8443 }),
    )
    await register(session, path, 'lost', record({ port: 80 }))
    const source = sourceAt(path, { report: (each) => void reports.push(each) })
    const told = new Told(t, (signal) => source.watch(signal))
    await told.until((list) => idsOf(list) === 'https://10.0.0.3:8443;5')
    await session.set(`${path}/portless`, recordOf('10.0.0.2', 80))
    await told.until((list) => list.length === 2)
    t.same(
      reports.map(({ subject, error }) => [subject, error?.message]),
      [
        [`node ${path}/json`, 'its data are not JSON'],
        [`node ${path}/lost`, 'it tells no address'],
        [`node ${path}/portless`, 'it tells no port'],
        [`node ${path}/portless`, undefined],
      ],
    )
  })

  await t.test('takes every address of a host name', async (t) => {
    resolver.hosts.set('web.internal', ['10.0.0.1', '10.0.0.2'])
    await register(session, '/services/named', 'n', recordOf('web.internal', 80))
    const told = new Told(t, (signal) => sourceAt('/services/named').watch(signal))
    const ids = 'http://10.0.0.1:80#web.internal;5 http://10.0.0.2:80#web.internal;5'
    await told.until((list) => idsOf(list) === ids)
    await register(session, '/services/named', 'o', recordOf('10.0.0.3', 80))
    await told.until((list) => idsOf(list) === `${ids} http://10.0.0.3:80;5`)
    t.notOk(
      told.all.some(
        (list) =>
          Array.isArray(list) && idsOf(list as readonly Target[]) === 'http://10.0.0.3:80;5',
      ),
    )
  })

  await t.test('keeps the last list while there is no session, and says why', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    await register(session, '/services/kept', 'a', recordOf('10.0.0.1', 80))
    await register(session, '/services/kept', 'b', recordOf('10.0.0.2', 80))
    const source = sourceAt('/services/kept', { ensemble: ensembleOf([relay.address]) })
    const told = new Told(t, (signal) => source.watch(signal))
    await told.until((list) => list.length === 2)
    const before = told.all.length
    relay.close()
    // Patience is longer than the session's time: it has expired by then.
    const error = await told.changes.until(
      () => told.all.find((each) => each instanceof PointsmanError),
      () => 'no error',
    )
    t.match(error, { code: 'ZOOKEEPER_FAILED', message: /^ZooKeeper: / })
    t.equal(told.all.length, before + 1, 'and nothing else')
    await session.remove('/services/kept/a')
    relay.open()
    t.equal(idsOf(await told.until(() => true)), 'http://10.0.0.2:80;5', 'no list in between')
  })

  await t.test('says at once why there is no first list', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    relay.close()
    const source = sourceAt('/services/kept', { ensemble: ensembleOf([relay.address]) })
    const told = new Told(t, (signal) => source.watch(signal))
    await told.changes.until(
      () => told.all[0],
      () => 'nothing',
    )
    t.match(told.all[0], { code: 'ZOOKEEPER_FAILED' })
    relay.open()
    await told.until((list) => list.length === 1)
  })

  await t.test('Discovery tells the hosts of every application', async (t) => {
    const reports: SourceTransition[] = []
    const discovery = new StackDiscovery(ensembleOf([server], '/redirector'), {
      clock: systemClock,
      sessions: new SharedSessions(PORTS),
      report: (each) => void reports.push(each),
    })
    const told = new Told<ReadonlyMap<string, readonly StackHosts[]>>(t, (signal) =>
      discovery.watch(signal),
    )
    t.same([...(await told.until(() => true))], [])
    const root = '/redirector/services'
    await register(session, `${root}/DC1/AZ1/1.0/app`, 'h2:0', recordOf('10.0.0.2', 0))
    await register(session, `${root}/DC1/AZ1/1.0/app`, 'h1:0', recordOf('10.0.0.1', 0, 10))
    await register(session, `${root}/DC1/AZ2/1.0/app`, 'h3:0', Buffer.from('x'))
    await register(session, `${root}/DC1/AZ1/1.0/other`, 'h4:0', recordOf('10.0.0.4', 0))
    const isComplete = (map: ReadonlyMap<string, readonly StackHosts[]>): boolean =>
      map.get('app')?.[0]?.hosts.length === 2 &&
      map.get('app')?.length === 2 &&
      map.get('other')?.[0]?.hosts.length === 1
    const all = await told.until(isComplete)
    t.same(Object.fromEntries(all), {
      app: [
        {
          path: '/DC1/AZ1/1.0',
          hosts: [
            { ipv4: '10.0.0.1', weight: 10 },
            { ipv4: '10.0.0.2', weight: 5 },
          ],
        },
        { path: '/DC1/AZ2/1.0', hosts: [] },
      ],
      other: [{ path: '/DC1/AZ1/1.0', hosts: [{ ipv4: '10.0.0.4', weight: 5 }] }],
    })
    t.same(
      reports.map(({ subject, error }) => [subject, error?.message]),
      [['node /services/DC1/AZ2/1.0/app/h3:0', 'its data are not JSON']],
    )
    await session.remove(`${root}/DC1/AZ1/1.0/other/h4:0`)
    await session.remove(`${root}/DC1/AZ1/1.0/other`)
    const later = await told.until((map) => !map.has('other'))
    t.equal(await discovery.removeStack('app', '/DC1/AZ2/1.0'), 'has-hosts', 'one is broken')
    t.equal(await discovery.removeStack('other', '/DC1/AZ1/1.0'), 'unknown')
    t.equal(later.get('app'), all.get('app'), 'what has not changed is the same')
    await session.remove(`${root}/DC1/AZ2/1.0/app/h3:0`)
    t.equal(await discovery.removeStack('app', '/DC1/AZ2/1.0'), 'removed')
    await told.until((map) => map.get('app')?.length === 1)
  })

  await t.test('thousands of hosts are read in seconds, and one change costs little', async (t) => {
    const root = '/many/services'
    for (let stack = 0; stack < 50; stack++) {
      const path = `${root}/DC/AZ${stack}/1.0/app`
      await session.ensure(path)
      const create = Array.from({ length: 100 }, (_, i) => ({
        kind: 'create' as const,
        path: `${path}/h${i}`,
        data: recordOf(`10.0.${stack}.${i}`, 0),
        ephemeral: true,
      }))
      await session.multi(create)
    }
    const discovery = new StackDiscovery(ensembleOf([server], '/many'), {
      clock: systemClock,
      sessions: new SharedSessions(PORTS),
      report: () => {},
    })
    const startedAt = Date.now()
    const told = new Told<ReadonlyMap<string, readonly StackHosts[]>>(t, (signal) =>
      discovery.watch(signal),
    )
    const count = (map: ReadonlyMap<string, readonly StackHosts[]>): number =>
      (map.get('app') ?? []).reduce((sum, { hosts }) => sum + hosts.length, 0)
    const first = await told.until(() => true)
    t.equal(count(first), 5000, 'all of them come at once')
    const readMs = Date.now() - startedAt
    await session.remove(`${root}/DC/AZ7/1.0/app/h7`)
    const removedAt = Date.now()
    await told.until((map) => count(map) === 4999)
    t.comment(`5000 hosts in ${readMs} ms, one change in ${Date.now() - removedAt} ms`)
    t.ok(Date.now() - removedAt < 1000)
  })
})
