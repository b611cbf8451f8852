import type { Clock, Random } from './ports.js'

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const end = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.after(delayMs, end)
    signal.addEventListener('abort', end)
  })
}

/**
 * `answer`, if it comes within `limitMs`; for work that cannot be cancelled.
 * @returns undefined when time is up or `signal` aborts
 */
export function within<T extends object>(
  answer: Promise<T>,
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(undefined)
    const timer = clock.after(limitMs, giveUp)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    const tidyUp = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', giveUp)
    }
    answer.finally(tidyUp).then(resolve, reject)
  })
}

/** `ms` give or take a tenth, so that many that began together do not stay together. */
export function jittered(random: Random, ms: number): number {
  return ms * (0.9 + 0.2 * random.next())
}

/** How long to wait after so many failures in a row: doubles from `minMs` up to `maxMs`. */
export function backoffMs(failures: number, minMs: number, maxMs: number): number {
  return Math.min(maxMs, minMs * 2 ** (failures - 1))
}

/** Wakes the one who waits for it; several rings before they listen are one. */
export class Bell {
  private rang = false
  private wake = (): void => {}

  ring(): void {
    this.rang = true
    this.wake()
  }

  /** Resolves when it rang since the last time. */
  async rung(): Promise<void> {
    if (!this.rang) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    this.rang = false
  }
}
