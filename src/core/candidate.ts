import { FailureRun } from './failure-run.js'
import { PeakEwma } from './peak-ewma.js'
import type { Target } from './target.js'

/** What the candidates of one group have in common. */
export class GroupLoad {
  /** Requests this process has under way at all of them together. */
  inFlight = 0
}

/** A target as a data plane sees it: the target, and what this process knows of it. */
export class Candidate {
  /** Replaced only by one with the same id, when its weight changes. */
  target: Target
  readonly groupLoad: GroupLoad
  /** Clock time at which it came back, while it is to start slowly. */
  backAt: number | undefined
  readonly failures = new FailureRun()
  readonly latency = new PeakEwma()
  private underWay = 0

  constructor(target: Target, groupLoad: GroupLoad) {
    this.target = target
    this.groupLoad = groupLoad
  }

  /** Requests this process has under way there; what is added here is added to the group's load. */
  get inFlight(): number {
    return this.underWay
  }

  set inFlight(count: number) {
    this.groupLoad.inFlight += count - this.underWay
    this.underWay = count
  }
}
