/** How much of a run there is to be: whichever comes first. */
export interface Budget {
  readonly seed: number
  readonly count: number
  readonly seconds: number
}

/** What a run has found. */
export interface Report {
  /** Cases that were tried. */
  tried: number
  /** How often each outcome came about. */
  readonly outcomes: Map<string, number>
  /** Each names its seed and the bytes that do it, as few as were found. */
  readonly failures: string[]
}

/** More of them would say nothing new. */
const MAX_FAILURES = 5

/**
 * Tries cases within `budget`; the seed of each is its own, so that it can be tried alone.
 * @param atOnce so many cases are under way at once
 * @param attempt gives the outcome's name; what it throws is a failure
 */
export async function spend(
  budget: Budget,
  attempt: (seed: number) => Promise<string>,
  atOnce: number,
): Promise<Report> {
  const report: Report = { tried: 0, outcomes: new Map(), failures: [] }
  const deadline = performance.now() + budget.seconds * 1000
  // Most of what is tried ends in errors, and half of the time would go into where they came from.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const one = async (seed: number): Promise<void> => {
    try {
      const outcome = await attempt(seed)
      report.outcomes.set(outcome, (report.outcomes.get(outcome) ?? 0) + 1)
    } catch (error) {
      report.failures.push(
        `seed ${seed}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  while (report.tried < budget.count && report.failures.length < MAX_FAILURES) {
    if (performance.now() > deadline) break
    const size = Math.min(atOnce, budget.count - report.tried)
    const first = budget.seed + report.tried
    await Promise.all(Array.from({ length: size }, (_, n) => one(first + n)))
    report.tried += size
  }
  Error.stackTraceLimit = stackTraceLimit
  return report
}

/** How often outcomes came about whose name begins like this. */
export function countOf({ outcomes }: Report, start: string): number {
  let count = 0
  for (const [name, times] of outcomes) if (name.startsWith(start)) count += times
  return count
}
