import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Balancer, Order } from './balancer.js'
import { around, PickedOrder, type Successor } from './picked-order.js'

/** The candidates of one weight. */
interface WeightClass {
  readonly members: Candidate[]
  /** What they weigh together. */
  weight: number
  /** How far they are behind their due. */
  credit: number
  /** The member whose turn it is. */
  turn: number
}

/** An endless sequence of candidates in which each comes as often as it weighs, evenly spread. */
class Schedule {
  private readonly byWeight = new Map<number, WeightClass>()
  private readonly classes: readonly WeightClass[]
  private readonly weight: number

  /** @param before whose turns are taken over, so that a change does not favour the head of the list */
  constructor(candidates: readonly Candidate[], before?: Schedule) {
    for (const candidate of candidates) {
      const { weight } = candidate.target
      const peers = this.byWeight.get(weight) ?? {
        members: [],
        weight: 0,
        credit: 0,
        turn: before?.byWeight.get(weight)?.turn ?? 0,
      }
      this.byWeight.set(weight, peers)
      peers.members.push(candidate)
      peers.weight += weight
    }
    this.classes = [...this.byWeight.values()]
    this.weight = this.classes.reduce((sum, { weight }) => sum + weight, 0)
  }

  next(): Candidate | undefined {
    let due: WeightClass | undefined
    for (const each of this.classes) {
      each.credit += each.weight
      if (!due || each.credit > due.credit) due = each
    }
    if (!due) return undefined
    due.credit -= this.weight
    const turn = due.turn < due.members.length ? due.turn : 0
    due.turn = turn + 1
    return due.members[turn]
  }
}

/**
 * Smooth weighted round robin. nginx's algorithm (each gains its weight; the richest is picked and pays the sum of all) looks
 * at every candidate for each pick. Here it chooses among the candidates of one weight taken together, and they take turns:
 * as exact, and as smooth but for one turn, while it looks at no more entries than there are different weights.
 */
export class Weighted implements Balancer, Successor {
  private candidates: readonly Candidate[] = []
  private schedule = new Schedule([])
  private retries = new Schedule([])

  order(candidates: readonly Candidate[], facts: Facts): Order {
    if (candidates !== this.candidates) {
      this.candidates = candidates
      this.schedule = new Schedule(candidates, this.schedule)
      this.retries = new Schedule(candidates, this.retries)
    }
    return new PickedOrder(this.schedule.next(), this, candidates, facts)
  }

  /** Retries have a schedule of their own: those of a target that is down must not all go to the next in turn. */
  *after(first: Candidate, candidates: readonly Candidate[]): Generator<Candidate, undefined> {
    let second: Candidate | undefined = first
    // An order may outlive its group of candidates, but the schedule does not.
    if (candidates === this.candidates && candidates.length > 1) {
      while (second === first) second = this.retries.next()
    }
    if (!second || second === first) return yield* around(candidates, 0, [first])
    yield second
    return yield* around(candidates, candidates.indexOf(second), [first, second])
  }
}
