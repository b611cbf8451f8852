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
    const picked = start + leastLoaded(candidates, start, Math.min(WINDOW, candidates.length), 0)
    this.turn = picked + 1 - (picked < candidates.length ? 0 : candidates.length)
    return new PickedOrder(candidates[picked % candidates.length], this, candidates, facts)
  }

  /** Goes round in windows, and gives the least loaded of each first. */
  *after(first: Candidate, candidates: readonly Candidate[]): Generator<Candidate, undefined> {
    const start = this.turn
    for (let begin = 0; begin < candidates.length; begin += WINDOW) {
      const size = Math.min(WINDOW, candidates.length - begin)
      let given = 0
      for (let count = 0; count < size; count++) {
        const offset = leastLoaded(candidates, start + begin, size, given)
        given |= 1 << offset
        const candidate = candidates[(start + begin + offset) % candidates.length]
        if (candidate && candidate !== first) yield candidate
      }
    }
    return undefined
  }
}

/** The offset from `begin` of the least loaded of `size` candidates whose bit in `given` is not set. */
function leastLoaded(
  candidates: readonly Candidate[],
  begin: number,
  size: number,
  given: number,
): number {
  let best = 0
  let least = Infinity
  for (let offset = 0; offset < size && least > 0; offset++) {
    if ((given & (1 << offset)) !== 0) continue
    const load = loadOf(candidates[(begin + offset) % candidates.length])
    if (load >= least) continue
    best = offset
    least = load
  }
  return best
}

/** What the load would be with one request more; an idle candidate is the best choice whatever it weighs. */
function loadOf(candidate: Candidate | undefined): number {
  if (!candidate || candidate.inFlight === 0) return 0
  return (candidate.inFlight + 1) / candidate.target.weight
}
