import type { Clock } from '../../core/ports.js'

/** So many repairs in a row are made at once; further ones wait, each twice as long as the one before. */
const FREE_REPAIRS = 5
const SHORTEST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000
/** Repairs so far apart are no contest. */
const PEACE_MS = 5 * LONGEST_WAIT_MS

/** Bounds the repairs of a file that somebody else rewrites over and over, so that two programs do not chase each other. */
export class Contest {
  private readonly clock: Clock
  private repairs = 0
  private lastAt = -Infinity

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Whether repairs are being put off. */
  get isOn(): boolean {
    return this.repairs > FREE_REPAIRS && this.clock.now() - this.lastAt < PEACE_MS
  }

  /** Milliseconds until the next repair may be made. */
  get waitMs(): number {
    const excess = this.repairs - FREE_REPAIRS
    if (excess < 0 || this.clock.now() - this.lastAt >= PEACE_MS) return 0
    const wait = Math.min(SHORTEST_WAIT_MS * 2 ** excess, LONGEST_WAIT_MS)
    return Math.max(0, this.lastAt + wait - this.clock.now())
  }

  /** A repair was made. */
  repaired(): void {
    const now = this.clock.now()
    this.repairs = now - this.lastAt < PEACE_MS ? this.repairs + 1 : 1
    this.lastAt = now
  }
}
