import cluster, { type Worker } from 'node:cluster'
import type { Clock, Timer } from '../core/ports.js'
import type { ToPrimary, ToWorker } from './messages.js'

/** How often a worker says that its event loop turns. */
export const BEAT_EVERY_MS = 1000
/** A worker that has said nothing for so long is stuck, and killed. */
const STUCK_AFTER_MS = 5000
/** A process that has just been forked has its code to load first. */
const START_WITHIN_MS = 30_000

/** What becomes of a worker. */
export interface WorkerEvents {
  onMessage(worker: WorkerProcess, message: ToPrimary): void
  /** It is gone, whyever. */
  onExit(worker: WorkerProcess, reason: string): void
}

/** One worker as the primary sees it. */
export class WorkerProcess {
  /** What it was told last is in force there. */
  isServing = false
  /** It was told to end. */
  isLeaving = false
  /** The lowest that no other worker had when it was started. */
  readonly number: number
  private readonly worker: Worker
  private readonly clock: Clock
  private watch: Timer
  private isStuck = false

  constructor(number: number, events: WorkerEvents, clock: Clock) {
    this.number = number
    this.clock = clock
    this.worker = cluster.fork()
    this.watch = this.expectWord(START_WITHIN_MS)
    this.worker.on('message', (message: ToPrimary) => {
      this.watch.cancel()
      this.watch = this.expectWord(STUCK_AFTER_MS)
      events.onMessage(this, message)
    })
    // A message to a worker that has just died is lost with it.
    this.worker.on('error', () => undefined)
    this.worker.on('exit', (code: number | null, signal: string | null) => {
      this.watch.cancel()
      const how = signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`
      events.onExit(this, this.isStuck ? `stuck for ${STUCK_AFTER_MS} ms, killed` : how)
    })
  }

  /** Names it in metrics. */
  get name(): string {
    return `worker-${this.number}`
  }

  get pid(): number {
    return this.worker.process.pid ?? 0
  }

  tell(message: ToWorker): void {
    if (this.worker.isConnected()) this.worker.send(message, () => undefined)
  }

  kill(): void {
    this.worker.process.kill('SIGKILL')
  }

  private expectWord(withinMs: number): Timer {
    return this.clock.after(withinMs, () => {
      this.isStuck = true
      this.kill()
    })
  }
}
