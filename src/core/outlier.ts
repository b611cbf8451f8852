/** No ejection lasts longer, unless the first is configured to. */
export const LONGEST_EJECTION_MS = 300_000

/**
 * The failed requests of one target, and how long it is to be left alone for them. Each ejection lasts twice as long as
 * the one before; a target that has stayed in for as long as it was out last has one doubling forgiven.
 */
export class Outlier {
  private failures = 0
  /** How long the last ejection was, less what is forgiven; 0 = nothing is remembered. */
  private lastMs = 0
  private endedAt = 0

  /** Requests that failed since the last that did not. */
  get failuresInARow(): number {
    return this.failures
  }

  failed(count: number): void {
    this.failures += count
  }

  succeeded(): void {
    this.failures = 0
  }

  /**
   * Begins an ejection.
   * @param firstMs how long an ejection lasts before which there was none
   * @param now monotonic milliseconds
   * @returns how long this one lasts, in milliseconds
   */
  eject(firstMs: number, now: number): number {
    this.forgive(firstMs, now - this.endedAt)
    const longest = Math.max(firstMs, LONGEST_EJECTION_MS)
    this.lastMs = Math.min(Math.max(firstMs, this.lastMs * 2), longest)
    return this.lastMs
  }

  /** Ends an ejection: the count begins anew. */
  readmit(now: number): void {
    this.failures = 0
    this.endedAt = now
  }

  private forgive(firstMs: number, wellMs: number): void {
    let left = wellMs
    while (this.lastMs >= firstMs && left >= this.lastMs) {
      left -= this.lastMs
      this.lastMs /= 2
    }
    if (this.lastMs < firstMs) this.lastMs = 0
  }
}
