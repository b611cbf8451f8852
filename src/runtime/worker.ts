import process from 'node:process'
import type { Config } from '../config.js'
import { createLog, flushLog } from '../telemetry/log.js'
import { ProcessMeter } from '../telemetry/process-meter.js'
import { DataPlane } from './data-plane.js'
import type { ToPrimary, ToWorker } from './messages.js'
import { systemClock, systemRandom, systemSecureRandom } from './system-clock.js'
import { BEAT_EVERY_MS } from './worker-process.js'

function tell(message: ToPrimary): void {
  // Without a primary, or one that is just going, there is nobody to tell; 'disconnect' ends the process.
  if (process.connected) process.send?.(message, undefined, {}, () => undefined)
}

/** A worker process: one data plane that does what the primary says. */
class Worker {
  private readonly log = createLog('info')
  private readonly patience = new AbortController()
  private readonly data = new DataPlane({
    clock: systemClock,
    random: systemRandom,
    secureRandom: systemSecureRandom,
    log: this.log,
    onOutcomes: (outcomes) => tell({ kind: 'outcomes', outcomes }),
    onTraffic: (report) => tell({ kind: 'traffic', report }),
  })
  private readonly meter = new ProcessMeter(systemClock)
  /** Messages are dealt with one after the other, as they came. */
  private turn: Promise<void> = Promise.resolve()
  private graceMs = 0
  private isDraining = false

  start(): void {
    // A terminal's Ctrl+C reaches every process of the service; the primary says what is to be done.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)
    process.on('message', (message: ToWorker) => this.take(message))
    process.on('disconnect', () => void this.drain(this.graceMs))
    setInterval(() => tell({ kind: 'beat', process: this.meter.sample() }), BEAT_EVERY_MS)
    tell({ kind: 'started' })
  }

  private take(message: ToWorker): void {
    if (message.kind === 'drain') void this.drain(message.graceMs)
    else if (message.kind === 'apply') {
      this.turn = this.turn.then(() => this.apply(message.config, message))
    } else if (message.kind === 'model') {
      this.turn = this.turn.then(() => this.data.steer(message.news))
    } else this.turn = this.turn.then(() => this.data.update(message.group))
  }

  private async apply(config: Config, { snapshot }: ToWorker & { kind: 'apply' }): Promise<void> {
    this.log.level = config.logLevel
    this.graceMs = config.shutdownGraceMs
    try {
      await this.data.apply(config, () => snapshot, this.patience.signal)
      tell({ kind: 'applied', addresses: this.data.addresses })
    } catch (error) {
      tell({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) })
    }
  }

  private async drain(graceMs: number): Promise<void> {
    if (this.isDraining) return
    this.isDraining = true
    setTimeout(() => this.patience.abort(), graceMs)
    await this.data.stop(this.patience.signal)
    await flushLog(this.log)
    process.exit(0)
  }
}

/** Runs until the primary says otherwise, or is gone. */
export function runWorker(): void {
  new Worker().start()
}
