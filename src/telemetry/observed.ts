import type { TargetStatus } from '../core/group-health.js'
import type { ServiceTotals } from './service-totals.js'

/** One target group as the metrics see it. */
export interface ObservedGroup {
  readonly name: string
  readonly source: {
    /** For how long nobody has vouched for the list that is served; undefined when there never was one. */
    readonly ageMs: number | undefined
  }
  readonly targets: readonly TargetStatus[]
}

/** What metrics are made of. */
export interface Observed {
  readonly version: string
  /** Wall time. */
  readonly startedAtMs: number
  readonly groups: readonly ObservedGroup[]
  readonly totals: ServiceTotals
}
