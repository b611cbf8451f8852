import type { Clock } from './ports.js'

const WINDOW_MS = 10_000
/** Parts of the window; it slides by one of them at a time. */
const PARTS = 10
const PART_MS = WINDOW_MS / PARTS
/** Retries for each request. */
const SHARE = 0.2
/** So many retries in a window are always granted: a share of few requests is none, and they fail together when a target dies. */
const ALWAYS_GRANTED = 25

/** What was counted in one part of the window; the parts are a ring. */
class Part {
  requests = 0
  retries = 0
  next: Part = this
}

function ringOfParts(): Part {
  const first = new Part()
  for (let count = 1; count < PARTS; count++) {
    const part = new Part()
    part.next = first.next
    first.next = part
  }
  return first
}

/**
 * Keeps retries below a fifth of the requests of the last ten seconds, so that a group that is going down is not brought down
 * by twice its load (Finagle's `RetryBudget`, Envoy's `retry_budget`).
 */
export class RetryBudget {
  private readonly clock: Clock
  private current = ringOfParts()
  /** Number of the current part since the clock's zero. */
  private number = 0
  private requests = 0
  private retries = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Counts a request; to be called once for each, not for its retries. */
  deposit(): void {
    this.slide()
    this.current.requests++
    this.requests++
  }

  /** Takes a retry out of the budget; false when there is none left, and the request must not be tried again. */
  withdraw(): boolean {
    this.slide()
    if (this.retries + 1 > Math.max(ALWAYS_GRANTED, SHARE * this.requests)) return false
    this.current.retries++
    this.retries++
    return true
  }

  private slide(): void {
    const number = Math.floor(this.clock.now() / PART_MS)
    const passed = Math.min(number - this.number, PARTS)
    for (let count = 0; count < passed; count++) this.forgetOldest()
    this.number = number
  }

  private forgetOldest(): void {
    const oldest = this.current.next
    this.requests -= oldest.requests
    this.retries -= oldest.retries
    oldest.requests = oldest.retries = 0
    this.current = oldest
  }
}
