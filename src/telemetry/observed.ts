import type { TargetStatus } from '../core/group-health.js'
import type { Role } from '../core/group-settings.js'
import type { ServiceTotals } from './service-totals.js'

/** One target group as the metrics see it. */
export interface ObservedGroup {
  readonly name: string
  /** What its targets must be beside being well; undefined when any will do. */
  readonly role: Role | undefined
  readonly source: {
    /** For how long nobody has vouched for the list that is served; undefined when there never was one. */
    readonly ageMs: number | undefined
  }
  readonly targets: readonly TargetStatus[]
}

/** A name in the hosts file. */
export interface ObservedHostsEntry {
  readonly name: string
  readonly group: string
  /** Undefined before there was any target to choose. */
  readonly address: string | undefined
  /** Id of the target; undefined for an address that an earlier run has left. */
  readonly target: string | undefined
  /** Wall time of the last change of the address. */
  readonly sinceMs: number
  /** Why the name has this address, or none. */
  readonly reason: string
}

/** The hosts file, and what was done about it. */
export interface ObservedHosts {
  readonly file: string
  /** How the last text came into the file; undefined before the first. */
  readonly way: string | undefined
  /** Why the file is not as it should be; undefined while it is. */
  readonly failure: string | undefined
  readonly rewrites: number
  readonly repairs: number
  readonly failures: number
  readonly entries: readonly ObservedHostsEntry[]
}

/** What metrics are made of. */
export interface Observed {
  readonly version: string
  /** Wall time. */
  readonly startedAtMs: number
  readonly groups: readonly ObservedGroup[]
  /** Undefined when no hosts file is kept. */
  readonly hosts: ObservedHosts | undefined
  readonly totals: ServiceTotals
}
