import type { GroupSettings } from './target-group.js'
import type { Target } from './target.js'

/** One group at one moment. */
export interface GroupSnapshot {
  readonly settings: GroupSettings
  readonly targets: readonly Target[]
}

/** Everything the control plane tells a data plane about targets: immutable, swapped whole. */
export interface Snapshot {
  readonly groups: readonly GroupSnapshot[]
}
