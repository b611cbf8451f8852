import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Balancer, HashKey, Order } from './balancer.js'
import { hashText } from './hash.js'
import { HashCircle } from './hash-circle.js'
import { around, PickedOrder, type Successor } from './picked-order.js'

/** How many times its share of the group's requests one candidate may have under way. */
const LOAD_BOUND = 1.25
/** A browser opens six connections; a candidate that is as good as idle is not to be passed over because of them. */
const ALWAYS_ALLOWED = 6

function keyReader(hashKey: HashKey): (facts: Facts) => string | undefined {
  if (hashKey === 'client-ip') return (facts) => facts.clientAddress
  if (hashKey === 'path') return (facts) => facts.path
  const name = hashKey.slice(hashKey.indexOf(':') + 1)
  if (hashKey.startsWith('cookie:')) return (facts) => facts.cookie(name)
  const field = name.toLowerCase()
  return (facts) => facts.header(field)
}

/**
 * The candidate that the request's key belongs to; when that one has more than its share of the requests under way, the next
 * one the key would fall to (bounded loads: Mirrokni, Thorup and Zadimoghaddam 2018). What has no key goes anywhere.
 */
export class ConsistentHash implements Balancer, Successor {
  private readonly keyOf: (facts: Facts) => string | undefined
  private readonly keyless: Balancer
  private candidates: readonly Candidate[] = []
  private circle = new HashCircle([])
  private weight = 0

  /** @param keyless orders the candidates for requests that lack what `hashKey` names */
  constructor(hashKey: HashKey, keyless: Balancer) {
    this.keyOf = keyReader(hashKey)
    this.keyless = keyless
  }

  order(candidates: readonly Candidate[], facts: Facts): Order {
    const text = this.keyOf(facts)
    if (!text) return this.keyless.order(candidates, facts)
    if (candidates !== this.candidates) this.prepare(candidates)
    const key = hashText(text)
    const owner = this.circle.ownerOf(key)
    const first = owner && this.hasItsShare(owner) ? this.relief(key, owner) : owner
    return new PickedOrder(first, this, candidates, facts)
  }

  *after(
    first: Candidate,
    candidates: readonly Candidate[],
    facts: Facts,
  ): Generator<Candidate, undefined> {
    const text = this.keyOf(facts)
    // An order may outlive its group of candidates, but the circle does not.
    if (!text || candidates !== this.candidates) return yield* around(candidates, 0, [first])
    for (const owner of this.circle.ownersOf(hashText(text))) if (owner !== first) yield owner
    return undefined
  }

  private prepare(candidates: readonly Candidate[]): void {
    this.candidates = candidates
    this.circle = new HashCircle(candidates)
    this.weight = candidates.reduce((sum, { target }) => sum + target.weight, 0)
  }

  private relief(key: number, owner: Candidate): Candidate {
    for (const other of this.circle.ownersOf(key)) if (!this.hasItsShare(other)) return other
    return owner
  }

  private hasItsShare({ inFlight, groupLoad, target }: Candidate): boolean {
    const share = ((groupLoad.inFlight + 1) * target.weight) / this.weight
    return inFlight >= Math.max(ALWAYS_ALLOWED, Math.ceil(LOAD_BOUND * share))
  }
}
