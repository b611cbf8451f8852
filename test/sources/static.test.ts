import { test, type Test } from 'tap'
import { SharedSessions } from '../../src/clients/zookeeper/shared-sessions.js'
import { targetAt, type Target, type TargetSpec } from '../../src/core/target.js'
import { namesOf, type Names } from '../../src/sources/name-book.js'
import { createSource } from '../../src/sources/registry.js'
import type { SourceTransition } from '../../src/sources/source.js'
import { StaticSource } from '../../src/sources/static.js'
import { sourceConformance, take } from '../support/source-conformance.js'
import { FakeResolver } from './fake-resolver.js'
import { ManualClock, settled } from '../support/clock.js'

const REFRESH_MS = 30_000

function spec(host: string, port = 80): TargetSpec {
  return { scheme: 'http', host, port, basePath: '', weight: 1 }
}

class Setting {
  readonly clock = new ManualClock()
  readonly resolver = new FakeResolver()
  readonly transitions: SourceTransition[] = []
  readonly names: Names = namesOf(this.resolver, this.clock)
  readonly random = { next: () => 0.5 }
  readonly report = (transition: SourceTransition): void => void this.transitions.push(transition)

  source(...specs: TargetSpec[]): StaticSource {
    return new StaticSource({ kind: 'static', specs, refreshMs: REFRESH_MS }, this)
  }

  /** Watches until the test is over; `lists` grows. */
  watch(t: Test, ...specs: TargetSpec[]): (readonly Target[])[] {
    const lists: (readonly Target[])[] = []
    const stop = new AbortController()
    const watching = (async () => {
      for await (const list of this.source(...specs).watch(stop.signal)) lists.push(list)
    })()
    t.teardown(async () => {
      stop.abort()
      await watching
    })
    return lists
  }

  get told(): string[] {
    return this.transitions.map(({ subject, error }) => `${subject}: ${error?.code ?? 'back'}`)
  }
}

function ids(list: readonly Target[] | undefined): string[] {
  return (list ?? []).map(({ id }) => id)
}

test('a static source conforms', (t) => {
  sourceConformance(t, () => {
    const setting = new Setting()
    setting.resolver.hosts.set('web', ['10.0.0.1', '10.0.0.2'])
    return setting.source(spec('web'), spec('10.0.0.3'), spec('nowhere'))
  })
  t.end()
})

test('every address of a name is a target, IPv4 first, in the order of the list', async (t) => {
  const setting = new Setting()
  setting.resolver.hosts.set('web', ['2001:db8::1', '10.0.0.10', '10.0.0.2', '10.0.0.10'])
  setting.resolver.hosts.set('api', ['10.1.0.1'])
  const lists = setting.watch(t, spec('api'), spec('::1', 81), spec('web'), spec('api', 82))
  await settled()
  t.same(ids(lists.at(-1)), [
    'http://10.1.0.1:80#api',
    'http://[::1]:81',
    'http://10.0.0.2:80#web',
    'http://10.0.0.10:80#web',
    'http://[2001:db8::1]:80#web',
    'http://10.1.0.1:82#api',
  ])
  t.same(setting.resolver.asked, ['api', 'web'], 'a name that is listed twice is asked for once')
})

test('literals do not wait for names', async (t) => {
  const setting = new Setting()
  setting.resolver.hung.add('web')
  const lists = setting.watch(t, spec('web'), spec('10.0.0.1'))
  await settled()
  t.same(lists.map(ids), [['http://10.0.0.1:80']])
})

test('a list of literals alone comes once and is never an end', async (t) => {
  const setting = new Setting()
  const lists = setting.watch(t, spec('10.0.0.1'))
  await setting.clock.elapse(10 * REFRESH_MS)
  t.same(lists, [[targetAt(spec('10.0.0.1'), '10.0.0.1')]])
  t.equal(setting.clock.timers, 0)
})

test('an empty list is told at once when nothing is listed, and else when every name was tried', async (t) => {
  const empty = new Setting()
  t.same(await take(empty.source(), new AbortController().signal, 1), [[]])

  const setting = new Setting()
  setting.resolver.hung.add('slow')
  const lists = setting.watch(t, spec('nowhere'), spec('slow'))
  await settled()
  t.same(lists, [])
  await setting.clock.elapse(10_000)
  t.same(lists[0], [])
})

test('names are asked for again at the refresh interval and followed', async (t) => {
  const setting = new Setting()
  setting.resolver.hosts.set('web', ['10.0.0.1'])
  const lists = setting.watch(t, spec('web'))
  await setting.clock.elapse(REFRESH_MS - 1)
  t.equal(setting.resolver.asked.length, 1)
  setting.resolver.hosts.set('web', ['10.0.0.2', '10.0.0.3'])
  await setting.clock.elapse(1)
  t.same(ids(lists.at(-1)), ['http://10.0.0.2:80#web', 'http://10.0.0.3:80#web'])
})

test('a list comes again only when an answer is another than before', async (t) => {
  const setting = new Setting()
  const service = '_http._tcp.example.com'
  setting.resolver.hosts.set('web', ['10.0.0.1', '10.0.0.2']).set('a', ['10.1.0.1'])
  setting.resolver.records.set(service, [{ name: 'a', port: 80, priority: 0, weight: 1 }])
  const lists = setting.watch(t, spec('web'), spec(service, 0))
  await settled()
  const count = lists.length
  setting.resolver.hosts.set('web', ['10.0.0.2', '10.0.0.1'])
  await setting.clock.elapse(5 * REFRESH_MS)
  t.equal(lists.length, count)
  setting.resolver.records.set(service, [{ name: 'a', port: 80, priority: 0, weight: 2 }])
  await setting.clock.elapse(REFRESH_MS)
  t.equal(lists.length, count + 1)
})

test('a name that fails keeps its addresses and is told of once, as is its return', async (t) => {
  const setting = new Setting()
  setting.resolver.hosts.set('web', ['10.0.0.1'])
  const lists = setting.watch(t, spec('web'), spec('10.0.0.9'))
  await settled()
  setting.resolver.hosts.delete('web')
  await setting.clock.elapse(5 * REFRESH_MS)
  t.same(ids(lists.at(-1)), ['http://10.0.0.1:80#web', 'http://10.0.0.9:80'])
  t.same(setting.told, ['name web: NAME_NOT_RESOLVED'])
  t.match(setting.transitions[0]?.error?.message, 'web does not resolve: getaddrinfo ENOTFOUND')
  setting.resolver.hosts.set('web', ['10.0.0.2'])
  await setting.clock.elapse(2 * REFRESH_MS)
  t.same(ids(lists.at(-1)), ['http://10.0.0.2:80#web', 'http://10.0.0.9:80'])
  t.same(setting.told, ['name web: NAME_NOT_RESOLVED', 'name web: back'])
})

test('a name that does not resolve is retried soon, then ever later up to the interval', async (t) => {
  const setting = new Setting()
  setting.watch(t, spec('nowhere'))
  const times: number[] = []
  for (let seen = 0, second = 0; second <= 150; second++) {
    await setting.clock.elapse(second === 0 ? 0 : 1000)
    for (; seen < setting.resolver.asked.length; seen++) times.push(second)
  }
  t.same(times, [0, 1, 3, 7, 15, 31, 61, 91, 121])
})

test('a lookup that hangs is given up and tried again', async (t) => {
  const setting = new Setting()
  setting.resolver.hung.add('slow')
  const lists = setting.watch(t, spec('slow'))
  await setting.clock.elapse(10_000)
  t.match(setting.transitions[0]?.error?.message, 'no answer within 10000 ms')
  setting.resolver.hung.clear()
  setting.resolver.hosts.set('slow', ['10.0.0.1'])
  await setting.clock.elapse(1000)
  t.same(ids(lists.at(-1)), ['http://10.0.0.1:80#slow'])
})

test('a later source begins with what is remembered of its names', async (t) => {
  const setting = new Setting()
  setting.resolver.hosts.set('web', ['10.0.0.1'])
  setting.resolver.records.set('_http._tcp.web', [
    { name: 'web', port: 81, priority: 0, weight: 0 },
  ])
  const specs = [spec('web'), spec('_http._tcp.web', 0)]
  const before = setting.watch(t, ...specs)
  await settled()
  setting.resolver.hosts.clear()
  setting.resolver.records.clear()
  const after = setting.watch(t, ...specs)
  await settled()
  t.same(ids(after[0]), ['http://10.0.0.1:80#web', 'http://10.0.0.1:81#web'])
  t.same(after.at(-1), before.at(-1))
})

test('a service name gives ports and weights, and each of its hosts every address', async (t) => {
  const setting = new Setting()
  const service = '_http._tcp.example.com'
  setting.resolver.records.set(service, [
    { name: 'b.example.com', port: 8082, priority: 10, weight: 1 },
    { name: 'a.example.com', port: 8081, priority: 10, weight: 3 },
    { name: 'spare.example.com', port: 8083, priority: 20, weight: 1 },
  ])
  setting.resolver.hosts.set('a.example.com', ['10.0.0.1', '2001:db8::1'])
  const lists = setting.watch(t, { ...spec(service, 0), basePath: '/v1' })
  await settled()
  t.same(
    lists.at(-1)?.map(({ id, weight }) => `${id} ${weight}`),
    ['http://10.0.0.1:8081/v1#a.example.com 3', 'http://[2001:db8::1]:8081/v1#a.example.com 3'],
    'a host that does not resolve does not keep the others back',
  )
  t.same(setting.told, ['name b.example.com: NAME_NOT_RESOLVED'])
  setting.resolver.hosts.set('b.example.com', ['10.0.0.2'])
  await setting.clock.elapse(1000)
  t.same(ids(lists.at(-1)).at(-1), 'http://10.0.0.2:8082/v1#b.example.com')
})

test('a service that is no longer found keeps its targets, whose addresses are still followed', async (t) => {
  const setting = new Setting()
  const service = '_http._tcp.example.com'
  setting.resolver.records.set(service, [{ name: 'a', port: 8081, priority: 0, weight: 0 }])
  setting.resolver.hosts.set('a', ['10.0.0.1'])
  const lists = setting.watch(t, spec(service, 0))
  await settled()
  setting.resolver.records.clear()
  setting.resolver.hosts.set('a', ['10.0.0.2'])
  await setting.clock.elapse(REFRESH_MS)
  t.same(ids(lists.at(-1)), ['http://10.0.0.2:8081#a'])
  t.same(setting.told, [`service ${service}: NAME_NOT_RESOLVED`])
})

test('a host that leaves a service leaves the list, and is not asked for any more', async (t) => {
  const setting = new Setting()
  const service = '_http._tcp.example.com'
  const [a, b] = ['a', 'b'].map((name) => ({ name, port: 80, priority: 0, weight: 0 }))
  setting.resolver.hosts.set('a', ['10.0.0.1']).set('b', ['10.0.0.2'])
  setting.resolver.records.set(service, a && b ? [a, b] : [])
  const lists = setting.watch(t, spec(service, 0))
  await settled()
  setting.resolver.records.set(service, a ? [a] : [])
  await setting.clock.elapse(2 * REFRESH_MS)
  t.same(ids(lists.at(-1)), ['http://10.0.0.1:80#a'])
  t.equal(setting.resolver.asked.filter((name) => name === 'b').length, 1)
})

test('many names are followed without a warning, and nothing is left when it ends', async (t) => {
  const setting = new Setting()
  const warnings: Error[] = []
  const warned = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warned)
  t.teardown(() => process.off('warning', warned))
  const specs = Array.from({ length: 100 }, (_, i) => spec(`web-${i}`))
  await take(setting.source(...specs), new AbortController().signal, 1)
  await settled()
  t.same(warnings, [])
  t.equal(setting.clock.timers, 0)
})

test('the registry gives a static source for static settings', (t) => {
  const setting = new Setting()
  const settings = { kind: 'static', specs: [], refreshMs: REFRESH_MS } as const
  const sessions = new SharedSessions(setting)
  t.type(createSource(settings, Object.assign(setting, { sessions })), StaticSource)
  t.end()
})
