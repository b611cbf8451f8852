import { backoffMs } from '../../core/wait.js'
import type { Clock } from '../../core/ports.js'

/** How those who fail are slowed down. */
export interface DelayRule {
  /** So many failures in a row cost nothing. */
  readonly free: number
  readonly longestMs: number
}

/** Whoever guesses for one name from many addresses waits no longer, so that its user can still sign in between. */
export const NAME_DELAYS: DelayRule = { free: 5, longestMs: 60_000 }
export const ADDRESS_DELAYS: DelayRule = { free: 20, longestMs: 15 * 60_000 }

const SHORTEST_MS = 1000
/** Failures are forgotten after so long without another. */
const FORGET_MS = 60 * 60_000
const MOST_KEYS = 10_000

interface Failures {
  readonly count: number
  readonly lastMs: number
}

/**
 * Delays that double with each failed sign-in of a name, or from an address; in the memory of this process. The ones that
 * failed longest ago are forgotten first where there is no room.
 */
export class SignInDelays {
  private readonly clock: Clock
  private readonly rule: DelayRule
  private readonly failures = new Map<string, Failures>()

  constructor(clock: Clock, rule: DelayRule) {
    this.clock = clock
    this.rule = rule
  }

  /**
   * Counts an attempt as failed before it is made, so that many at once are many.
   * @returns milliseconds that it has to wait for, in which case it is not counted; 0 when it may be made
   */
  attempt(key: string): number {
    const now = this.clock.now()
    const waitMs = this.waitMs(key, now)
    if (waitMs > 0) return waitMs
    const { count = 0 } = this.known(key, now) ?? {}
    this.failures.delete(key)
    this.failures.set(key, { count: count + 1, lastMs: now })
    const [oldest] = this.failures.keys()
    if (this.failures.size > MOST_KEYS && oldest !== undefined) this.failures.delete(oldest)
    return 0
  }

  /** Takes back what was counted of a key that has signed in. */
  succeeded(key: string): void {
    this.failures.delete(key)
  }

  private known(key: string, now: number): Failures | undefined {
    const failures = this.failures.get(key)
    return failures && now - failures.lastMs < FORGET_MS ? failures : undefined
  }

  private waitMs(key: string, now: number): number {
    const failures = this.known(key, now)
    const over = failures ? failures.count - this.rule.free : 0
    if (!failures || over < 0) return 0
    const delayMs = backoffMs(over + 1, SHORTEST_MS, this.rule.longestMs)
    return Math.max(0, failures.lastMs + delayMs - now)
  }
}
