import pino from 'pino'
import { test, type Test } from 'tap'
import type { GatewayConfig } from '../../src/config/gateway.js'
import { PointsmanError } from '../../src/core/errors.js'
import type { Target } from '../../src/core/target.js'
import { Bell } from '../../src/core/wait.js'
import type { DocumentProblem } from '../../src/model/document.js'
import { ModelBook } from '../../src/manage/models/model-book.js'
import type { ModelNews } from '../../src/model/served-model.js'
import { GatewayPlane, type HostNews } from '../../src/runtime/gateway-plane.js'
import { loadCompile } from '../../src/runtime/load-compile.js'
import type { GivenSource } from '../../src/runtime/supervised-group.js'
import type { StoreNews } from '../../src/store/model-store.js'
import { hostsOf, modelOf, type Document } from '../support/applications.js'
import { ManualClock, seeded, settled } from '../support/clock.js'

/** Yields what it is told, and throws an error when it is told one of a store. */
class Told<News> {
  private news: (News | Error)[] = []
  private readonly bell = new Bell()
  /** How often a watch has begun. */
  watches = 0

  tell(...news: readonly (News | Error)[]): void {
    this.news.push(...news)
    this.bell.ring()
  }

  async *watch(signal: AbortSignal): AsyncGenerator<News, void> {
    this.watches++
    signal.addEventListener('abort', () => this.bell.ring())
    while (!signal.aborted) {
      const [next] = this.news.splice(0, 1)
      if (next instanceof Error && !(next instanceof PointsmanError && next.code === 'SOURCE_LOST'))
        throw next
      if (next === undefined) await this.bell.rung()
      // An error of a source is news.
      else yield next as News
    }
  }
}

function serving(name: string, version: number, document: Document = {}): StoreNews {
  return { kind: 'application', name, stored: { version, content: modelOf(document) } }
}

const COMPLETE: StoreNews = { kind: 'complete' }

function hostAt(ipv4: string, flavor = '1.9') {
  return hostsOf([{ path: `/DC1/Z1/${flavor}`, hosts: [{ ipv4 }] }])
}

/** A plane with a store and a discovery that say what the test says. */
class Plane {
  readonly store = new Told<StoreNews>()
  readonly discovery = new Told<HostNews>()
  readonly clock = new ManualClock()
  readonly news: ModelNews[] = []
  readonly logs: Readonly<Record<string, unknown>>[] = []
  readonly kept: string[] = []
  /** The addresses of the targets by group, as the source of each has told last. */
  readonly hosts = new Map<string, readonly string[]>()
  /** Of every target that was told. */
  readonly weights: number[] = []
  readonly plane: GatewayPlane
  readonly book = new ModelBook({
    hosts: (name) => this.plane.hosts(name),
    targets: () => [],
    problems: (name) => this.plane.problems(name),
  })
  private readonly ended = new AbortController()

  constructor(t: Test, hasDiscovery: boolean) {
    const keep = (what: string) => this.kept.push(what)
    this.plane = new GatewayPlane({
      clock: this.clock,
      random: seeded(1),
      log: pino(
        {},
        { write: (line) => this.logs.push(JSON.parse(line) as Record<string, unknown>) },
      ),
      control: {
        supervise: ({ settings }, source) => void this.follow(settings.name, source as GivenSource),
        release: (name) => this.hosts.delete(name),
      },
      onNews: (news) => this.news.push(news),
      onStored: (news) => this.book.take(news),
      open: () => ({
        store: {
          watch: (signal) => this.store.watch(signal),
          keepApplication: (name, { version }) => keep(`${name} ${version}`),
          rememberHosts: (name, stacks) => keep(`${name} ${stacks[0]?.hosts[0]?.ipv4 ?? 'none'}`),
          flush: () => Promise.resolve(),
        },
        discovery: hasDiscovery ? this.discovery : undefined,
      }),
      loadCompile: () => loadCompile({ next: Math.random }),
    })
    t.teardown(async () => {
      this.ended.abort()
      await this.plane.stop()
    })
  }

  static async start(t: Test, news: readonly StoreNews[], hasDiscovery = false): Promise<Plane> {
    const plane = new Plane(t, hasDiscovery)
    await plane.plane.apply({ gateway: CONFIG })
    plane.store.tell(...news)
    await settled()
    return plane
  }

  async tell(...news: readonly (StoreNews | Error)[]): Promise<void> {
    this.store.tell(...news)
    await settled()
  }

  async register(ipv4: readonly string[], application = 'shop'): Promise<void> {
    const hosts = ipv4.map((address) => ({ ipv4: address }))
    const stacks = hosts.length > 0 ? hostsOf([{ path: '/DC1/Z1/1.9', hosts }]) : []
    this.discovery.tell(new Map(stacks.length > 0 ? [[application, stacks]] : []))
    await settled()
  }

  /** The version that serves, and why a newer one does not. */
  state(name = 'shop'): readonly [served: number | undefined, refused?: number, code?: string] {
    const application = this.plane.observed?.applications.find((each) => each.name === name)
    const { servedVersion, refusedVersion, problems = [] } = application ?? {}
    if (refusedVersion === undefined) return [servedVersion]
    return [servedVersion, refusedVersion, problems[0]?.code ?? '']
  }

  addresses(name = 'shop'): readonly string[] | undefined {
    return this.hosts.get(`application:${name}`)
  }

  logged(message: string): readonly Readonly<Record<string, unknown>>[] {
    return this.logs.filter(({ msg }) => msg === message)
  }

  private take(group: string, targets: readonly Target[]): void {
    if (!this.hosts.has(group)) return
    this.hosts.set(
      group,
      targets.map(({ address }) => address),
    )
    this.weights.push(...targets.map(({ weight }) => weight))
  }

  private async follow(group: string, { given }: GivenSource): Promise<void> {
    if (this.hosts.has(group)) return
    this.hosts.set(group, ['unknown'])
    for await (const news of given.watch(this.ended.signal))
      if (!(news instanceof PointsmanError)) this.take(group, news)
  }
}

const CONFIG: GatewayConfig = {
  face: undefined,
  isSteering: true,
  store: { kind: 'file', directory: 'unused' },
  discovery: 'dynamic',
  lastKnownGoodDirectory: 'unused',
  ensemble: undefined,
}

const LISTED = {
  rules: [
    {
      id: 'beta',
      conditions: [{ kind: 'contains', parameter: 'mac', lists: ['beta'] }],
      then: { server: { path: '1.9' } },
    },
  ],
}

function lists(version: number, ...values: readonly string[]): StoreNews {
  const list = { name: 'beta', description: '', type: 'text', values } as const
  return { kind: 'lists', stored: { version, content: [list, { ...list, name: 'other' }] } }
}

test('Models serve once everything has been told, whatever the order; lists come with those that use them', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3, LISTED)])
  t.same(plane.news, [])
  t.same(plane.plane.obstacles, ['the models of the applications are not known yet'])
  await plane.tell(lists(1, 'a'), COMPLETE)
  t.same(plane.plane.obstacles, [])
  t.match(plane.news, [
    {
      kind: 'model',
      name: 'shop',
      served: { version: 3, lists: [{ name: 'beta', values: ['a'] }] },
    },
    COMPLETE,
  ])
  await plane.tell(lists(2, 'a'))
  t.equal(plane.news.length, 2, 'lists that are the same are no news')
  await plane.tell(lists(3, 'b'))
  t.match(plane.news.at(-1), { served: { version: 3, lists: [{ values: ['b'] }] } })
  t.same(plane.plane.models.length, 2)
  t.same(plane.kept, ['shop 3', 'shop 3'])
})

test('A model that would leave too few hosts waits for more, and the one that runs stays', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), COMPLETE], true)
  await plane.register(['10.0.0.1'])
  await plane.tell(serving('shop', 2, { settings: { minimumHosts: 2 } }))
  t.same(plane.state(), [1, 2, 'NOT_ENOUGH_HOSTS_FOR_DEFAULT'])
  await plane.register(['10.0.0.1', '10.0.0.2'])
  t.same(plane.state(), [2])
  await plane.tell(serving('shop', 3, { defaultServer: { path: '9.9' } }))
  t.same(plane.state(), [2, 3, 'CANT_REDIRECT_TO_DEFAULT'])
  await plane.register([])
  t.same(
    plane.state(),
    [2, 3, 'CANT_REDIRECT_TO_DEFAULT'],
    'the one that runs may run out of hosts',
  )
  await plane.tell(serving('shop', 2, { settings: { minimumHosts: 2 } }))
  t.same(plane.state(), [2], 'it is the newest again')
})

test('Where nothing serves yet a model does, however few hosts there are', async (t) => {
  const model = serving('shop', 1, { settings: { minimumHosts: 5 } })
  const stored: StoreNews = { kind: 'hosts', name: 'shop', stacks: hostAt('10.0.0.1') }
  const plane = await Plane.start(t, [stored, model, COMPLETE])
  t.same(plane.state(), [1])
})

const PROBLEM: DocumentProblem = { code: 'Unreadable', path: '', message: 'why' }

test('A model that is broken, invalid or cannot be compiled is refused, and the one that runs stays', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), COMPLETE])
  t.same(plane.state(), [1])
  await plane.tell({ kind: 'broken', name: 'shop', version: 2, problems: [PROBLEM] })
  t.same(plane.state(), [1, 2, 'Unreadable'])
  await plane.tell(serving('shop', 3, { whitelist: ['nonsense'] }))
  t.same(plane.state(), [1, 3, 'WhitelistInvalidPath'])
  await plane.tell(serving('shop', 4, LISTED))
  t.equal(plane.state()[0], 1, 'its list is missing')
  const before = plane.news.length
  t.equal(plane.logged('model refused').length, 3)
  t.match(plane.logged('model refused')[0], {
    application: 'shop',
    version: 2,
    serving: 1,
    problems: [PROBLEM],
  })
  await plane.tell(lists(1, 'a'))
  t.same(plane.state(), [4], 'now it is there')
  t.equal(plane.news.length, before + 1)
})

test('An application that never had a model to serve is known all the same', async (t) => {
  const broken = { kind: 'broken', name: 'shop', version: 0, problems: [PROBLEM] } as const
  const plane = await Plane.start(t, [broken, COMPLETE])
  t.same(plane.news, [{ kind: 'model', name: 'shop', served: undefined }, COMPLETE])
  t.same(plane.state(), [undefined, 0, 'Unreadable'])
  t.equal(plane.addresses(), undefined)
})

test('An application that is removed is gone, also when that was missed', async (t) => {
  const plane = await Plane.start(t, [serving('a', 1), serving('b', 1), serving('c', 1), COMPLETE])
  await plane.tell({ kind: 'removed', name: 'a' })
  t.same(plane.news.at(-1), { kind: 'removed', name: 'a' })
  t.equal(plane.addresses('a'), undefined)
  await plane.tell(new PointsmanError('STORE_LOST', 'no disk'))
  t.match(plane.plane.observed?.store, { state: 'lost', ageMs: 0, error: { message: 'no disk' } })
  t.same(plane.state('b'), [1], 'it serves on')
  await plane.clock.elapse(1000)
  t.equal(plane.store.watches, 2)
  await plane.tell(serving('b', 1), COMPLETE)
  t.same(plane.plane.observed?.store.state, 'live')
  t.same(
    plane.plane.models.map((each) => ('name' in each ? each.name : each.kind)),
    ['b', 'complete'],
  )
  t.match(
    plane.logs.map(({ msg }) => msg).filter((msg) => /store/.test(String(msg))),
    ['model store lost', 'model store back'],
  )
})

test('Hosts that are stored serve until others register, and then those that are registered', async (t) => {
  const stored: StoreNews = { kind: 'hosts', name: 'shop', stacks: hostAt('10.0.0.1') }
  const plane = await Plane.start(t, [stored, serving('shop', 1), COMPLETE], true)
  t.same(plane.addresses(), ['10.0.0.1'])
  await plane.register([])
  t.same(plane.addresses(), ['10.0.0.1'], 'nobody has registered')
  plane.discovery.tell(new Map([['shop', hostsOf([{ path: '/DC1/Z1/1.9', hosts: [] }])]]))
  await settled()
  t.same(plane.addresses(), ['10.0.0.1'], 'there is a place to register at, and nobody there')
  await plane.register(['10.0.0.2', '10.0.0.3'])
  t.same(plane.addresses(), ['10.0.0.2', '10.0.0.3'])
  await plane.register([])
  t.same(plane.addresses(), [], 'they are gone')
  t.same(plane.plane.observed?.applications[0]?.hosts, 'live')
  t.same(plane.kept, ['shop 10.0.0.1', 'shop 1', 'shop 10.0.0.2', 'shop none'])
})

test('Static hosts stay as they were when the model came, until a reload is asked for', async (t) => {
  const document = { settings: { discovery: 'static' } }
  const plane = await Plane.start(t, [serving('shop', 1, document), COMPLETE], true)
  t.same(plane.addresses(), ['unknown'], 'it may still turn out who they are')
  await plane.register(['10.0.0.1'])
  t.same(plane.addresses(), ['10.0.0.1'])
  await plane.register(['10.0.0.2'])
  t.same(plane.addresses(), ['10.0.0.1'])
  await plane.tell({ kind: 'reload-hosts', name: 'shop' })
  t.same(plane.addresses(), ['10.0.0.2'])
  await plane.register(['10.0.0.3'])
  await plane.tell(serving('shop', 2, { ...document, whitelist: ['/DC1/Z1'] }))
  t.same(plane.addresses(), ['10.0.0.3'])
  await plane.tell(serving('shop', 3))
  await plane.register(['10.0.0.4'])
  t.same(plane.addresses(), ['10.0.0.4'], 'dynamic from now on')
})

test('While nobody knows who is registered the last hosts serve; where there never were any there are none', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), serving('new', 1), COMPLETE], true)
  await plane.register(['10.0.0.1'])
  t.same(plane.addresses('new'), [])
  plane.discovery.tell(new PointsmanError('SOURCE_LOST', 'no ensemble'))
  await settled()
  t.same(plane.addresses(), ['10.0.0.1'])
  t.match(plane.plane.observed?.discovery, { state: 'lost', error: { message: 'no ensemble' } })
  t.equal(plane.logged('host discovery lost').length, 1)
  await plane.register(['10.0.0.2'])
  t.same(plane.addresses(), ['10.0.0.2'])
  t.equal(plane.logged('host discovery back').length, 1)
})

test('Weights are those that hosts register with, unless the model wants them all alike', async (t) => {
  const stacks = hostsOf([{ path: '/D/Z/1.9', hosts: [{ ipv4: '10.0.0.1', weight: 0 }] }])
  const stored: StoreNews = { kind: 'hosts', name: 'shop', stacks }
  for (const [registeredWeights, weight] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const document = { settings: { registeredWeights } }
    const plane = await Plane.start(t, [stored, serving('shop', 1, document), COMPLETE])
    t.same(plane.addresses(), ['10.0.0.1'])
    t.equal(plane.weights.at(-1), weight)
  }
})

test('A configuration without a gateway ends it', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), COMPLETE])
  await plane.plane.apply({ gateway: undefined })
  t.same(plane.plane.models, [])
  t.equal(plane.plane.observed, undefined)
  t.same(plane.plane.obstacles, [])
  await plane.plane.apply({ gateway: CONFIG })
  await plane.tell(serving('shop', 2), COMPLETE)
  t.same(plane.state(), [2])
})

test('The book has the newest models, also those that do not serve, and why', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3)])
  const { book } = plane
  t.notOk(book.isComplete)
  t.same(book.names(), [], 'nothing before all is told')
  await plane.tell(COMPLETE)
  t.ok(book.isComplete)
  t.match(book.get('shop'), { version: 3, problems: [] })
  const problem = { code: 'WrongType', path: '', message: 'is no object' }
  await plane.tell({ kind: 'broken', name: 'shop', version: 4, problems: [problem] })
  t.match(book.get('shop'), { version: 4, model: {}, problems: [problem] })
  await plane.tell({ kind: 'broken', name: 'mail', version: 0, problems: [problem] })
  t.same(book.get('mail'), { version: 0, model: undefined, problems: [problem] })
  t.same(book.names(), ['mail', 'shop'])
  await plane.tell({ kind: 'hosts', name: 'shop', stacks: hostAt('10.0.0.1') })
  t.match(book.hosts('shop'), { origin: 'stored', stacks: [{ hosts: [{ ipv4: '10.0.0.1' }] }] })
  t.equal(book.hosts('music'), undefined)
  await plane.tell({ kind: 'removed', name: 'shop' })
  t.equal(book.get('shop'), undefined)
})

test('What is gone when a store is read anew is gone from the book', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3), serving('mail', 0), COMPLETE])
  const changes: unknown[] = []
  plane.book.onChange((change) => changes.push(change))
  await plane.tell(new PointsmanError('STORE_LOST', 'gone'))
  plane.clock.advance(60_000)
  await plane.tell(serving('shop', 4), COMPLETE)
  t.same(plane.book.names(), ['shop'])
  t.same(changes, [
    { kind: 'application', name: 'shop', version: 4 },
    { kind: 'application', name: 'mail', version: undefined },
  ])
})
