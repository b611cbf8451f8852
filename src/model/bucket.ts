/** The hash space ends here for a percentage, in halves of 32 bits, both unsigned. */
export interface Threshold {
  readonly high: number
  readonly low: number
}

/** floor((2^63 − 1) / 10000): what a hundredth of a percent takes of the hash space. */
const HUNDREDTH_OF_PERCENT = 922_337_203_685_477

const HALF = 0x1_0000_0000

/**
 * Where the first `percent` of the hash space end. Redirector computes in doubles, and so do we, so that each client stays on
 * the side of the line on which it was; 100 % leave out the last few thousand hashes.
 */
export function thresholdOf(percent: number): Threshold {
  const threshold = Math.trunc(HUNDREDTH_OF_PERCENT * (percent * 100))
  const high = Math.floor(threshold / HALF)
  return { high, low: threshold - high * HALF }
}

/** How far into the hash space a hash lies: its absolute value. Changed in place, since there is one for each request. */
export class Place {
  private high = 0
  private low = 0

  /** @param high and `low`: the halves of a signed hash */
  set(high: number, low: number): void {
    const isNegative = high < 0
    const positiveLow = isNegative ? -low | 0 : low
    this.low = positiveLow >>> 0
    // The least number of 64 bits has no positive twin: it stays negative, and is below every threshold.
    this.high = isNegative ? (~high + (positiveLow === 0 ? 1 : 0)) | 0 : high
  }

  isWithin({ high, low }: Threshold): boolean {
    return this.high < high || (this.high === high && this.low <= low)
  }

  /** In percent of the hash space, for people. */
  get percent(): number {
    return Math.max(0, this.high * HALF + this.low) / HUNDREDTH_OF_PERCENT / 100
  }
}
