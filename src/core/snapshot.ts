import type { GroupSettings } from './group-settings.js'
import type { TargetState } from './health.js'
import type { Target } from './target.js'

/** What the control plane has decided about one target. */
export interface Standing {
  readonly state: TargetState
  /** Whether clients are sent there: it is open, or the group's `allDown` keeps it, and no other has its exclusive role. */
  readonly serves: boolean
  /** How long ago it came back, while that is less than the group's slow start; an age, for clocks differ between processes. */
  readonly backForMs?: number
  /** Why it is not open, for people. */
  readonly reason?: string
}

/** One group at one moment. */
export interface GroupSnapshot {
  readonly settings: GroupSettings
  /** By preference where the algorithm has one of its own: SEQUENTIAL takes the first that serves. */
  readonly targets: readonly Target[]
  /** By the target's id; a target of which nothing is said is unknown, and serves unless the group asks for a role. */
  readonly standings?: Readonly<Record<string, Standing>>
}

/** Everything the control plane tells a data plane about targets: immutable, swapped whole. */
export interface Snapshot {
  readonly groups: readonly GroupSnapshot[]
}
