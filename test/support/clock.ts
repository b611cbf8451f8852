import type { Clock, Random, Timer } from '../../src/core/ports.js'

interface Pending {
  readonly at: number
  readonly action: () => void
}

/** A clock that stands still until it is told to go on; what is due happens within `advance`. */
export class ManualClock implements Clock {
  private time = 0
  /** By time; those of one time in the order in which they were asked for. */
  private readonly pending: Pending[] = []

  now(): number {
    return this.time
  }

  wallTimeMs(): number {
    return 1_700_000_000_000 + this.time
  }

  after(delayMs: number, action: () => void): Timer {
    const entry = { at: this.time + delayMs, action }
    let place = this.pending.length
    while (place > 0 && (this.pending[place - 1]?.at ?? 0) > entry.at) place--
    this.pending.splice(place, 0, entry)
    return { cancel: () => this.remove(entry) }
  }

  /** Timers that have neither fired nor been cancelled. */
  get timers(): number {
    return this.pending.length
  }

  /** Goes on by `ms`, firing what is due in its order. */
  advance(ms: number): void {
    const end = this.time + ms
    for (let next = this.due(end); next; next = this.due(end)) {
      this.remove(next)
      this.time = next.at
      next.action()
    }
    this.time = end
  }

  /** Like `advance`, and lets everything that promises have to do happen before the hands move on. */
  async elapse(ms: number): Promise<void> {
    const end = this.time + ms
    await settled()
    for (let next = this.due(end); next; next = this.due(end)) {
      this.advance(next.at - this.time)
      await settled()
    }
    this.time = end
  }

  private due(end: number): Pending | undefined {
    const [first] = this.pending
    return first && first.at <= end ? first : undefined
  }

  private remove(entry: Pending): void {
    const place = this.pending.indexOf(entry)
    if (place >= 0) this.pending.splice(place, 1)
  }
}

/** Resolves when all that promises have to do is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Chance that repeats itself: the same seed gives the same numbers (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    },
  }
}
