import { Monitor } from '../checks/monitor.js'
import type { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import type { Config } from '../config.js'
import type { Transition } from '../core/group-health.js'
import type { TargetOverride } from '../core/health.js'
import type { GroupOutcomes } from '../core/outcome.js'
import type { Clock, Random } from '../core/ports.js'
import type { RoleDispute } from '../core/role-dispute.js'
import type { GroupSnapshot, Snapshot } from '../core/snapshot.js'
import type { ManagedGroup } from '../manage/managed-service.js'
import { namesOf } from '../sources/name-book.js'
import { SystemResolver } from '../sources/resolver.js'
import type { SourceSettings } from '../sources/registry.js'
import type { SourceTransition } from '../sources/source.js'
import type { Log } from '../telemetry/log.js'
import type { ServiceTotals } from '../telemetry/service-totals.js'
import {
  sourceOf,
  SupervisedGroup,
  type GivenSource,
  type SupervisedConfig,
  type Supervision,
} from './supervised-group.js'

/** What a control plane works with. */
export interface ControlPlaneOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly totals: ServiceTotals
  readonly sessions: SharedSessions
  /** Takes every change of one group, for the data planes; must not throw. */
  readonly onSnapshot: (snapshot: GroupSnapshot) => void
}

/** Knows who the targets are and how they are, once for the whole service. */
export class ControlPlane {
  private readonly groups = new Map<string, SupervisedGroup>()
  /** Names of the groups that the configuration lists. */
  private configured: ReadonlySet<string> = new Set<string>()
  private readonly supervision: Supervision
  private readonly monitor: Monitor
  private readonly log: Log

  constructor({ clock, random, log, totals, sessions, onSnapshot }: ControlPlaneOptions) {
    this.log = log
    this.monitor = new Monitor({
      clock,
      random,
      onOutcome: (group, target, outcome) => {
        totals.checked(group, outcome.ok, outcome.durationMs / 1000)
        this.groups.get(group)?.checked(target, outcome)
      },
      onObstacle: ({ code, message }) => log.error({ code, reason: message }, 'checks not made'),
    })
    this.supervision = {
      monitor: this.monitor,
      clock,
      random,
      sessions,
      names: namesOf(new SystemResolver(), clock),
      onSnapshot,
      onTransition: (transition) => {
        totals.changed(transition.group, transition.target.id, transition.to)
        this.tellTransition(transition)
      },
      onDispute: (dispute) => this.tellDispute(dispute),
      onSource: (group, transition) => this.tellSource(group, transition),
    }
  }

  /** Takes a configuration, the first or another; groups that stay keep what is known of their targets. */
  apply({ groups, dnsRefreshMs }: Config): void {
    const names = new Set(groups.map(({ settings }) => settings.name))
    for (const name of this.configured) if (!names.has(name)) this.release(name)
    this.configured = names
    for (const config of groups) this.supervise(config, sourceOf(config, dnsRefreshMs))
  }

  /** Takes a group, or another configuration of it; what the configuration does not list stays until it is released. */
  supervise(config: SupervisedConfig, source: SourceSettings | GivenSource): void {
    const { name } = config.settings
    const known = this.groups.get(name)
    if (known) known.apply(config, source)
    else this.groups.set(name, new SupervisedGroup(config, source, this.supervision))
  }

  /** Forgets a group. */
  release(name: string): void {
    this.groups.get(name)?.close()
    this.groups.delete(name)
  }

  /** Everything the data planes are to know now. */
  get snapshot(): Snapshot {
    return { groups: [...this.groups.values()].map(({ snapshot }) => snapshot) }
  }

  /** Takes what a data plane has seen. */
  reported(outcomes: readonly GroupOutcomes[]): void {
    for (const { group, targets } of outcomes) this.groups.get(group)?.reported(targets)
  }

  /**
   * Does with a target as an operator wants; undefined goes by the configuration again.
   * @returns false when there is no such group or target
   */
  override(group: string, target: string, override: TargetOverride | undefined): boolean {
    return this.groups.get(group)?.override(target, override) ?? false
  }

  /** The groups with their targets, for people. */
  get views(): readonly ManagedGroup[] {
    return [...this.groups.values()].map(({ view }) => view)
  }

  /** One group with its targets; undefined when there is none of this name. */
  view(name: string): ManagedGroup | undefined {
    return this.groups.get(name)?.view
  }

  /** What is not known yet of the groups. */
  get unsettled(): readonly string[] {
    return [...this.groups.values()].flatMap(({ unsettled }) => unsettled ?? [])
  }

  stop(): void {
    for (const group of this.groups.values()) group.close()
    this.groups.clear()
    this.monitor.stop()
  }

  private tellTransition({ group, target, from, to, reason }: Transition): void {
    const isGood = to === 'healthy' || to === 'unknown'
    this.log[isGood ? 'info' : 'warn']({ group, target: target.id, from, to, reason }, 'target')
  }

  private tellDispute({ group, role, claimants, holder }: RoleDispute): void {
    const [first, ...others] = claimants
    if (!first) this.log.info({ group, role }, 'role held by one target again')
    else
      this.log.error(
        { group, role, claimants: [first, ...others].map(({ id }) => id), serving: holder?.id },
        'role claimed by several targets',
      )
  }

  private tellSource(group: string, { subject, error }: SourceTransition): void {
    if (error)
      this.log.warn({ group, subject, code: error.code, reason: error.message }, 'source lost')
    else this.log.info({ group, subject }, 'source back')
  }
}
