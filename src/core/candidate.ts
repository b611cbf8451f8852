import type { Target } from './target.js'

/** A target as a balancer sees it: the target, and what this process knows of it. */
export interface Candidate {
  readonly target: Target
  /** Requests this process has under way there. */
  inFlight: number
}
