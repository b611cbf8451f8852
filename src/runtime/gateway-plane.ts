import type { GatewayConfig } from '../config/gateway.js'
import { applicationGroup } from '../core/instance.js'
import { PointsmanError } from '../core/errors.js'
import type { Clock, Random } from '../core/ports.js'
import type { Compile } from '../model/applications.js'
import type { DocumentProblem, NamespacedList, StackHosts } from '../model/document.js'
import type { ModelNews } from '../model/served-model.js'
import type { StackRemoval } from '../model/stack-removal.js'
import type { BookNews, Serving } from '../manage/models/model-book.js'
import type { StackDiscovery } from '../sources/zookeeper/stack-discovery.js'
import type { BundleFolder } from '../store/bundle-folder.js'
import type { LastKnownGood } from '../store/last-known-good.js'
import type { ModelStore, StoreNews } from '../store/model-store.js'
import type { BundledApplication, KnownApplication, ModelBundle } from '../store/signed-bundle.js'
import type { Log } from '../telemetry/log.js'
import type { ObservedGateway } from '../telemetry/observed.js'
import { BundleOffer } from './bundle-offer.js'
import type { ControlPlane } from './control-plane.js'
import { KeptWatch } from './kept-watch.js'
import { SupervisedApplication } from './supervised-application.js'

/** The hosts that are registered by now, by application; an error says that nobody knows any more. */
export type HostNews = ReadonlyMap<string, readonly StackHosts[]> | PointsmanError

/** What concerns models. */
type HeldNews = Exclude<StoreNews, { kind: 'hosts' } | { kind: 'complete' }>

/** Who is registered, and on which stacks. */
export interface HostDiscovery extends Pick<StackDiscovery, 'removeStack'> {
  watch(signal: AbortSignal): AsyncIterable<HostNews>
}

/** Where a gateway learns of applications and their hosts. */
export interface GatewaySources {
  /** Keeps what served last, and tells it where the store itself does not answer. */
  readonly store: Pick<ModelStore, 'watch'> &
    Pick<LastKnownGood, 'keepApplication' | 'rememberHosts' | 'flush'>
  /** Undefined where hosts do not register. */
  readonly discovery: HostDiscovery | undefined
  /** Undefined where none are taken. */
  readonly bundles: Pick<BundleFolder, 'watch'> | undefined
}

/** What a gateway plane works with. */
export interface GatewayPlaneOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly control: Pick<ControlPlane, 'supervise' | 'release'>
  /** Takes what data planes are to know; must not throw. */
  readonly onNews: (news: ModelNews) => void
  /** Takes the newest of what is stored, whether it serves or not; must not throw. */
  readonly onStored: (news: BookNews) => void
  readonly open: (config: GatewayConfig) => GatewaySources
  readonly loadCompile: () => Promise<Compile>
}

/** Knows the applications, which models of them serve, and their hosts, once for the whole service. */
export class GatewayPlane {
  private readonly options: GatewayPlaneOptions
  private readonly applications = new Map<string, SupervisedApplication>()
  private lists: readonly NamespacedList[] = []
  private readonly stored = new Map<string, readonly StackHosts[]>()
  private live: ReadonlyMap<string, readonly StackHosts[]> = new Map()
  private isComplete = false
  private config: GatewayConfig | undefined
  private running = new AbortController()
  private compile: Compile | undefined
  private sources: GatewaySources | undefined
  private store: KeptWatch<StoreNews> | undefined
  private discovery: KeptWatch<ReadonlyMap<string, readonly StackHosts[]>> | undefined
  /** By application, until when nothing newer is known to have been there; wall time. */
  private readonly asOf = new Map<string, number>()
  private readonly offer: BundleOffer
  /** What a watch of the store tells until it has told everything: before that, lists of a model may be missing. */
  private held: HeldNews[] | undefined

  constructor(options: GatewayPlaneOptions) {
    this.options = options
    this.offer = new BundleOffer({
      log: options.log,
      known: (name) => this.known(name),
      isStoreLost: () => this.store?.status.state === 'lost',
      onTaken: (applications, bundle) => this.takeBundled(applications, bundle),
    })
  }

  /** Begins to watch what a configuration names, or ends it; what is watched stays so while the gateway is wanted. */
  async apply({ gateway }: { readonly gateway: GatewayConfig | undefined }): Promise<void> {
    if (!gateway) await this.stop()
    else if (!this.config) {
      const compile = await this.options.loadCompile()
      this.begin(gateway, compile)
    }
  }

  /** Everything that data planes are to know now. */
  get models(): readonly ModelNews[] {
    const models = [...this.applications].map(([name, { served }]): ModelNews => {
      return { kind: 'model', name, served }
    })
    return this.isComplete ? [...models, { kind: 'complete' }] : models
  }

  /** Undefined while there is no gateway. */
  get observed(): ObservedGateway | undefined {
    if (!this.store) return undefined
    return {
      store: this.store.status,
      discovery: this.discovery?.status,
      applications: [...this.applications.values()].map(({ observed }) => observed),
    }
  }

  /** The hosts of an application that take its clients; undefined while nobody knows of any. */
  hosts(name: string): ReturnType<Serving['hosts']> {
    const { origin, stacks } = this.applications.get(name)?.hosts ?? {}
    return origin && stacks && { origin, stacks }
  }

  /** Everything that serves, for gateways that cannot ask the store. */
  get bundle(): ModelBundle {
    const isLost = this.store?.status.state === 'lost'
    const heardAt = [...this.asOf.values()].reduce((a, b) => Math.max(a, b), 0)
    const applications = [...this.applications].flatMap(([name, { served, hosts }]) => {
      if (!served) return []
      const { version, model, lists } = served
      return [{ name, stored: { version, content: model }, lists, hosts: hosts.stacks ?? [] }]
    })
    return { madeAtMs: isLost ? heardAt : this.options.clock.wallTimeMs(), applications }
  }

  /**
   * Has nobody register any more on a stack where nobody is.
   * @throws PointsmanError SOURCE_LOST
   */
  async removeStack(application: string, path: string): Promise<StackRemoval> {
    return this.sources?.discovery?.removeStack(application, path) ?? 'unknown'
  }

  /** Why the newest model of an application does not serve. */
  problems(name: string): readonly DocumentProblem[] {
    return this.applications.get(name)?.observed.problems ?? []
  }

  /** Why clients should not be sent here now. */
  get obstacles(): readonly string[] {
    return this.config && !this.isComplete
      ? ['the models of the applications are not known yet']
      : []
  }

  /** Resolves when what is to be kept is kept. */
  async stop(): Promise<void> {
    const { sources } = this
    this.sources = undefined
    this.running.abort()
    this.config = this.store = this.discovery = undefined
    this.isComplete = false
    for (const name of [...this.applications.keys()]) this.forget(name)
    await sources?.store.flush()
  }

  /** Of several who want the same at once the first is enough. */
  private begin(config: GatewayConfig, compile: Compile): void {
    if (this.config) return
    this.compile = compile
    this.config = config
    this.start(config)
  }

  private start(config: GatewayConfig): void {
    const { clock, random, log, open } = this.options
    this.running = new AbortController()
    const { signal } = this.running
    const sources = open(config)
    const { store, discovery, bundles } = sources
    this.sources = sources
    const tell = (what: string) => (error: PointsmanError | undefined) => {
      if (error) log.warn({ code: error.code, reason: error.message }, `${what} lost`)
      else log.info(`${what} back`)
    }
    this.store = new KeptWatch<StoreNews>({
      clock,
      random,
      code: 'STORE_LOST',
      watch: (ended) => store.watch(ended),
      onBegin: () => {
        this.held = []
      },
      onNews: (news) => this.take(news),
      onChange: (error) => {
        tell('model store')(error)
        if (error) this.offer.offer()
      },
    })
    void this.store.run(signal)
    if (bundles) void this.follow(bundles, signal)
    if (!discovery) return
    this.discovery = new KeptWatch({
      clock,
      random,
      code: 'SOURCE_LOST',
      watch: (ended) => discovery.watch(ended),
      onNews: (hosts) => this.takeLive(hosts),
      onChange: (error) => {
        tell('host discovery')(error)
        if (error) this.loseHosts(error)
      },
    })
    void this.discovery.run(signal)
  }

  private take(news: StoreNews): void {
    if (news.kind === 'complete') this.complete()
    else if (news.kind === 'hosts') {
      this.stored.set(news.name, news.stacks)
      this.applications.get(news.name)?.hosts.takeStored(news.stacks)
    } else if (this.held) this.held.push(news)
    else this.takeNow(news)
  }

  private takeNow(news: HeldNews): void {
    this.serveNow(news)
    if (news.kind !== 'reload-hosts') this.options.onStored(news)
  }

  private serveNow(news: HeldNews): void {
    switch (news.kind) {
      case 'application':
        this.asOf.set(news.name, news.kept?.savedAtMs ?? this.options.clock.wallTimeMs())
        this.application(news.name).take(news.stored, this.lists)
        this.tellUnserved(news.name)
        break
      case 'broken':
        this.application(news.name).takeBroken(news.version, news.problems)
        this.tellUnserved(news.name)
        break
      case 'removed':
        this.remove(news.name)
        break
      case 'lists':
        this.lists = news.stored.content
        for (const application of this.applications.values()) application.takeLists(this.lists)
        break
      case 'reload-hosts':
        this.applications.get(news.name)?.hosts.reload()
    }
  }

  private async follow(bundles: Pick<BundleFolder, 'watch'>, signal: AbortSignal): Promise<void> {
    for await (const found of bundles.watch(signal)) this.offer.take(found)
  }

  private known(name: string): KnownApplication | undefined {
    const served = this.applications.get(name)?.served
    return served && { ...served, asOfMs: this.asOf.get(name) ?? 0 }
  }

  private takeBundled(
    applications: readonly BundledApplication[],
    { madeAtMs }: ModelBundle,
  ): void {
    for (const { name, stored, lists, hosts } of applications) {
      this.asOf.set(name, madeAtMs)
      const application = this.application(name)
      if (!application.hosts.stacks) application.hosts.takeStored(hosts)
      application.take(stored, lists)
      this.tellUnserved(name)
    }
    if (this.isComplete) return
    this.isComplete = true
    this.options.onNews({ kind: 'complete' })
  }

  /** All that there is has been told; what was not told is gone. */
  private complete(): void {
    const { held } = this
    if (!held) return
    this.held = undefined
    for (const news of held) if (news.kind === 'lists') this.takeNow(news)
    for (const news of held) if (news.kind !== 'lists') this.takeNow(news)
    const told = new Set(held.map((news) => ('name' in news ? news.name : '')))
    for (const name of [...this.applications.keys()])
      if (!told.has(name)) this.takeNow({ kind: 'removed', name })
    this.isComplete = true
    this.options.onNews({ kind: 'complete' })
    this.options.onStored({ kind: 'complete' })
  }

  private tellUnserved(name: string): void {
    const isServed = this.applications.get(name)?.served !== undefined
    if (!isServed) this.options.onNews({ kind: 'model', name, served: undefined })
  }

  private application(name: string): SupervisedApplication {
    const known = this.applications.get(name)
    if (known) return known
    const { compile } = this
    if (!compile) throw new PointsmanError('INTERNAL', 'Applications before they are wanted')
    const { clock, log, control, onNews } = this.options
    const application = new SupervisedApplication({
      name,
      clock,
      log,
      compile,
      discovery: this.config?.discovery ?? 'dynamic',
      onServed: (served, group) => {
        control.supervise(group, { kind: 'application', given: application.hosts.feed })
        onNews({ kind: 'model', name, served })
        const { version, model: content, lists } = served
        this.sources?.store.keepApplication(name, { version, content }, lists)
      },
      onHosts: (stacks) => this.sources?.store.rememberHosts(name, stacks),
    })
    this.applications.set(name, application)
    const stored = this.stored.get(name)
    if (stored) application.hosts.takeStored(stored)
    application.hosts.takeLive(this.live.get(name) ?? [])
    if (!this.awaitsHosts) application.hosts.settle()
    return application
  }

  private remove(name: string): void {
    if (!this.applications.has(name)) return
    this.options.log.info({ application: name }, 'application removed')
    this.forget(name)
  }

  private forget(name: string): void {
    this.applications.delete(name)
    this.asOf.delete(name)
    this.options.control.release(applicationGroup(name))
    this.options.onNews({ kind: 'removed', name })
  }

  /** Whether it may still turn out who is registered. */
  private get awaitsHosts(): boolean {
    return this.discovery?.status.state === 'starting'
  }

  private takeLive(live: ReadonlyMap<string, readonly StackHosts[]>): void {
    this.live = live
    for (const [name, { hosts }] of this.applications) hosts.takeLive(live.get(name) ?? [])
    this.hostsChanged()
  }

  private loseHosts(error: PointsmanError): void {
    for (const { hosts } of this.applications.values()) hosts.lose(error)
    this.hostsChanged()
  }

  private hostsChanged(): void {
    for (const application of this.applications.values()) {
      application.hosts.settle()
      application.reconsider()
    }
  }
}
