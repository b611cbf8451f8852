import { test, type Test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import { namesOf } from '../../src/sources/name-book.js'
import {
  RedisSentinelSource,
  type RedisSentinelSettings,
} from '../../src/sources/redis-sentinel.js'
import { systemClock, systemRandom } from '../../src/runtime/system-clock.js'
import { sourceConformance } from '../support/source-conformance.js'
import { FakeRedis, resp, type FakeReply } from './fake-redis.js'
import { FakeResolver } from './fake-resolver.js'

const MASTER = resp(['master', '0', []])
const REPLICA = `*5\r\n${resp('slave')}${resp('127.0.0.1')}:6379\r\n${resp('connected')}:0\r\n`
const PATIENCE_MS = 15_000

type News = string

/** Three fake sentinels and two fake servers; the sentinels name what `named` says, the servers are what `roles` says. */
class Scene {
  sentinels: readonly FakeRedis[] = []
  servers: readonly FakeRedis[] = []
  readonly news: News[] = []
  readonly resolver = new FakeResolver()
  /** Which server each sentinel names. */
  named = [0, 0, 0]
  roles = [MASTER, REPLICA]
  /** How each sentinel answers instead. */
  odd: ((words: readonly string[]) => FakeReply)[] = []
  role: 'master' | 'replica' = 'master'
  password: string | undefined
  private heard = (): void => {}

  static async open(t: Test): Promise<Scene> {
    const scene = new Scene()
    scene.servers = await Promise.all(
      [0, 1].map((i) => FakeRedis.start(t, '127.0.0.1', () => scene.roles[i])),
    )
    scene.sentinels = await Promise.all(
      [0, 1, 2].map((i) =>
        FakeRedis.start(t, '127.0.0.1', (words) => (scene.odd[i] ?? scene.honest(i))(words)),
      ),
    )
    return scene
  }

  get settings(): RedisSentinelSettings {
    return {
      kind: 'redis-sentinel',
      masterName: 'mymaster',
      sentinels: this.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      password: this.password,
      role: this.role,
      access: { username: undefined, password: undefined, tls: undefined },
    }
  }

  source(): RedisSentinelSource {
    const names = namesOf(this.resolver, systemClock)
    return new RedisSentinelSource(this.settings, {
      clock: systemClock,
      random: systemRandom,
      names,
    })
  }

  /** Watches until the test is over; `news` grows. */
  watch(t: Test): () => Promise<void> {
    const stop = new AbortController()
    const watching = (async () => {
      for await (const each of this.source().watch(stop.signal)) {
        this.news.push(this.told(each))
        this.heard()
      }
    })()
    const end = async (): Promise<void> => {
      stop.abort()
      await watching
    }
    t.teardown(end)
    return end
  }

  /** Resolves when such news has come after those that were there. */
  async until(expected: RegExp): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    while (!expected.test(this.news.at(-1) ?? '')) {
      if (Date.now() > deadline)
        throw new Error(`not ${String(expected)}, but ${this.news.slice(-5).join('\n')}`)
      await new Promise<void>((resolve) => {
        this.heard = resolve
        setTimeout(resolve, 100)
      })
    }
  }

  push(): void {
    for (const each of this.sentinels) each.push()
  }

  private honest(i: number): (words: readonly string[]) => FakeReply {
    return ([, command]) => {
      const { address = '', port = 0 } = this.servers[this.named[i] ?? 0] ?? {}
      if (command === 'GET-MASTER-ADDR-BY-NAME') return resp([address, String(port)])
      const others = this.servers.map(({ port }, j) => [
        'ip',
        '127.0.0.1',
        'port',
        String(port),
        'flags',
        j === 0 ? 's_down,slave' : 'slave',
      ])
      return resp(others)
    }
  }

  private told(news: readonly { readonly port: number }[] | PointsmanError): News {
    if (news instanceof PointsmanError) return `lost: ${news.message}`
    const indices = news.map(({ port }) => this.servers.findIndex((each) => each.port === port))
    return `server ${indices.join() || 'none'}`
  }
}

test('A sentinel source conforms', async (t) => {
  const scene = await Scene.open(t)
  sourceConformance(t, () => scene.source())
})

test('A master is followed when a majority names it, and it says that it is one', async (t) => {
  const scene = await Scene.open(t)
  scene.watch(t)
  await scene.until(/^server 0$/)
  scene.named = [1, 0, 0]
  scene.push()
  await new Promise((resolve) => setTimeout(resolve, 300))
  scene.named = [1, 1, 0]
  scene.push()
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.same([...new Set(scene.news)], ['server 0'], 'not before it is promoted')
  scene.roles = [MASTER, MASTER]
  await scene.until(/^server 1$/)
  t.same([...new Set(scene.news)], ['server 0', 'server 1'])
})

test('A master whose role is another is none at once, also while the sentinels name it', async (t) => {
  const scene = await Scene.open(t)
  scene.watch(t)
  await scene.until(/^server 0$/)
  scene.roles = [REPLICA, REPLICA]
  scene.servers[0]?.cut()
  await scene.until(/^server none$/)
  await scene.until(
    /^lost: the sentinels name 127.0.0.1:\d+ as the master, but: its role is slave$/,
  )
  scene.roles = [MASTER, REPLICA]
  await scene.until(/^server 0$/)
})

const GARBAGE: readonly (readonly [what: string, reply: FakeReply, said: RegExp])[] = [
  ['another master', resp(['127.0.0.9', '1']), /names 127.0.0.9:1/],
  ['no master', '*-1\r\n', /knows no master mymaster/],
  ['a refusal', '-NOAUTH Authentication required.\r\n', /login required: NOAUTH/],
  ['no command', "-ERR unknown command 'SENTINEL'\r\n", /unknown command/],
  ['garbage', 'HTTP/1.1 400 Bad Request\r\n\r\n', /malformed \(not Redis\)/],
  ['a number', ':1\r\n', /malformed \(no list\)/],
  ['an empty list', '*0\r\n', /malformed \(host\)/],
  ['no port', resp(['127.0.0.1', 'x']), /malformed \(port\)/],
  ['a port too high', resp(['127.0.0.1', '65536']), /malformed \(port\)/],
  ['a host that is none', resp(['a b', '1']), /malformed \(host\)/],
  ['a name that does not resolve', resp(['redis.nowhere', '1']), /redis.nowhere does not resolve/],
  ['nothing', undefined, /no answer within 1500 ms/],
]

for (const [what, reply, said] of GARBAGE) {
  test(`One sentinel that says ${what} changes nothing, and two are told of`, async (t) => {
    const scene = await Scene.open(t)
    scene.odd = [() => reply]
    const end = scene.watch(t)
    await scene.until(/^server 0$/)
    await end()
    scene.odd = [() => reply, () => reply]
    scene.named = [0, 0, 1]
    scene.watch(t)
    if (what === 'another master') await scene.until(/lost: the sentinels name 127.0.0.9:1 as/)
    else await scene.until(said)
  })
}

test('Without sentinels the last master stays, and the source is lost', async (t) => {
  const scene = await Scene.open(t)
  scene.watch(t)
  await scene.until(/^server 0$/)
  await Promise.all(scene.sentinels.map((each) => each.stop()))
  await scene.until(/^lost: 0 of 3 sentinels answer, 2 are needed; .*connect refused/)
  t.notOk(scene.news.includes('server none'))
  await Promise.all(scene.sentinels.map((each) => each.listen()))
  await scene.until(/^server 0$/)
})

test('Without a majority from the start the source is lost at once', async (t) => {
  const scene = await Scene.open(t)
  scene.named = [0, 1, 0]
  await scene.sentinels[2]?.stop()
  scene.watch(t)
  await scene.until(/^lost: the sentinels disagree/)
  t.equal(scene.news[0]?.startsWith('lost'), true)
})

test('Names that sentinels announce are resolved', async (t) => {
  const scene = await Scene.open(t)
  scene.resolver.hosts.set('redis.internal', ['127.0.0.1'])
  const port = String(scene.servers[0]?.port)
  scene.odd = [0, 1, 2].map(() => () => resp(['redis.internal', port]))
  scene.watch(t)
  await scene.until(/^server 0$/)
})

test('Replicas are those that a majority is in touch with', async (t) => {
  const scene = await Scene.open(t)
  scene.role = 'replica'
  scene.watch(t)
  await scene.until(/^server 1$/)
})

test('Nothing is left open, however often connections end', async (t) => {
  const scene = await Scene.open(t)
  const all = [...scene.sentinels, ...scene.servers]
  const end = scene.watch(t)
  await scene.until(/^server 0$/)
  for (let i = 0; i < 20; i++) {
    for (const each of all) each.cut()
    scene.push()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await scene.until(/^server 0$/)
  t.ok(scene.sentinels.every(({ sockets }) => sockets.size <= 2))
  t.ok(scene.servers.every(({ sockets }) => sockets.size <= 1))
  await end()
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(
    all.reduce((sum, { sockets }) => sum + sockets.size, 0),
    0,
  )
})
