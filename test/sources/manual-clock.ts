import type { Clock, Timer } from '../../src/core/ports.js'

interface Pending {
  readonly at: number
  readonly action: () => void
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  private time = 0
  private readonly pending = new Set<Pending>()

  now(): number {
    return this.time
  }

  wallTimeMs(): number {
    return 1_700_000_000_000 + this.time
  }

  after(delayMs: number, action: () => void): Timer {
    const entry = { at: this.time + delayMs, action }
    this.pending.add(entry)
    return { cancel: () => this.pending.delete(entry) }
  }

  /** Timers that have not fired. */
  get timers(): number {
    return this.pending.size
  }

  /** Goes on by `ms`, firing what is due in its order, and lets everything that follows from it happen. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms
    await settled()
    for (let next = this.due(end); next; next = this.due(end)) {
      this.pending.delete(next)
      this.time = next.at
      next.action()
      await settled()
    }
    this.time = end
  }

  private due(end: number): Pending | undefined {
    let first: Pending | undefined
    for (const entry of this.pending) {
      if (entry.at <= end && (!first || entry.at < first.at)) first = entry
    }
    return first
  }
}

/** Resolves when all that promises had to do is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
