import pino from 'pino'
import type { Test } from 'tap'
import type { GatewayConfig } from '../../src/config/gateway.js'
import { PointsmanError } from '../../src/core/errors.js'
import type { Target } from '../../src/core/target.js'
import { Bell } from '../../src/core/wait.js'
import { ModelBook } from '../../src/manage/models/model-book.js'
import type { ModelNews } from '../../src/model/served-model.js'
import { GatewayPlane, type HostNews } from '../../src/runtime/gateway-plane.js'
import { loadCompile } from '../../src/runtime/load-compile.js'
import type { GivenSource } from '../../src/runtime/supervised-group.js'
import type { FoundBundle } from '../../src/store/bundle-folder.js'
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

/** News of a model with this version. */
export function serving(name: string, version: number, document: Document = {}): StoreNews {
  return { kind: 'application', name, stored: { version, content: modelOf(document) } }
}

/** Everything was told. */
export const COMPLETE: StoreNews = { kind: 'complete' }

/** One host on a stack. */
export function hostAt(ipv4: string, flavor = '1.9') {
  return hostsOf([{ path: `/DC1/Z1/${flavor}`, hosts: [{ ipv4 }] }])
}

/** A plane with a store and a discovery that say what the test says. */
export class Plane {
  readonly store = new Told<StoreNews>()
  readonly discovery = new Told<HostNews>()
  readonly bundles = new Told<FoundBundle>()
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
        discovery: hasDiscovery
          ? {
              watch: (signal) => this.discovery.watch(signal),
              removeStack: () => Promise.resolve('removed'),
            }
          : undefined,
        bundles: this.bundles,
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

/** What a plane is configured with; its sources are those of the test all the same. */
export const CONFIG: GatewayConfig = {
  face: undefined,
  isSteering: true,
  store: { kind: 'file', directory: 'unused' },
  discovery: 'dynamic',
  bundleKey: undefined,
  lastKnownGoodDirectory: 'unused',
  ensemble: undefined,
}
