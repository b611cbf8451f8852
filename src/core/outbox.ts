import type { Candidate } from './candidate.js'
import type { GroupOutcomes, TargetOutcomes } from './outcome.js'
import type { Clock, Timer } from './ports.js'

/** How long news may wait for more of it. */
const BATCH_MS = 100

/** What a data plane has to tell the control plane of requests that failed, gathered into batches. */
export class Outbox {
  private readonly clock: Clock
  private readonly send: (outcomes: readonly GroupOutcomes[]) => void
  /** By group: whom the news is of, and how its last request failed. */
  private news = new Map<string, Map<Candidate, string>>()
  private timer: Timer | undefined

  constructor(clock: Clock, send: (outcomes: readonly GroupOutcomes[]) => void) {
    this.clock = clock
    this.send = send
  }

  /** There is news in the candidate's run of failures. */
  add(group: string, candidate: Candidate, reason: string): void {
    let candidates = this.news.get(group)
    if (!candidates) this.news.set(group, (candidates = new Map<Candidate, string>()))
    candidates.set(candidate, reason)
    this.timer ??= this.clock.after(BATCH_MS, () => this.flush())
  }

  /** Sends what there is, because it cannot wait. */
  flush(): void {
    this.timer?.cancel()
    this.timer = undefined
    const news = this.news
    this.news = new Map()
    const outcomes = Array.from(news, ([group, candidates]) => ({
      group,
      targets: Array.from(candidates, outcomesOf),
    }))
    if (outcomes.length > 0) this.send(outcomes)
  }
}

function outcomesOf([candidate, reason]: [Candidate, string]): TargetOutcomes {
  return { id: candidate.target.id, ...candidate.failures.tell(), reason }
}
