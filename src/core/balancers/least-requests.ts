import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Balancer, Order } from './balancer.js'
import { PickedOrder, type Successor } from './picked-order.js'

/** How many candidates are compared; each is a bit of an integer. */
const WINDOW = 32

/**
 * The candidate with the fewest requests under way for its weight; those that are equal take turns. It compares 32 of them,
 * from the one after the last pick on. Up to that size it sees the whole group, like HAProxy's and nginx's `leastconn`; in a
 * larger one it chooses among many more than the two random ones that are known to do well (Mitzenmacher 2001), and the cost
 * does not grow. Each process counts its own requests.
 */
export class LeastRequests implements Balancer, Successor {
  private turn = 0

  order(candidates: readonly Candidate[], facts: Facts): Order {
    const start = this.turn < candidates.length ? this.turn : 0
    const picked = leastLoaded(candidates, start, Math.min(WINDOW, candidates.length), 0)
    this.turn = picked + 1
    return new PickedOrder(candidates[picked], this, candidates, facts)
  }

  /** Goes round in windows, and gives the least loaded of each first. */
  *after(first: Candidate, candidates: readonly Candidate[]): Generator<Candidate, undefined> {
    const start = this.turn
    for (let begin = 0; begin < candidates.length; begin += WINDOW) {
      const size = Math.min(WINDOW, candidates.length - begin)
      const from = (start + begin) % candidates.length
      let given = 0
      for (let count = 0; count < size; count++) {
        const at = leastLoaded(candidates, from, size, given)
        given |= 1 << (at >= from ? at - from : at - from + candidates.length)
        const candidate = candidates[at]
        if (candidate && candidate !== first) yield candidate
      }
    }
    return undefined
  }
}

/** Where the least loaded of the `size` candidates from `from` on is; those whose bits are set in `given` do not count. */
function leastLoaded(
  candidates: readonly Candidate[],
  from: number,
  size: number,
  given: number,
): number {
  let best = from
  let least = Infinity
  let at = from
  for (let bit = 0; bit < size && least > 0; bit++, at++) {
    if (at === candidates.length) at = 0
    if ((given & (1 << bit)) !== 0) continue
    const load = loadOf(candidates[at])
    if (load >= least) continue
    best = at
    least = load
  }
  return best
}

/** What the load would be with one request more; an idle candidate is the best choice whatever it weighs. */
function loadOf(candidate: Candidate | undefined): number {
  if (!candidate || candidate.inFlight === 0) return 0
  return (candidate.inFlight + 1) / candidate.target.weight
}
