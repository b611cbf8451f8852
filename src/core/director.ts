import { Outbox } from './outbox.js'
import type { GroupOutcomes } from './outcome.js'
import type { BalancerPorts } from './balancers/balancer.js'
import type { GroupSnapshot, Snapshot } from './snapshot.js'
import { TargetGroup, type GroupPorts } from './target-group.js'

/** What a director needs from outside. */
export interface DirectorPorts extends BalancerPorts {
  /** Takes what the control plane is to know of requests that failed; may call `apply` or `update`. */
  readonly onOutcomes: (outcomes: readonly GroupOutcomes[]) => void
}

/** Answers every face's question: which targets of this group, in which order? */
export class Director {
  private groups: ReadonlyMap<string, TargetGroup> = new Map()
  private readonly ports: GroupPorts

  constructor({ clock, random, onOutcomes }: DirectorPorts) {
    this.ports = { clock, random, outbox: new Outbox(clock, onOutcomes) }
  }

  /** Swaps in a new view of all groups; a group whose settings did not change keeps its turn and counters. */
  apply(snapshot: Snapshot): void {
    this.groups = new Map(
      snapshot.groups.map((group) => [group.settings.name, this.updated(group)]),
    )
  }

  /** Swaps in a new view of one group. */
  update(snapshot: GroupSnapshot): void {
    const group = this.updated(snapshot)
    if (group !== this.group(snapshot.settings.name))
      this.groups = new Map(this.groups).set(snapshot.settings.name, group)
  }

  /** Forgets a group that is no more. */
  remove(name: string): void {
    const groups = new Map(this.groups)
    groups.delete(name)
    this.groups = groups
  }

  group(name: string): TargetGroup | undefined {
    return this.groups.get(name)
  }

  private updated(snapshot: GroupSnapshot): TargetGroup {
    const { settings } = snapshot
    const before = this.groups.get(settings.name)
    const isSame = before && JSON.stringify(before.settings) === JSON.stringify(settings)
    const group = isSame ? before : new TargetGroup(settings, this.ports, before)
    group.apply(snapshot)
    return group
  }
}
