import type { Balancer, Order } from './balancers/balancer.js'
import { createBalancer } from './balancers/registry.js'
import { Candidate } from './candidate.js'
import type { Facts } from './facts.js'
import { withDefaults, type GroupSettings } from './group-settings.js'
import { describe, judge, type Outcome } from './outcome.js'
import type { Outbox } from './outbox.js'
import type { Clock } from './ports.js'
import type { GroupSnapshot } from './snapshot.js'

export type { GroupSettings, TargetTls, TransportChoice } from './group-settings.js'

/** What the groups of a data plane need from outside. */
export interface GroupPorts {
  readonly clock: Clock
  readonly outbox: Outbox
}

/** Named targets with their balancing algorithm, as one data plane sees them. */
export class TargetGroup {
  readonly settings: GroupSettings
  private readonly outlierFailures: number
  private readonly ports: GroupPorts
  private readonly balancer: Balancer
  /** By id, also those that do not serve: they may be back before their requests under way have ended. */
  private known: ReadonlyMap<string, Candidate>
  private candidates: readonly Candidate[] = []

  /** @param before the group of this name with other settings; what it knows of its targets is taken over */
  constructor(settings: GroupSettings, ports: GroupPorts, before?: TargetGroup) {
    this.settings = settings
    this.outlierFailures = withDefaults(settings).outlierFailures
    this.ports = ports
    this.balancer = createBalancer(settings.algorithm)
    this.known = before?.known ?? new Map<string, Candidate>()
  }

  /** Takes a new list of targets and what was decided about them; what is known of those that stay is kept. */
  apply({ targets, standings }: GroupSnapshot): void {
    let isSame = true
    const known = new Map<string, Candidate>()
    for (const target of targets) {
      const candidate = this.known.get(target.id) ?? new Candidate(target)
      // Any difference there can be between two targets with one id is one of weight.
      if (candidate.target.weight !== target.weight) {
        candidate.target = target
        isSame = false
      }
      known.set(target.id, candidate)
    }
    this.known = known
    const serving = [...known].filter(([id]) => standings?.[id]?.serves ?? true)
    isSame &&= serving.length === this.candidates.length
    isSame &&= serving.every(([, candidate], at) => candidate === this.candidates[at])
    // Balancers prepare themselves for each new array; the same targets must not cost that again.
    if (!isSame) this.candidates = serving.map(([, candidate]) => candidate)
  }

  /** How many targets serve. */
  get size(): number {
    return this.candidates.length
  }

  /** The usable targets by preference; empty when there are none. */
  order(facts: Facts): Order {
    return this.balancer.order(this.candidates, facts)
  }

  /**
   * Learns how an attempt at a target ended. To be called once for each, also for those that the client cut short, and when
   * it is over: with the end of the response, not with its head.
   */
  report(candidate: Candidate, outcome: Outcome): void {
    if (this.outlierFailures === 0) return
    const verdict = judge(outcome)
    if (verdict === 'failure') this.failed(candidate, describe(outcome))
    else if (verdict === 'success' && candidate.failures.succeeded())
      this.ports.outbox.add(this.settings.name, candidate, '')
  }

  private failed(candidate: Candidate, reason: string): void {
    const { outbox } = this.ports
    const failures = candidate.failures.failed()
    outbox.add(this.settings.name, candidate, reason)
    // Enough to eject it: every request until the control plane knows is another that fails.
    if (failures % this.outlierFailures === 0) outbox.flush()
  }
}
