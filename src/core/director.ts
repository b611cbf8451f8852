import type { Snapshot } from './snapshot.js'
import { TargetGroup } from './target-group.js'

/** Answers every face's question: which targets of this group, in which order? */
export class Director {
  private groups: ReadonlyMap<string, TargetGroup> = new Map()

  /** Swaps in a new view of all groups; a group whose settings did not change keeps its turn and counters. */
  apply(snapshot: Snapshot): void {
    const groups = new Map<string, TargetGroup>()
    for (const { settings, targets } of snapshot.groups) {
      const before = this.groups.get(settings.name)
      const keeps = before && JSON.stringify(before.settings) === JSON.stringify(settings)
      const group = keeps ? before : new TargetGroup(settings)
      group.setTargets(targets)
      groups.set(settings.name, group)
    }
    this.groups = groups
  }

  group(name: string): TargetGroup | undefined {
    return this.groups.get(name)
  }
}
