const STEPS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8]
const DECADES = [-4, -3, -2, -1, 0, 1]

/**
 * Upper bounds, in seconds, of the buckets that durations are counted in: ten in each decade, from 100 µs to 80 s, so that a
 * quantile read from them is at most a third too high. One more bucket takes what is longer.
 */
export const DURATION_BOUNDS: readonly number[] = DECADES.flatMap((decade) =>
  STEPS.map((step) => Number(`${step}e${decade}`)),
)

/** How many buckets there are. */
export const DURATION_BUCKETS = DURATION_BOUNDS.length + 1

/** The bucket of a duration; one that is just a bucket's bound is still in it. */
export function bucketOf(seconds: number): number {
  let low = 0
  let high = DURATION_BOUNDS.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (seconds <= (DURATION_BOUNDS[middle] ?? Infinity)) high = middle
    else low = middle + 1
  }
  return low
}

/** Durations, counted. */
export interface DurationCounts {
  /** How many lie in each bucket. */
  readonly buckets: ArrayLike<number>
  /** All of them together. */
  readonly seconds: number
}

/** Counts durations. */
export class Durations implements DurationCounts {
  readonly buckets = new Float64Array(DURATION_BUCKETS)
  seconds = 0

  took(seconds: number): void {
    const bucket = bucketOf(seconds)
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1
    this.seconds += seconds
  }

  /** Takes in durations that were counted elsewhere. */
  add({ buckets, seconds }: DurationCounts): void {
    for (let at = 0; at < DURATION_BUCKETS; at++)
      this.buckets[at] = (this.buckets[at] ?? 0) + (buckets[at] ?? 0)
    this.seconds += seconds
  }
}

/**
 * The duration, in seconds, that a share of all durations does not exceed; within a bucket they are taken to lie evenly.
 * @param share 0 to 1
 * @returns undefined when there are none; the last bound when it is beyond
 */
export function quantile({ buckets }: DurationCounts, share: number): number | undefined {
  let total = 0
  for (let at = 0; at < buckets.length; at++) total += buckets[at] ?? 0
  if (total === 0) return undefined
  let left = share * total
  let below = 0
  for (let at = 0; at < DURATION_BOUNDS.length; at++) {
    const bound = DURATION_BOUNDS[at] ?? 0
    const count = buckets[at] ?? 0
    if (count > 0 && left <= count) return below + (bound - below) * (left / count)
    left -= count
    below = bound
  }
  return below
}
