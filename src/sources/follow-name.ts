import type { Clock, Random } from '../core/ports.js'
import { backoffMs, jittered, pause } from '../core/wait.js'
import type { ResolvedHost } from './dns.js'

/** First wait after a name did not resolve; doubles up to the refresh interval. */
const RETRY_MIN_MS = 1000

/** How often a name is asked for. */
export interface Following {
  readonly clock: Clock
  readonly random: Random
  /** Time between two lookups, more than 0; give or take a tenth. */
  readonly refreshMs: number
}

/**
 * Asks DNS about a host over and over until `signal` aborts.
 * @param onAnswer told after each time whether the answer has changed; must not throw
 */
export async function followName(
  host: ResolvedHost,
  { clock, random, refreshMs }: Following,
  signal: AbortSignal,
  onAnswer: (hasChanged: boolean) => void,
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const { isComplete, hasChanged } = await host.refresh(signal)
    onAnswer(hasChanged)
    failures = isComplete ? 0 : failures + 1
    const waitMs = isComplete ? refreshMs : backoffMs(failures, RETRY_MIN_MS, refreshMs)
    await pause(clock, jittered(random, waitMs), signal)
  }
}
