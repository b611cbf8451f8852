import { Admission } from './admission.js'
import type { Balancer, BalancerPorts, Order } from './balancers/balancer.js'
import { createBalancer } from './balancers/registry.js'
import { Candidate, GroupLoad } from './candidate.js'
import type { Facts } from './facts.js'
import type { GroupSettings } from './group-settings.js'
import { GroupView } from './group-view.js'
import { describe, judge, type Outcome } from './outcome.js'
import type { Outbox } from './outbox.js'
import { RetryBudget } from './retry-budget.js'
import type { GroupSnapshot, Standing } from './snapshot.js'
import type { Target } from './target.js'

/** What the groups of a data plane need from outside. */
export interface GroupPorts extends BalancerPorts {
  readonly outbox: Outbox
}

/** Named targets with their balancing algorithm, as one data plane sees them. */
export class TargetGroup {
  readonly settings: GroupSettings
  /** Undefined when nothing limits the requests of the group. */
  readonly admission: Admission | undefined
  readonly retryBudget: RetryBudget
  private readonly ports: GroupPorts
  private readonly balancer: Balancer
  private readonly load: GroupLoad
  /** By id, also those that do not serve: they may be back before their requests under way have ended. */
  private known: ReadonlyMap<string, Candidate>
  private candidates: readonly Candidate[] = []
  /** Those that an operator drains: they keep the clients they have. */
  private leaving: readonly Candidate[] = []
  private standings: Readonly<Record<string, Standing>> = {}

  /** @param before the group of this name with other settings; what it knows of its targets is taken over */
  constructor(settings: GroupSettings, ports: GroupPorts, before?: TargetGroup) {
    this.settings = settings
    this.admission = settings.maxConnections > 0 ? new Admission(settings) : undefined
    this.retryBudget = before?.retryBudget ?? new RetryBudget(ports.clock)
    this.ports = ports
    this.balancer = createBalancer(settings.algorithm, settings, ports)
    this.load = before?.load ?? new GroupLoad()
    this.known = before?.known ?? new Map<string, Candidate>()
  }

  /** Takes a new list of targets and what was decided about them; what is known of those that stay is kept. */
  apply({ targets, standings = {} }: GroupSnapshot): void {
    const isReweighted = this.take(targets)
    this.standings = standings
    const now = this.ports.clock.now()
    for (const [id, candidate] of this.known) candidate.backAt = backAt(standings[id], now)
    const { role } = this.settings
    const serving = this.those((id) => standings[id]?.serves ?? !role)
    // Who drains keeps the clients it has, but for the doubt whether its role is still its own.
    const leaving = role ? [] : this.those((id) => standings[id]?.state === 'draining')
    // Balancers prepare themselves for each new array; the same targets must not cost that again.
    if (isReweighted || !isSame(serving, this.candidates)) this.candidates = serving
    if (!isSame(leaving, this.leaving)) this.leaving = leaving
    this.admission?.setCandidates(this.candidates)
  }

  /** How many targets serve. */
  get size(): number {
    return this.candidates.length
  }

  /** Those that serve, the same array until they or their weights change. */
  get serving(): readonly Candidate[] {
    return this.candidates
  }

  /** All there are, also those that do not serve, by preference. */
  get targets(): readonly Target[] {
    return [...this.known.values()].map(({ target }) => target)
  }

  /** What was decided about a target; undefined when nothing was said of it. */
  standing(id: string): Standing | undefined {
    return this.standings[id]
  }

  /** The group as it is for clients that can use only some of its targets; it takes turns of its own. */
  view(select: (serving: readonly Candidate[]) => readonly Candidate[]): GroupView {
    return new GroupView(
      this,
      select,
      createBalancer(this.settings.algorithm, this.settings, this.ports),
    )
  }

  /** The usable targets by preference; empty when there are none. */
  order(facts: Facts): Order {
    return this.balancer.order(this.candidates, facts, this.leaving)
  }

  /**
   * Learns how an attempt at a target ended. To be called once for each, also for those that the client cut short, and when
   * it is over: with the end of the response, not with its head.
   */
  report(candidate: Candidate, outcome: Outcome): void {
    const verdict = judge(outcome)
    this.balancer.observe?.(candidate, outcome.latencyMs, verdict)
    if (this.settings.outlierFailures === 0) return
    if (verdict === 'failure') this.failed(candidate, describe(outcome))
    else if (verdict === 'success' && candidate.failures.succeeded())
      this.ports.outbox.add(this.settings.name, candidate, '')
  }

  /** @returns whether any weight is another */
  private take(targets: readonly Target[]): boolean {
    const before = this.known
    const known = new Map<string, Candidate>()
    let isReweighted = false
    for (const target of targets) {
      const candidate = before.get(target.id) ?? new Candidate(target, this.load)
      known.set(target.id, candidate)
      // Any difference there can be between two targets with one id is one of weight.
      if (candidate.target.weight === target.weight) continue
      candidate.target = target
      isReweighted = true
    }
    this.known = known
    return isReweighted
  }

  private those(belongs: (id: string) => boolean): readonly Candidate[] {
    const found = [...this.known].filter(([id]) => belongs(id))
    return found.map(([, candidate]) => candidate)
  }

  private failed(candidate: Candidate, reason: string): void {
    const { outbox } = this.ports
    const failures = candidate.failures.failed()
    outbox.add(this.settings.name, candidate, reason)
    // Enough to eject it: every request until the control plane knows is another that fails.
    if (failures % this.settings.outlierFailures === 0) outbox.flush()
  }
}

function isSame(some: readonly Candidate[], others: readonly Candidate[]): boolean {
  return some.length === others.length && some.every((candidate, at) => candidate === others[at])
}

function backAt(standing: Standing | undefined, now: number): number | undefined {
  return standing?.backForMs === undefined ? undefined : now - standing.backForMs
}
