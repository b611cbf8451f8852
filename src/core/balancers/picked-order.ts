import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Order } from './balancer.js'

/** Says how an order goes on when its first candidate did not do. */
export interface Successor {
  /** Every candidate but the first, once each. */
  after(
    first: Candidate,
    candidates: readonly Candidate[],
    facts: Facts,
  ): Iterator<Candidate, undefined>
}

/**
 * An order of which only the first candidate is decided: nearly all requests need no other, so that all that may grow with
 * the group is put off until one does.
 */
export class PickedOrder implements Order {
  private isFirstGiven = false
  private others: Iterator<Candidate, undefined> | undefined
  private readonly first: Candidate | undefined
  private readonly successor: Successor
  private readonly candidates: readonly Candidate[]
  private readonly facts: Facts

  constructor(
    first: Candidate | undefined,
    successor: Successor,
    candidates: readonly Candidate[],
    facts: Facts,
  ) {
    this.first = first
    this.successor = successor
    this.candidates = candidates
    this.facts = facts
  }

  next(): Candidate | undefined {
    if (!this.isFirstGiven) {
      this.isFirstGiven = true
      return this.first
    }
    if (!this.first) return undefined
    this.others ??= this.successor.after(this.first, this.candidates, this.facts)
    return this.others.next().value
  }
}

/** All candidates but those given before, from the one at `start` on and around; `start` may be any whole number from 0 up. */
export function* around(
  candidates: readonly Candidate[],
  start: number,
  given: readonly Candidate[],
): Generator<Candidate, undefined> {
  for (let step = 0; step < candidates.length; step++) {
    const candidate = candidates[(start + step) % candidates.length]
    if (candidate && !given.includes(candidate)) yield candidate
  }
  return undefined
}
