import cluster from 'node:cluster'
import type { Config } from '../config.js'
import { PointsmanError } from '../core/errors.js'
import type { GroupOutcomes } from '../core/outcome.js'
import type { Clock } from '../core/ports.js'
import type { GroupSnapshot } from '../core/snapshot.js'
import type { ModelNews } from '../model/served-model.js'
import type { Log } from '../telemetry/log.js'
import type { ServiceTotals } from '../telemetry/service-totals.js'
import type { DataPlanes, FaceAddresses, ServiceSnapshot } from './data-planes.js'
import type { ToPrimary } from './messages.js'
import { WorkerProcess, type WorkerEvents } from './worker-process.js'

/** A worker that lived at least so long is replaced at once; others after a wait that doubles. */
const LIVED_WELL_MS = 10_000
const RESTART_MIN_MS = 100
const RESTART_MAX_MS = 5000

/** Beyond the grace, for a worker that does not even cut what is under way. */
const LAST_CALL_MS = 1000

/** What a pool works with. */
export interface WorkerPoolOptions {
  readonly clock: Clock
  readonly log: Log
  readonly onOutcomes: (outcomes: readonly GroupOutcomes[]) => void
  readonly totals: ServiceTotals
}

/** What the workers are to serve. */
interface Order {
  readonly config: Config
  readonly snapshot: () => ServiceSnapshot
}

/** Waits for every worker's answer to one order. */
interface Pending {
  readonly awaited: Set<WorkerProcess>
  resolve(): void
  reject(error: PointsmanError): void
}

/** One data plane in each worker process; a worker that dies or gets stuck is replaced. */
export class WorkerPool implements DataPlanes, WorkerEvents {
  addresses: FaceAddresses = { proxy: undefined, gateway: undefined, dns: undefined }
  private readonly options: WorkerPoolOptions
  private readonly workers = new Map<WorkerProcess, { readonly startedAt: number }>()
  private order: Order | undefined
  private pending: Pending | undefined
  private restartMs = RESTART_MIN_MS
  private stopped: (() => void) | undefined

  constructor(options: WorkerPoolOptions) {
    this.options = options
    // Workers take connections themselves: one that is stuck takes none, and none passes through this process.
    cluster.schedulingPolicy = cluster.SCHED_NONE
  }

  async apply(config: Config, snapshot: () => ServiceSnapshot): Promise<void> {
    const before = this.order
    this.order = { config, snapshot }
    try {
      await this.enforce()
    } catch (error) {
      this.order = before
      if (before) await this.enforce()
      throw error
    }
  }

  update(group: GroupSnapshot): void {
    for (const worker of this.workers.keys()) worker.tell({ kind: 'update', group })
  }

  steer(news: ModelNews): void {
    for (const worker of this.workers.keys()) worker.tell({ kind: 'model', news })
  }

  async stop(signal: AbortSignal): Promise<void> {
    const graceMs = this.order?.config.shutdownGraceMs ?? 0
    this.order = undefined
    if (this.workers.size === 0) return
    const gone = new Promise<void>((resolve) => (this.stopped = resolve))
    for (const worker of this.workers.keys()) this.dismiss(worker, graceMs)
    const kill = (): void => {
      for (const worker of this.workers.keys()) worker.kill()
    }
    // Each worker minds the grace itself; this is for one that cannot.
    signal.addEventListener('abort', () => this.options.clock.after(LAST_CALL_MS, kill))
    await gone
  }

  onMessage(worker: WorkerProcess, message: ToPrimary): void {
    switch (message.kind) {
      case 'started':
        if (this.order) this.instruct(worker, this.order)
        break
      case 'applied':
        worker.isServing = true
        this.addresses = message.addresses
        this.answered(worker)
        break
      case 'refused':
        this.refused(worker, message.reason)
        break
      case 'outcomes':
        this.options.onOutcomes(message.outcomes)
        break
      case 'traffic':
        this.options.totals.seen(worker.name, message.report)
        break
      case 'beat':
        this.options.totals.processes.set(worker.name, message.process)
    }
  }

  onExit(worker: WorkerProcess, reason: string): void {
    const { clock, log } = this.options
    const lived = clock.now() - (this.workers.get(worker)?.startedAt ?? 0)
    this.workers.delete(worker)
    this.options.totals.gone(worker.name)
    if (!worker.isLeaving) log.error({ worker: worker.pid, reason }, 'worker lost')
    if (this.stopped) {
      if (this.workers.size === 0) this.stopped()
      return
    }
    this.answered(worker)
    if (worker.isLeaving) return
    this.restartMs =
      lived >= LIVED_WELL_MS ? RESTART_MIN_MS : Math.min(this.restartMs * 2, RESTART_MAX_MS)
    clock.after(this.restartMs, () => this.fill())
  }

  private refused(worker: WorkerProcess, reason: string): void {
    const { pending } = this
    this.pending = undefined
    if (pending) pending.reject(new PointsmanError('LISTEN_FAILED', reason))
    else {
      // One that came to replace another, and cannot what the others could: its own successor tries again.
      this.options.log.error({ worker: worker.pid, reason }, 'worker cannot serve')
      worker.kill()
    }
  }

  /** Brings every worker, and their number, to what the order says; rejects when one of them cannot. */
  private async enforce(): Promise<void> {
    const { order } = this
    if (!order) return
    const staying = this.fill()
    await new Promise<void>((resolve, reject) => {
      this.pending = { awaited: new Set(staying), resolve, reject }
      for (const worker of staying) {
        if (worker.isServing) this.instruct(worker, order)
      }
    })
  }

  /** Starts the workers that are missing and dismisses those that are too many. */
  private fill(): readonly WorkerProcess[] {
    const { order, options } = this
    if (!order) return []
    const { workers: wanted, shutdownGraceMs } = order.config
    const staying = [...this.workers.keys()].filter(({ isLeaving }) => !isLeaving)
    for (const worker of staying.splice(wanted)) this.dismiss(worker, shutdownGraceMs)
    while (staying.length < wanted) {
      const worker = new WorkerProcess(this.freeNumber(), this, options.clock)
      this.workers.set(worker, { startedAt: options.clock.now() })
      staying.push(worker)
    }
    return staying
  }

  private freeNumber(): number {
    const taken = new Set([...this.workers.keys()].map((worker) => worker.number))
    let number = 1
    while (taken.has(number)) number++
    return number
  }

  private instruct(worker: WorkerProcess, { config, snapshot }: Order): void {
    worker.tell({ kind: 'apply', config, snapshot: snapshot() })
  }

  private dismiss(worker: WorkerProcess, graceMs: number): void {
    worker.isLeaving = true
    worker.tell({ kind: 'drain', graceMs })
  }

  /** Nothing more is waited for from this worker: it has done as told, or is gone and its successor will. */
  private answered(worker: WorkerProcess): void {
    const { pending } = this
    if (!pending?.awaited.delete(worker) || pending.awaited.size > 0) return
    this.pending = undefined
    pending.resolve()
  }
}
