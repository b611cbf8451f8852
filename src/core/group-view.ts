import type { Balancer, Order } from './balancers/balancer.js'
import type { Candidate } from './candidate.js'
import type { Facts } from './facts.js'

/** Where a view looks. */
interface Serving {
  readonly serving: readonly Candidate[]
}

/**
 * Some of the targets of a group, with a balancer of their own: chosen before it sees them, so that each gets its due, and
 * nobody else's requests take their turns.
 */
export class GroupView {
  private readonly group: Serving
  private readonly select: (serving: readonly Candidate[]) => readonly Candidate[]
  private readonly balancer: Balancer
  private seen: readonly Candidate[] = []
  private candidates: readonly Candidate[] = []

  constructor(
    group: Serving,
    select: (serving: readonly Candidate[]) => readonly Candidate[],
    balancer: Balancer,
  ) {
    this.group = group
    this.select = select
    this.balancer = balancer
  }

  /** How many of the view's targets serve. */
  get size(): number {
    return this.serving.length
  }

  /** Those of the view's targets that serve, by preference; empty when there are none. */
  order(facts: Facts): Order {
    return this.balancer.order(this.serving, facts)
  }

  private get serving(): readonly Candidate[] {
    const { serving } = this.group
    if (serving !== this.seen) {
      this.seen = serving
      this.candidates = this.select(serving)
    }
    return this.candidates
  }
}
