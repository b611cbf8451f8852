import type { TargetStatus } from '../core/group-health.js'
import type { TargetState } from '../core/health.js'
import { hostAndPort } from '../core/target.js'
import { quantile } from '../telemetry/durations.js'
import type { ObservedHosts, ObservedHostsEntry } from '../telemetry/observed.js'
import type { Tally } from '../telemetry/tally.js'
import type { ServiceTotals } from '../telemetry/service-totals.js'
import { overrideView, type OverrideView } from './api/targets.js'
import { gatewayView, type GatewayView } from './gateway-status.js'
import type { ManagedGroup, ManagedService, Phase, ProcessView } from './managed-service.js'

/** The traffic of the last ten seconds. */
export interface TrafficView {
  readonly requestsPerSecond: number
  /** Answered with 5xx, or not answered whole without the client's doing. */
  readonly errorsPerSecond: number
  /** Null when there were no requests. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  /** At this moment. */
  readonly inFlight: number
}

/** A target as operators are told of it; its traffic is that of the attempts there, its times end with the response's head. */
export interface TargetView extends TrafficView {
  readonly id: string
  /** `host:port`; of a host of an application the address alone. */
  readonly address: string
  readonly weight: number
  readonly state: TargetState
  /** Whether clients are sent there. */
  readonly serves: boolean
  /** When it came into its state, in ISO 8601. */
  readonly since: string
  /** Why it is in its state; empty while nothing happened. */
  readonly reason: string
  /** What operators have said of it beside the configuration; null while nothing. */
  readonly override: OverrideView | null
}

/** A group as operators are told of it; its traffic is that of its clients' requests, its times end with the response. */
export interface GroupView extends TrafficView {
  readonly name: string
  readonly algorithm: string
  /** What its targets must be beside being well; null when any will do. */
  readonly role: string | null
  readonly source: {
    readonly kind: string
    readonly state: string
    /** For how long it has been lost, 0 while it is live; null before its first list. */
    readonly ageSeconds: number | null
    /** Why it is lost; empty while it is not. */
    readonly reason: string
  }
  readonly targets: readonly TargetView[]
}

/** A name in the hosts file. */
export interface HostsEntryView {
  readonly name: string
  readonly group: string
  /** Null before there was any target to choose. */
  readonly address: string | null
  /** Id of the target; null for an address that an earlier run has left. */
  readonly target: string | null
  /** When it came by its address, in ISO 8601. */
  readonly since: string
  /** Why it has this address, or none. */
  readonly reason: string
}

/** The hosts file. */
export interface HostsView {
  readonly file: string
  /** Whether it is as it should be. */
  readonly inForce: boolean
  /** Why it is not; empty while it is. */
  readonly reason: string
  /** How the last text came into it; null before the first. */
  readonly way: string | null
  readonly entries: readonly HostsEntryView[]
}

/** What `/api/status` tells. */
export interface StatusView {
  /** When it was so, in ISO 8601. */
  readonly at: string
  readonly version: string
  readonly process: ProcessView
  readonly phase: Phase
  /** Why clients should not be sent here now. */
  readonly obstacles: readonly string[]
  readonly uptimeSeconds: number
  readonly groups: readonly GroupView[]
  /** Null when no hosts file is kept. */
  readonly hosts: HostsView | null
  /** Null when nobody is steered by applications. */
  readonly gateway: GatewayView | null
}

function inMs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 100_000) / 100
}

function trafficOf(recent: Tally | undefined, seconds: number, inFlight: number): TrafficView {
  const errors = recent ? recent.requests('5xx') + recent.requests('failed') : 0
  return {
    requestsPerSecond: (recent?.allRequests ?? 0) / seconds,
    errorsPerSecond: errors / seconds,
    p50Ms: inMs(recent && quantile(recent, 0.5)),
    p99Ms: inMs(recent && quantile(recent, 0.99)),
    inFlight,
  }
}

function targetView(status: TargetStatus, group: ManagedGroup, totals: ServiceTotals): TargetView {
  const { target, state, serves, sinceMs, reason } = status
  const counted = totals.target(group.name, target.id)
  const override = group.overrides.get(target.id)
  return {
    id: target.id,
    address: target.instance ? target.address : hostAndPort(target.address, target.port),
    weight: target.weight,
    state,
    serves,
    since: new Date(sinceMs).toISOString(),
    reason,
    override: override ? overrideView(override) : null,
    ...trafficOf(counted?.recent, totals.recentSeconds, counted?.inFlight ?? 0),
  }
}

function groupView(group: ManagedGroup, totals: ServiceTotals): GroupView {
  const { name, algorithm, role, source, targets } = group
  const views = targets.map((status) => targetView(status, group, totals))
  const inFlight = views.reduce((sum, view) => sum + view.inFlight, 0)
  const { kind, state, ageMs, error } = source
  return {
    name,
    algorithm,
    role: role?.name ?? null,
    source: {
      kind,
      state,
      ageSeconds: ageMs === undefined ? null : ageMs / 1000,
      reason: error?.message ?? '',
    },
    ...trafficOf(totals.group(name).recent, totals.recentSeconds, inFlight),
    targets: views,
  }
}

function hostsEntryView(entry: ObservedHostsEntry): HostsEntryView {
  const { name, group, address, target, sinceMs, reason } = entry
  const since = new Date(sinceMs).toISOString()
  return { name, group, address: address ?? null, target: target ?? null, since, reason }
}

function hostsView({ file, failure, way, entries }: ObservedHosts): HostsView {
  return {
    file,
    inForce: failure === undefined,
    reason: failure ?? '',
    way: way ?? null,
    entries: entries.map(hostsEntryView),
  }
}

/**
 * The whole service at this moment.
 * @param now wall time
 */
export function statusOf(service: ManagedService, now: number): StatusView {
  const { version, process, phase, obstacles, startedAtMs, groups, totals } = service
  const { hosts, gateway } = service
  return {
    at: new Date(now).toISOString(),
    version,
    process,
    phase,
    obstacles,
    uptimeSeconds: (now - startedAtMs) / 1000,
    groups: groups.map((group) => groupView(group, totals)),
    hosts: hosts ? hostsView(hosts) : null,
    gateway: gateway ? gatewayView(gateway) : null,
  }
}
