import type { Candidate } from '../candidate.js'
import type { Balancer, Order } from './balancer.js'

class Rotation implements Order {
  private given = 0
  private readonly candidates: readonly Candidate[]
  private readonly start: number

  constructor(candidates: readonly Candidate[], start: number) {
    this.candidates = candidates
    this.start = start
  }

  next(): Candidate | undefined {
    if (this.given === this.candidates.length) return undefined
    return this.candidates[(this.start + this.given++) % this.candidates.length]
  }
}

/** Each order begins one candidate further than the one before. */
export class RoundRobin implements Balancer {
  private turn = 0

  order(candidates: readonly Candidate[]): Order {
    const start = this.turn
    this.turn = start + 1 >= candidates.length ? 0 : start + 1
    return new Rotation(candidates, start < candidates.length ? start : 0)
  }
}
