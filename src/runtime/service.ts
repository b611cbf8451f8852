import { loadConfig, type Config } from '../config.js'
import { describeProblem } from '../config/problem.js'
import { ManagementServer, type ManagedService } from '../manage/server.js'
import { flushLog, type Log } from '../telemetry/log.js'
import { ControlPlane } from './control-plane.js'
import { DataPlane } from './data-plane.js'
import { systemClock, systemRandom } from './system-clock.js'

/** The whole of Pointsman in one process. */
export class Service implements ManagedService {
  private config: Config
  private readonly log: Log
  private readonly control: ControlPlane
  private readonly data: DataPlane
  private readonly management: ManagementServer
  private phase: 'starting' | 'serving' | 'draining' = 'starting'
  /** Aborts when nothing more may be waited for. */
  private readonly patience = new AbortController()
  private reloading: Promise<void> = Promise.resolve()

  constructor(config: Config, log: Log) {
    this.config = config
    this.log = log
    this.management = new ManagementServer(this)
    this.control = new ControlPlane({
      clock: systemClock,
      random: systemRandom,
      log,
      onSnapshot: (snapshot) => this.data.update(snapshot),
    })
    this.data = new DataPlane({
      clock: systemClock,
      random: systemRandom,
      log,
      onOutcomes: (outcomes) => this.control.reported(outcomes),
    })
  }

  get obstacles(): readonly string[] {
    if (this.phase !== 'serving') return [this.phase]
    return this.control.unsettled.map((group) => `the targets of ${group} are not known yet`)
  }

  /** @throws PointsmanError LISTEN_FAILED */
  async start(): Promise<void> {
    const { management } = this.config
    this.control.apply(this.config)
    if (management) await this.management.start(management.host, management.port)
    await this.data.apply(this.config, () => this.control.snapshot, this.patience.signal)
    this.phase = 'serving'
    this.log.info(
      { proxy: this.data.proxyAddress, management: management && this.management.address },
      'serving',
    )
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
      const problems = result.problems.map(describeProblem)
      this.log.error({ problems }, 'configuration not reloaded')
      return
    }
    for (const warning of result.warnings) this.log.warn({ warning }, 'configuration')
    const before = this.config
    this.config = result.config
    this.control.apply(this.config)
    try {
      await this.data.apply(this.config, () => this.control.snapshot, this.patience.signal)
      this.log.level = this.config.logLevel
      this.log.info({ proxy: this.data.proxyAddress }, 'configuration reloaded')
    } catch (error) {
      this.config = before
      this.control.apply(before)
      this.log.error({ err: error }, 'configuration not reloaded')
    }
  }

  /** Finishes what is under way, within the grace that is configured. */
  async stop(reason: string): Promise<void> {
    if (this.phase === 'draining') return
    this.phase = 'draining'
    const { shutdownGraceMs } = this.config
    this.log.info({ reason, shutdownGraceMs }, 'draining')
    const grace = setTimeout(() => this.patience.abort(), shutdownGraceMs)
    await this.data.stop(this.patience.signal)
    clearTimeout(grace)
    this.control.stop()
    await this.management.stop()
    this.log.info({ cut: this.patience.signal.aborted }, 'stopped')
    await flushLog(this.log)
  }
}
