import type { BalancerSettings } from './balancers/balancer.js'
import type { Algorithm } from './balancers/registry.js'

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

/** Who serves when no target is healthy: nobody, all that no operator took out, or the last healthy one. */
export type AllDown = 'none' | 'all' | 'last'

/** What a target must be, beside being well: `master`, `replica`, `primary`. */
export interface Role {
  readonly name: string
  /** Only one target has it at a time; when several claim it, the one that was found to have it first keeps serving. */
  readonly exclusive: boolean
}

/** When the health of a target changes. */
export interface HealthSettings {
  /** Checks in a row that must pass before an unhealthy target is healthy. */
  readonly rise: number
  /** Checks in a row that must fail before a healthy target is unhealthy. */
  readonly fall: number
  readonly allDown: AllDown
  /** Failed requests in a row that eject a target; 0 = none is ever ejected. */
  readonly outlierFailures: number
  /** How long the first ejection of a target lasts. */
  readonly outlierEjectionMs: number
  /** Whether a target that comes back takes over again from those behind it in the list; matters to SEQUENTIAL. */
  readonly failback: boolean
  /**
   * Undefined when any target will do. Else only targets whose checks passed serve, for these look for the role: no unknown
   * one, and none that `allDown` would keep.
   */
  readonly role: Role | undefined
}

/** How many requests a group takes at a time. */
export interface LimitSettings {
  /** Requests under way at one target; 0 = no limit. */
  readonly maxConnections: number
  /** Requests of the group that wait for a free target; further ones are refused. */
  readonly maxQueue: number
}

/** What the configuration says of a group, apart from its targets. */
export interface GroupSettings extends BalancerSettings, HealthSettings, LimitSettings {
  readonly algorithm: Algorithm
  /** Further targets tried after the first. */
  readonly retries: number
  readonly transport: TransportChoice
  readonly tls: TargetTls
}
