import type { Checker } from '../../src/checks/checker.js'
import type { Target } from '../../src/core/target.js'
import { settled, type ManualClock } from '../support/clock.js'

/** One check that was asked for. */
export interface Attempt {
  readonly target: Target
  readonly startedAt: number
  readonly signal: AbortSignal
  readonly end: (error?: Error) => void
}

/** Says nothing until it is told to, or the deadline comes; keeps book. */
export class HeldChecker implements Checker {
  readonly attempts: Attempt[] = []
  readonly underWay = new Set<Attempt>()
  mostUnderWay = 0
  private readonly clock: ManualClock

  constructor(clock: ManualClock) {
    this.clock = clock
  }

  check(target: Target, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cut = (): void => end(signal.reason as Error)
      const end = (error?: Error): void => {
        signal.removeEventListener('abort', cut)
        this.underWay.delete(attempt)
        if (error) reject(error)
        else resolve()
      }
      const attempt = { target, startedAt: this.clock.now(), signal, end }
      this.attempts.push(attempt)
      this.underWay.add(attempt)
      this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay.size)
      signal.addEventListener('abort', cut)
    })
  }

  /** Ends everything that is under way. */
  endAll(error?: Error): Promise<void> {
    for (const attempt of this.underWay) attempt.end(error)
    return settled()
  }

  startsOf(id: string): number[] {
    return this.attempts.filter(({ target }) => target.id === id).map(({ startedAt }) => startedAt)
  }
}

/** Passes at once, or fails at once when told to; keeps book of when. */
export class QuickChecker implements Checker {
  readonly starts = new Map<string, number[]>()
  private readonly clock: ManualClock

  constructor(clock: ManualClock) {
    this.clock = clock
  }

  check({ id }: Target): Promise<void> {
    const starts = this.starts.get(id) ?? []
    starts.push(this.clock.now())
    this.starts.set(id, starts)
    return Promise.resolve()
  }

  get all(): number[] {
    return [...this.starts.values()].flat()
  }
}
