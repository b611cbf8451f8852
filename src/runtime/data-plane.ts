import type { Config } from '../config.js'
import { Director } from '../core/director.js'
import type { GroupOutcomes } from '../core/outcome.js'
import type { Clock, Random, Timer } from '../core/ports.js'
import { applicationGroup, listedId } from '../core/instance.js'
import type { GroupSnapshot } from '../core/snapshot.js'
import type { Steer } from '../core/steering.js'
import { DnsFace } from '../faces/dns/dns-face.js'
import type { DnsSettings } from '../faces/dns/settings.js'
import { GatewayFace } from '../faces/gateway/gateway-face.js'
import type { GatewaySettings } from '../faces/gateway/settings.js'
import { ProxyFace } from '../faces/proxy/proxy-face.js'
import type { ProxySettings } from '../faces/proxy/settings.js'
import { Applications } from '../model/applications.js'
import { steerRequest } from '../model/steer-request.js'
import type { ModelNews } from '../model/served-model.js'
import type { Log } from '../telemetry/log.js'
import { REPORT_EVERY_MS } from '../telemetry/sliding-window.js'
import { Traffic, type TrafficReport } from '../telemetry/traffic.js'
import type { DataPlanes, FaceAddresses, ServiceSnapshot } from './data-planes.js'
import { FaceSlot, type PreparedChange } from './face-slot.js'
import { loadCompile } from './load-compile.js'
import { VERSION } from './version.js'

/** What a data plane works with. */
export interface DataPlaneOptions {
  readonly clock: Clock
  readonly random: Random
  /** Chance that nobody can foresee. */
  readonly secureRandom: Random
  readonly log: Log
  /** Takes what the control plane is to know of requests that failed. */
  readonly onOutcomes: (outcomes: readonly GroupOutcomes[]) => void
  /** Takes what was counted since the last time. */
  readonly onTraffic: (report: TrafficReport) => void
}

/** Connections to targets that are none any more are looked for so long after a change. */
const PRUNE_AFTER_MS = 1000

/** Speaks to the clients, by what the control plane says. */
export class DataPlane implements DataPlanes {
  private readonly director: Director
  private readonly traffic = new Traffic()
  private reporting: Timer
  /** The ids of the targets, by group. */
  private readonly targets = new Map<string, ReadonlySet<string>>()
  private readonly applications: Applications
  private readonly proxy
  private readonly gateway
  private readonly dns
  private pruning: Timer | undefined
  /** Resolves when every address that was let go is drained. */
  private drained: Promise<unknown> = Promise.resolve()
  private readonly options: DataPlaneOptions

  constructor(options: DataPlaneOptions) {
    this.options = options
    this.director = new Director(options)
    const applications = new Applications(this.director)
    this.applications = applications
    const steer: Steer = (...request) => steerRequest(applications, ...request)
    const surroundings = { ...options, director: this.director, traffic: this.traffic, steer }
    this.gateway = new FaceSlot((settings: GatewaySettings) => {
      const counts = this.traffic.gateway
      return new GatewayFace(settings, { ...options, applications, counts, version: VERSION })
    })
    this.proxy = new FaceSlot((settings: ProxySettings) => new ProxyFace(settings, surroundings))
    const ofDns = { ...surroundings, traffic: this.traffic.dns }
    this.dns = new FaceSlot((settings: DnsSettings) => new DnsFace(settings, ofDns))
    this.reporting = this.awaitReport()
  }

  async apply(config: Config, snapshot: () => ServiceSnapshot, signal: AbortSignal): Promise<void> {
    const changes = await this.prepare(config)
    // Rules and groups change together: no request meets the ones without the others.
    const now = snapshot()
    this.director.apply(now)
    if (this.applications.compile) this.applications.apply(now.models)
    this.targets.clear()
    this.drained = Promise.all([this.drained, ...changes.map((change) => change.take(signal))])
    for (const group of now.groups) this.remember(group)
  }

  update(group: GroupSnapshot): void {
    this.director.update(group)
    this.remember(group)
    const isOut = (id: string): boolean => {
      const state = group.standings?.[id]?.state
      return state === 'unhealthy' || state === 'ejected'
    }
    if (group.targets.some(({ id }) => isOut(id)))
      this.proxy.face?.withdraw(group.settings.name, isOut)
  }

  steer(news: ModelNews): void {
    // Before the first configuration is in force, which brings all that is known by then.
    if (!this.applications.compile) return
    this.applications.take(news)
    if (news.kind !== 'removed') return
    const group = applicationGroup(news.name)
    this.director.remove(group)
    this.targets.delete(group)
  }

  get addresses(): FaceAddresses {
    return {
      proxy: this.proxy.face?.address,
      gateway: this.gateway.face?.address,
      dns: this.dns.face?.address,
    }
  }

  async stop(signal: AbortSignal): Promise<void> {
    this.pruning?.cancel()
    const faces = [this.proxy.face, this.gateway.face, this.dns.face]
    await Promise.all([...faces.map((face) => face?.stop(signal)), this.drained])
    this.reporting.cancel()
    this.report()
  }

  /** Binds everything first: what cannot be bound changes nothing. */
  private async prepare({ proxy, gateway, dns }: Config): Promise<readonly PreparedChange[]> {
    const changes: PreparedChange[] = []
    try {
      if (gateway?.isSteering) this.applications.compile ??= await loadCompile(this.options.random)
      changes.push(await this.proxy.prepare(proxy))
      changes.push(await this.gateway.prepare(gateway?.face))
      changes.push(await this.dns.prepare(dns))
      return changes
    } catch (error) {
      await Promise.all(changes.map((change) => change.discard()))
      throw error
    }
  }

  private awaitReport(): Timer {
    return this.options.clock.after(REPORT_EVERY_MS, () => {
      this.reporting = this.awaitReport()
      this.report()
    })
  }

  private report(): void {
    const report = this.traffic.take()
    if (report) this.options.onTraffic(report)
  }

  private remember(group: GroupSnapshot): void {
    const { settings, targets } = group
    this.proxy.face?.prepare(group)
    this.targets.set(settings.name, new Set(targets.map(({ id }) => id)))
    this.pruning ??= this.options.clock.after(PRUNE_AFTER_MS, () => {
      this.pruning = undefined
      const ids = new Set([...this.targets.values()].flatMap((ofGroup) => [...ofGroup]))
      this.proxy.face?.prune((target) => ids.has(listedId(target)))
      this.traffic.prune((group, id) => this.targets.get(group)?.has(id) ?? false)
    })
  }
}
