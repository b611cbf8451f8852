import type { PointsmanError } from '../core/errors.js'
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

/** How something that is watched is doing. */
export interface ObservedWatch {
  readonly state: 'starting' | 'live' | 'lost'
  /** For how long nobody has told anything: 0 while live; undefined when nobody ever did. */
  readonly ageMs: number | undefined
  /** Why it is lost. */
  readonly error: PointsmanError | undefined
}

/** The model of one application. */
export interface ObservedApplication {
  readonly name: string
  /** Undefined while no version could be served. */
  readonly servedVersion: number | undefined
  /** Wall time. */
  readonly servedSinceMs: number
  /** The newest, when it does not serve. */
  readonly refusedVersion: number | undefined
  /** Why it does not. */
  readonly problems: readonly {
    readonly code: string
    readonly path: string
    readonly message: string
  }[]
  /** Where its hosts come from: those that register, a copy of these, or those stored with the model. */
  readonly hosts: 'live' | 'frozen' | 'stored'
}

/** What steers clients by models of applications. */
export interface ObservedGateway {
  readonly store: ObservedWatch
  /** Undefined where hosts do not register. */
  readonly discovery: ObservedWatch | undefined
  readonly applications: readonly ObservedApplication[]
}

/** What metrics are made of. */
export interface Observed {
  readonly version: string
  /** Wall time. */
  readonly startedAtMs: number
  readonly groups: readonly ObservedGroup[]
  /** Undefined when no hosts file is kept. */
  readonly hosts: ObservedHosts | undefined
  /** Undefined when nobody is steered by applications. */
  readonly gateway: ObservedGateway | undefined
  readonly totals: ServiceTotals
}
