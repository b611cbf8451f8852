import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Balancer, Order } from './balancer.js'
import { around, PickedOrder, type Successor } from './picked-order.js'

/** Each order begins one candidate further than the one before; weights do not matter. */
export class RoundRobin implements Balancer, Successor {
  private turn = 0
  private retries = 0

  order(candidates: readonly Candidate[], facts: Facts): Order {
    const turn = this.turn < candidates.length ? this.turn : 0
    this.turn = turn + 1
    return new PickedOrder(candidates[turn], this, candidates, facts)
  }

  /** Retries take turns of their own: those of a target that is down must not all go to its neighbour. */
  after(first: Candidate, candidates: readonly Candidate[]): Iterator<Candidate, undefined> {
    const offset = 1 + (this.retries++ % Math.max(1, candidates.length - 1))
    return around(candidates, candidates.indexOf(first) + offset, [first])
  }
}
