import { hostname } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import { loadConfig, type Config } from '../config.js'
import { describeProblem } from '../config/problem.js'
import type { TargetOverride } from '../core/health.js'
import { applicationGroup } from '../core/instance.js'
import type { GroupOutcomes } from '../core/outcome.js'
import type { ManagedGroup, ManagedService, Phase } from '../manage/managed-service.js'
import { ModelBook } from '../manage/models/model-book.js'
import type { StackRemoval } from '../model/stack-removal.js'
import type { FleetMember } from '../store/fleet.js'
import { signBundle } from '../store/signed-bundle.js'
import type { SourceTransition } from '../sources/source.js'
import { flushLog, type Log } from '../telemetry/log.js'
import type { ObservedGateway, ObservedHosts } from '../telemetry/observed.js'
import { PRIMARY, ServiceTotals } from '../telemetry/service-totals.js'
import type { TrafficReport } from '../telemetry/traffic.js'
import { ControlPlane } from './control-plane.js'
import { DataPlane } from './data-plane.js'
import type { DataPlanes, ServiceSnapshot } from './data-planes.js'
import { FleetPlane } from './fleet-plane.js'
import { GatewayPlane } from './gateway-plane.js'
import { openGatewaySources } from './gateway-sources.js'
import { HostsPlane } from './hosts-plane.js'
import { loadCompile } from './load-compile.js'
import type { ManagementPlane } from './management-plane.js'
import { systemClock, systemRandom, systemSecureRandom } from './system-clock.js'
import { VERSION } from './version.js'
import { WorkerPool } from './worker-pool.js'

/** Tells of parts of stores and registrations that are broken, and of those that are well again. */
function tellTrouble(log: Log) {
  return ({ subject, error }: SourceTransition): void => {
    if (!error) log.info({ subject }, 'mended')
    else log.warn({ subject, code: error.code, reason: error.message }, 'broken')
  }
}

/** @param before undefined where nothing of it was used */
function needsRestartOfGateway(
  before: Config['gateway'],
  after: Config['gateway'],
): readonly string[] {
  if (!before || !after) return []
  const { face: own } = before
  const { face: other } = after
  const problems: string[] = []
  // Whether clients are steered by models can change; what these are learnt from cannot.
  if (!isDeepStrictEqual({ ...before, face: other, isSteering: after.isSteering }, after))
    problems.push(
      'MODEL_STORE, DISCOVERY_MODE, LKG_DIR, BUNDLE_PUBLIC_KEY and ZOOKEEPER_*: others take a restart of a gateway',
    )
  const sameAddress = own && own.host === other?.host && own.port === other.port
  if (sameAddress && own.maxHeaderSizeBytes !== other.maxHeaderSizeBytes)
    problems.push('MAX_HEADER_SIZE: at the same port of the gateway, another takes a restart')
  return problems
}

/** What a running service cannot change. */
function needsRestart(before: Config, after: Config): readonly string[] {
  const problems: string[] = []
  if (before.workers > 0 !== after.workers > 0)
    problems.push('WORKERS: between one process and several takes a restart')
  if (!isDeepStrictEqual(before.management, after.management))
    problems.push('MANAGEMENT_*: another listener, or another way to sign in, takes a restart')
  if (before.hosts && after.hosts && before.hosts.file !== after.hosts.file)
    problems.push('HOSTS_FILE: another file takes a restart')
  const [own, other] = [before.proxy, after.proxy]
  const sameAddress = own?.host === other?.host && own?.port === other?.port
  if (sameAddress && !isDeepStrictEqual(own?.tls, other?.tls))
    problems.push(
      'LISTENER_TLS_CERT and LISTENER_TLS_KEY: at the same port, other files take a restart',
    )
  return problems
}

/** The control plane with its data planes, in this process or in workers; the operators' listener; reload and shutdown. */
export class Service implements ManagedService {
  readonly version = VERSION
  readonly process = { host: hostname(), pid: process.pid }
  readonly startedAtMs = systemClock.wallTimeMs()
  readonly totals: ServiceTotals
  phase: Phase = 'starting'
  private config: Config
  private readonly log: Log
  private readonly sessions = new SharedSessions({ clock: systemClock, random: systemRandom })
  private readonly control: ControlPlane
  private readonly data: DataPlanes
  private readonly gatewayPlane: GatewayPlane
  /** What operators see of models, from `watchModels` on, or while clients are steered by them. */
  readonly models = new ModelBook({
    hosts: (name) => this.gatewayPlane.hosts(name),
    targets: (name) => this.control.view(applicationGroup(name))?.targets ?? [],
    problems: (name) => this.gatewayPlane.problems(name),
  })
  private isManaging = false
  private readonly fleet: FleetPlane
  private readonly hostsPlane: HostsPlane
  /** Undefined while operators are not listened to. */
  private management: ManagementPlane | undefined
  /** Aborts when nothing more may be waited for. */
  private readonly patience = new AbortController()
  private reloading: Promise<void> = Promise.resolve()

  constructor(config: Config, log: Log) {
    this.config = config
    this.log = log
    const totals = new ServiceTotals({ clock: systemClock, groups: () => this.groups })
    this.totals = totals
    this.hostsPlane = new HostsPlane({ clock: systemClock, random: systemRandom, log })
    this.control = new ControlPlane({
      clock: systemClock,
      random: systemRandom,
      log,
      totals,
      sessions: this.sessions,
      onSnapshot: (snapshot) => {
        this.data.update(snapshot)
        this.hostsPlane.update(snapshot)
      },
    })
    this.gatewayPlane = new GatewayPlane({
      clock: systemClock,
      random: systemRandom,
      log,
      control: this.control,
      onNews: (news) => {
        this.data.steer(news)
        this.fleet.changed()
      },
      onStored: (news) => {
        this.models.take(news)
        this.fleet.changed()
      },
      open: (gateway) =>
        openGatewaySources(gateway, {
          clock: systemClock,
          sessions: this.sessions,
          report: tellTrouble(log),
        }),
      loadCompile: () => loadCompile(systemRandom),
    })
    this.fleet = new FleetPlane({
      clock: systemClock,
      sessions: this.sessions,
      report: tellTrouble(log),
      applications: () => this.gateway?.applications ?? [],
    })
    const options = {
      clock: systemClock,
      random: systemRandom,
      secureRandom: systemSecureRandom,
      log,
      totals,
      onOutcomes: (outcomes: readonly GroupOutcomes[]) => this.control.reported(outcomes),
      onTraffic: (report: TrafficReport) => totals.seen(PRIMARY, report),
    }
    this.data = config.workers > 0 ? new WorkerPool(options) : new DataPlane(options)
  }

  get obstacles(): readonly string[] {
    if (this.phase !== 'serving') return [this.phase]
    const { control, gatewayPlane, hostsPlane } = this
    return [...gatewayPlane.obstacles, ...control.unsettled, ...hostsPlane.obstacles]
  }

  get groups(): readonly ManagedGroup[] {
    return this.control.views
  }

  override(group: string, target: string, override: TargetOverride | undefined): boolean {
    return this.control.override(group, target, override)
  }

  removeStack(application: string, path: string): Promise<StackRemoval> {
    return this.gatewayPlane.removeStack(application, path)
  }

  signedBundle(): string | undefined {
    const { signingKey } = this.config
    return signingKey === undefined ? undefined : signBundle(this.gatewayPlane.bundle, signingKey)
  }

  gateways(): Promise<readonly FleetMember[]> {
    return this.fleet.members()
  }

  get gateway(): ObservedGateway | undefined {
    return this.gatewayPlane.observed
  }

  get hosts(): ObservedHosts | undefined {
    return this.hostsPlane.status
  }

  /** @throws PointsmanError LISTEN_FAILED, HOSTS_FILE_UNUSABLE, HOSTS_FILE_LOCKED */
  async start(): Promise<void> {
    const { config, control } = this
    control.apply(config)
    try {
      await this.hostsPlane.open(config)
      await this.listen(config)
    } catch (error) {
      await this.hostsPlane.stop()
      throw error
    }
    this.hostsPlane.apply(config, control.snapshot)
    this.phase = 'serving'
    this.log.info(
      {
        ...this.data.addresses,
        hosts: config.hosts?.file,
        management: this.management?.address,
      },
      'serving',
    )
  }

  private async listen(config: Config): Promise<void> {
    this.management = await this.managementPlane(config)
    await this.management?.start()
    await this.gatewayPlane.apply(this.watched(config))
    await this.data.apply(config, () => this.snapshot, this.patience.signal)
    await this.fleet.apply(config)
  }

  private async managementPlane(config: Config): Promise<ManagementPlane | undefined> {
    const { management, gateway } = config
    if (!management || !gateway) return undefined
    const { ManagementPlane } = await import('./management-plane.js')
    const { NoUsersNote } = await import('./no-users-note.js')
    const { openStore } = await import('../store/registry.js')
    const surroundings = {
      clock: systemClock,
      sessions: this.sessions,
      report: tellTrouble(this.log),
    }
    return new ManagementPlane(management, {
      service: this,
      models: this.models,
      clock: systemClock,
      log: this.log,
      openStore: () => openStore(gateway.store, surroundings),
      isShared: gateway.store.kind === 'zookeeper',
      note: gateway.isSteering ? new NoUsersNote(gateway.lastKnownGoodDirectory) : undefined,
      onAdmit: () => this.watchModels(),
    })
  }

  /** Models are watched from now on, also where no client is steered by them. */
  async watchModels(): Promise<void> {
    this.isManaging = true
    await this.gatewayPlane.apply(this.watched(this.config))
  }

  private watched({ gateway }: Config): Pick<Config, 'gateway'> {
    return { gateway: gateway?.isSteering || this.isManaging ? gateway : undefined }
  }

  private get snapshot(): ServiceSnapshot {
    return { ...this.control.snapshot, models: this.gatewayPlane.models }
  }

  /** Reads the configuration again and takes it over; one that has mistakes is reported, and the old one stays. */
  reload(): Promise<void> {
    this.reloading = this.reloading.then(() => this.reloadNow())
    return this.reloading
  }

  private async reloadNow(): Promise<void> {
    if (this.phase !== 'serving') return
    const result = loadConfig()
    if ('problems' in result) {
      this.tellNotReloaded(result.problems.map(describeProblem))
      return
    }
    const { config, warnings } = result
    const { gateway } = this.watched(this.config)
    const restart = [
      ...needsRestart(this.config, config),
      ...needsRestartOfGateway(gateway, config.gateway),
    ]
    if (restart.length > 0) {
      this.tellNotReloaded(restart)
      return
    }
    for (const warning of warnings) this.log.warn({ warning }, 'configuration')
    await this.takeOver(config)
  }

  private async takeOver(config: Config): Promise<void> {
    const before = this.config
    this.config = config
    this.control.apply(config)
    try {
      await this.hostsPlane.open(config)
      await this.gatewayPlane.apply(this.watched(config))
      await this.data.apply(config, () => this.snapshot, this.patience.signal)
      this.hostsPlane.apply(config, this.control.snapshot)
      await this.fleet.apply(config)
      this.log.level = config.logLevel
      this.log.info(this.data.addresses, 'configuration reloaded')
    } catch (error) {
      this.config = before
      this.control.apply(before)
      await this.gatewayPlane.apply(this.watched(before))
      this.hostsPlane.apply(before, this.control.snapshot)
      this.tellNotReloaded([error instanceof Error ? error.message : String(error)])
    }
  }

  private tellNotReloaded(problems: readonly string[]): void {
    this.log.error({ problems }, 'configuration not reloaded')
  }

  /** Finishes what is under way, within the grace that is configured. */
  async stop(reason: string): Promise<void> {
    if (this.phase === 'draining') return
    this.phase = 'draining'
    const { shutdownGraceMs } = this.config
    this.log.info({ reason, shutdownGraceMs }, 'draining')
    // Nobody is to be sent here by a list.
    const left = this.fleet.leave()
    const grace = setTimeout(() => this.patience.abort(), shutdownGraceMs)
    await Promise.all([this.data.stop(this.patience.signal), this.hostsPlane.stop()])
    clearTimeout(grace)
    await left
    await this.gatewayPlane.stop()
    this.control.stop()
    this.totals.close()
    await this.management?.stop()
    this.log.info({ cut: this.patience.signal.aborted }, 'stopped')
    await flushLog(this.log)
  }
}
