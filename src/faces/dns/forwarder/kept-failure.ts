/** RFC 9520 section 3.2: a failure is kept for a second at least, and for five minutes at most; longer each time. */
const SHORTEST_MS = 1000
const LONGEST_MS = 30_000
/** A failure so long after the one before is a first one again. */
const FORGOTTEN_MS = 300_000

/** A question that nobody had an answer to, lately. */
export class KeptFailure {
  readonly sizeBytes = 0
  private readonly times: number
  private readonly until: number

  /** @param before the last failure of the same question */
  constructor(now: number, before: KeptFailure | undefined) {
    const isRepeated = before !== undefined && now < before.until + FORGOTTEN_MS
    this.times = isRepeated ? before.times + 1 : 1
    this.until = now + Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (this.times - 1))
  }

  /** Whether there is no use in asking again. */
  isFresh(now: number): boolean {
    return now < this.until
  }
}
