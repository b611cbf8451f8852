import type { Additions, Tally } from './tally.js'

/** Data planes report as often as this. */
export const REPORT_EVERY_MS = 1000
const LENGTH_TICKS = 10

/** What was added to a tally. */
export type Addition = readonly [tally: Tally, additions: Additions]

/**
 * Lets tallies show only the last ten seconds: what is added to them is taken away again later.
 *
 * It moves on with ticks alone, not when somebody reads: so it holds the same number of reports of every process, wherever
 * between two ticks they come in.
 */
export class SlidingWindow {
  private batches: { readonly at: number; readonly additions: readonly Addition[] }[] = []
  private ticks = 0

  add(additions: readonly Addition[], now: number): void {
    for (const [tally, numbers] of additions) tally.add(numbers)
    this.batches.push({ at: now, additions })
  }

  /** To be called every `REPORT_EVERY_MS`. */
  tick(now: number): void {
    this.ticks++
    const start = now - LENGTH_TICKS * REPORT_EVERY_MS
    const kept = this.batches.findIndex(({ at }) => at > start)
    const gone = this.batches.splice(0, kept < 0 ? this.batches.length : kept)
    for (const { additions } of gone)
      for (const [tally, numbers] of additions) tally.add(numbers, -1)
  }

  /** How many seconds it is about: ten, or fewer soon after the start. */
  get seconds(): number {
    return (Math.min(Math.max(this.ticks, 1), LENGTH_TICKS) * REPORT_EVERY_MS) / 1000
  }
}
