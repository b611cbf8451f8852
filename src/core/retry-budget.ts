import type { Clock } from './ports.js'

const WINDOW_MS = 10_000
/** Parts of the window; it slides by one of them at a time. */
const PARTS = 10
const PART_MS = WINDOW_MS / PARTS
/** Retries for each request. */
const SHARE = 0.2
/** So many retries in a window are always granted, for a service so quiet that a share of its requests is none. */
const ALWAYS_GRANTED = 10

/** What was counted in the window. */
class WindowCount {
  sum = 0
  private readonly parts = new Uint32Array(PARTS)

  add(part: number): void {
    this.parts[part] = (this.parts[part] ?? 0) + 1
    this.sum++
  }

  forget(part: number): void {
    this.sum -= this.parts[part] ?? 0
    this.parts[part] = 0
  }
}

/**
 * Keeps retries below a fifth of the requests of the last ten seconds, so that a group that is going down is not brought down
 * by twice its load (Finagle's `RetryBudget`, Envoy's `retry_budget`).
 */
export class RetryBudget {
  private readonly clock: Clock
  private readonly requests = new WindowCount()
  private readonly retries = new WindowCount()
  /** Number of the current part since the clock's zero. */
  private current = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Counts a request; to be called once for each, not for its retries. */
  deposit(): void {
    this.requests.add(this.part())
  }

  /** Takes a retry out of the budget; false when there is none left, and the request must not be tried again. */
  withdraw(): boolean {
    const part = this.part()
    const granted = Math.max(ALWAYS_GRANTED, SHARE * this.requests.sum)
    if (this.retries.sum + 1 > granted) return false
    this.retries.add(part)
    return true
  }

  /** The place of the current part, after those that have passed were forgotten. */
  private part(): number {
    const now = Math.floor(this.clock.now() / PART_MS)
    const passed = Math.min(now - this.current, PARTS)
    for (let part = now - passed + 1; part <= now; part++) {
      this.requests.forget(part % PARTS)
      this.retries.forget(part % PARTS)
    }
    this.current = now
    return now % PARTS
  }
}
