import { PointsmanError } from '../../core/errors.js'
import type { Clock, Timer } from '../../core/ports.js'
import { pause } from '../../core/wait.js'
import type { RecordStore } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import { CHANGES, type StoredChange } from './change-record.js'
import type { ChangeShelf } from './change-shelf.js'

/** Changes that come within this time are looked at together. */
const PACE_MS = 200

/** After a loss of the store. */
const RETRY_MS = 5000

/** `setTimeout` takes no more; whoever is to be woken later is woken, and goes on waiting. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

/** What watching change sets needs. */
export interface ChangeWatchOptions {
  readonly store: RecordStore
  readonly shelf: ChangeShelf
  readonly clock: Clock
  readonly log: Log
  /** Applies a change set whose time has come, whoever else may try to; must not throw. */
  readonly applyDue: (change: StoredChange) => Promise<void>
}

/** Knows all change sets, whoever changes them, tells what happens to them, and has scheduled ones applied in time. */
export class ChangeWatch {
  private readonly options: ChangeWatchOptions
  private readonly known = new Map<string, StoredChange>()
  private readonly listeners = new Set<(change: StoredChange) => void>()
  private readonly running = new AbortController()
  private timer: Timer | undefined
  private isKnown = false
  /** Those that are being applied. */
  private readonly due = new Set<string>()

  constructor(options: ChangeWatchOptions) {
    this.options = options
  }

  /** Every change set, as far as this process has heard. */
  get all(): readonly StoredChange[] {
    return [...this.known.values()]
  }

  /** @returns ends the telling */
  onChange(listener: (change: StoredChange) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  start(): void {
    void this.run(this.running.signal)
  }

  stop(): void {
    this.running.abort()
    this.timer?.cancel()
    this.listeners.clear()
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { store, clock, log } = this.options
    while (!signal.aborted) {
      try {
        const rings = store.watchRecords(CHANGES, signal)[Symbol.asyncIterator]()
        while (!(await rings.next()).done) {
          await this.look()
          await pause(clock, PACE_MS, signal)
        }
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        log.warn({ reason }, 'change sets cannot be watched')
        await pause(clock, RETRY_MS, signal)
      }
    }
  }

  private async look(): Promise<void> {
    const all = await this.options.shelf.all()
    if (this.running.signal.aborted) return
    const ids = new Set(all.map(({ record }) => record.id))
    for (const id of this.known.keys()) if (!ids.has(id)) this.known.delete(id)
    for (const change of all) {
      const { id } = change.record
      if (this.known.get(id)?.version === change.version) continue
      this.known.set(id, change)
      if (this.isKnown) for (const listener of [...this.listeners]) listener(change)
    }
    this.isKnown = true
    this.schedule()
  }

  /** Waits for the one that is to be applied next. */
  private schedule(): void {
    const { clock } = this.options
    this.timer?.cancel()
    const now = clock.wallTimeMs()
    const waiting = this.all.flatMap((change) => {
      const { state, applyAt, id } = change.record
      const isWaiting = state === 'scheduled' && applyAt !== null && !this.due.has(id)
      return isWaiting ? [{ change, at: Date.parse(applyAt) }] : []
    })
    for (const { change, at } of waiting) if (at <= now) void this.apply(change)
    const next = Math.min(...waiting.flatMap(({ at }) => (at > now ? [at] : [])))
    if (next === Infinity) return
    this.timer = clock.after(Math.min(next - now, LONGEST_WAIT_MS), () => this.schedule())
  }

  private async apply(change: StoredChange): Promise<void> {
    const { id } = change.record
    this.due.add(id)
    const { applyDue, clock } = this.options
    let delayMs = PACE_MS
    try {
      await applyDue(change)
    } catch (error) {
      // Nothing is known to have been done: it is tried again, here or wherever there is somebody alive.
      if (!(error instanceof PointsmanError)) throw error
      delayMs = RETRY_MS
    }
    await pause(clock, delayMs, this.running.signal)
    this.due.delete(id)
    if (!this.running.signal.aborted) await this.look().catch(() => undefined)
  }
}
