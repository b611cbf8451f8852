import { PointsmanError } from '../../core/errors.js'
import type { Clock, Timer } from '../../core/ports.js'
import { pause } from '../../core/wait.js'
import type { RecordStore } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import { CHANGES, UNDECIDED, type StoredChange } from './change-record.js'
import type { ChangeShelf } from './change-shelf.js'

/** Changes that come within this time are looked at together. */
const PACE_MS = 200

/** After a loss of the store. */
const RETRY_MS = 5000

/** `setTimeout` takes no more; whoever is to be woken later is woken, and goes on waiting. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

/** Decided ones that are looked at again, for what is said of them. */
const MOST_FOLLOWED = 50

/** What watching change sets needs. */
export interface ChangeWatchOptions {
  readonly store: RecordStore
  readonly shelf: ChangeShelf
  readonly clock: Clock
  readonly log: Log
  /** Applies a change set whose time has come, whoever else may try to; must not throw. */
  readonly applyDue: (change: StoredChange) => Promise<void>
}

/** Knows the change sets that wait, whoever changes them, tells what happens to them, and has scheduled ones applied in time. */
export class ChangeWatch {
  private readonly options: ChangeWatchOptions
  /** Those that wait, and those that were decided last. */
  private readonly known = new Map<string, StoredChange>()
  /** Ids. */
  private decided: ReadonlySet<string> = new Set()
  private readonly listeners = new Set<(change: StoredChange) => void>()
  private readonly running = new AbortController()
  private timer: Timer | undefined
  private isKnown = false
  /** Those that are being applied. */
  private readonly due = new Set<string>()

  constructor(options: ChangeWatchOptions) {
    this.options = options
  }

  /** Every change set that nobody has decided, as far as this process has heard. */
  get waiting(): readonly StoredChange[] {
    return [...this.known.values()].filter(({ record }) => UNDECIDED.has(record.state))
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
    const { shelf } = this.options
    const waiting = await shelf.waiting()
    const decided = await shelf.decidedIds()
    const ids = this.followed(waiting, decided)
    const read = new Map((await shelf.decided(ids)).map((change) => [change.record.id, change]))
    if (this.running.signal.aborted) return
    const found = [...waiting, ...ids.flatMap((id) => read.get(id) ?? [])]
    const before = new Map(this.known)
    this.known.clear()
    for (const change of found) this.known.set(change.record.id, change)
    this.decided = new Set(decided)
    const news = found.filter(({ record, version }) => before.get(record.id)?.version !== version)
    if (this.isKnown)
      for (const change of news) for (const listener of [...this.listeners]) listener(change)
    this.isKnown = true
    this.schedule()
  }

  /** The ids of decided ones that are to be looked at: those that were followed before, and those that were not decided then. */
  private followed(
    waiting: readonly StoredChange[],
    decided: readonly string[],
  ): readonly string[] {
    const ids = new Set(waiting.map(({ record }) => record.id))
    const left = [...this.known.values()].filter(({ record }) => !ids.has(record.id))
    const isUndecided = ({ record }: StoredChange): boolean => UNDECIDED.has(record.state)
    const before = left.filter((change) => !isUndecided(change)).slice(-MOST_FOLLOWED)
    const unseen = this.isKnown ? decided.filter((id) => !this.decided.has(id)) : []
    const changes = [...before, ...left.filter(isUndecided)]
    return [...new Set([...changes.map(({ record }) => record.id), ...unseen])]
  }

  /** Waits for the one that is to be applied next. */
  private schedule(): void {
    const { clock } = this.options
    this.timer?.cancel()
    const now = clock.wallTimeMs()
    const waiting = this.waiting.flatMap((change) => {
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
