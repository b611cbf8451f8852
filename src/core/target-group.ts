import { createBalancer, type Algorithm } from './balancers/registry.js'
import type { Balancer, Order } from './balancers/balancer.js'
import type { Candidate } from './candidate.js'
import type { Facts } from './facts.js'
import type { Target } from './target.js'

/** TLS towards the targets of a group. */
export interface TargetTls {
  /** Whether a certificate that does not verify makes the connection fail. */
  readonly verify: boolean
  /** PEM text of the authorities believed instead of the system's. */
  readonly ca?: string
  /** Name asked for and verified instead of the target's host. */
  readonly serverName?: string
}

/** The way requests of a group travel; `auto` is `wire`, or `reply-from` for targets that speak HTTP/2. */
export type TransportChoice = 'auto' | 'wire' | 'reply-from'

/** What the configuration says of a group, apart from its targets. */
export interface GroupSettings {
  readonly name: string
  readonly algorithm: Algorithm
  /** Further targets tried after the first. */
  readonly retries: number
  readonly transport: TransportChoice
  readonly tls: TargetTls
}

/** Named targets with their balancing algorithm, as one process sees them. */
export class TargetGroup {
  readonly settings: GroupSettings
  private readonly balancer: Balancer
  private candidates: readonly Candidate[] = []

  constructor(settings: GroupSettings) {
    this.settings = settings
    this.balancer = createBalancer(settings.algorithm)
  }

  /** Replaces the targets; what is known of those that stay is kept. */
  setTargets(targets: readonly Target[]): void {
    const known = new Map(this.candidates.map((candidate) => [candidate.target.id, candidate]))
    this.candidates = targets.map((target) => {
      const before = known.get(target.id)
      return before?.target.weight === target.weight ? before : { target, inFlight: 0 }
    })
  }

  get size(): number {
    return this.candidates.length
  }

  /** The usable targets by preference; empty when there are none. */
  order(facts: Facts): Order {
    return this.balancer.order(this.candidates, facts)
  }
}
