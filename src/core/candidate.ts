import { FailureRun } from './failure-run.js'
import type { Target } from './target.js'

/** A target as a data plane sees it: the target, and what this process knows of it. */
export class Candidate {
  /** Replaced only by one with the same id, when its weight changes. */
  target: Target
  /** Requests this process has under way there. */
  inFlight = 0
  /** Clock time at which it came back, while it is to start slowly. */
  backAt: number | undefined
  readonly failures = new FailureRun()

  constructor(target: Target) {
    this.target = target
  }
}
