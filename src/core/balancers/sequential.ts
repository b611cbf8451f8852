import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Balancer, Order } from './balancer.js'
import { around, PickedOrder, type Successor } from './picked-order.js'

/**
 * The first of the list, for as long as it serves. Whether one that comes back takes over again is not decided here: each
 * process would decide for itself. The control plane puts the one whose turn it is first.
 */
export class Sequential implements Balancer, Successor {
  order(candidates: readonly Candidate[], facts: Facts): Order {
    return new PickedOrder(candidates[0], this, candidates, facts)
  }

  after(first: Candidate, candidates: readonly Candidate[]): Iterator<Candidate, undefined> {
    return around(candidates, 1, [first])
  }
}
