import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Random } from '../ports.js'
import type { Balancer, BalancerPorts, Order } from './balancer.js'
import { drawnAfter } from './drawn.js'
import { PickedOrder, type Successor } from './picked-order.js'

/** Any candidate, each as probable as it weighs. */
export class RandomChoice implements Balancer, Successor {
  private readonly random: Random
  private candidates: readonly Candidate[] = []
  /** The sums of the weights up to each candidate, itself included. */
  private sums = new Float64Array()

  constructor({ random }: BalancerPorts) {
    this.random = random
  }

  order(candidates: readonly Candidate[], facts: Facts): Order {
    return new PickedOrder(this.draw(candidates), this, candidates, facts)
  }

  after(first: Candidate, candidates: readonly Candidate[]): Iterator<Candidate, undefined> {
    return drawnAfter(first, candidates, () => this.draw(candidates), this.random)
  }

  private draw(candidates: readonly Candidate[]): Candidate | undefined {
    if (candidates !== this.candidates) this.prepare(candidates)
    const lot = this.random.next() * (this.sums.at(-1) ?? 0)
    let low = 0
    let high = candidates.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      const sum = this.sums[middle]
      if (sum !== undefined && lot < sum) high = middle
      else low = middle + 1
    }
    return candidates[low]
  }

  private prepare(candidates: readonly Candidate[]): void {
    let sum = 0
    this.candidates = candidates
    this.sums = Float64Array.from(candidates, ({ target }) => (sum += target.weight))
  }
}
