/** The mean lifetime of an observation: after it, a third of its weight is left. */
const LIFETIME_MS = 10_000

/**
 * A mean of response times that jumps up to every peak and is forgotten as time goes by, whether or not there is anything new,
 * so that a target that was slow is asked again. This is Finagle's `PeakEwma`; the weights for irregular intervals are those
 * of Eckner, "Algorithms for Unevenly Spaced Time Series".
 */
export class PeakEwma {
  private meanMs = 0
  private at = 0

  /** The mean in milliseconds at clock time `now`; 0 when nothing was ever observed. */
  value(now: number): number {
    return this.meanMs === 0 ? 0 : this.meanMs * this.remains(now)
  }

  /** Takes a response time that ended at clock time `now`. */
  observe(latencyMs: number, now: number): void {
    const remains = this.remains(now)
    const known = this.meanMs * remains
    this.meanMs = latencyMs > known ? latencyMs : known + latencyMs * (1 - remains)
    this.at = now
  }

  private remains(now: number): number {
    return Math.exp((this.at - now) / LIFETIME_MS)
  }
}
