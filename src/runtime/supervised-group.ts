import { isDeepStrictEqual } from 'node:util'
import type { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import type { GroupConfig } from '../config/target-groups.js'
import { GroupHealth, type Transition } from '../core/group-health.js'
import type { TargetOverride } from '../core/health.js'
import type { TargetOutcomes } from '../core/outcome.js'
import type { Clock, Random, Timer } from '../core/ports.js'
import type { RoleDispute } from '../core/role-dispute.js'
import type { GroupSnapshot } from '../core/snapshot.js'
import type { Target } from '../core/target.js'
import type { CheckOutcome, Monitor } from '../checks/monitor.js'
import type { ManagedGroup } from '../manage/managed-service.js'
import type { Names } from '../sources/name-book.js'
import { createSource, type SourceSettings } from '../sources/registry.js'
import { SourceRunner } from '../sources/runner.js'
import type { Source, SourceTransition } from '../sources/source.js'

/** A large group of which many targets change at once is told of so often at most. */
const PUBLISH_EVERY_MS = 20

/** What the groups of a control plane share. */
export interface Supervision {
  readonly monitor: Monitor
  readonly clock: Clock
  readonly random: Random
  readonly names: Names
  readonly sessions: SharedSessions
  readonly onSnapshot: (snapshot: GroupSnapshot) => void
  readonly onTransition: (transition: Transition) => void
  readonly onDispute: (dispute: RoleDispute) => void
  readonly onSource: (group: string, transition: SourceTransition) => void
}

/** A source that somebody has already, in place of settings for one. */
export interface GivenSource {
  readonly kind: string
  readonly given: Source
}

/** Where the targets of a group come from. */
type Origin = SourceSettings | GivenSource

/** A group as configured, or as an application asks for it. */
export type SupervisedConfig = Pick<GroupConfig, 'settings' | 'sentinel' | 'healthCheck'>

/** The source of a configured group. */
export function sourceOf(
  { targets, sentinel, zookeeper }: GroupConfig,
  refreshMs: number,
): SourceSettings {
  if (zookeeper) return { kind: 'zookeeper', ...zookeeper, refreshMs }
  if (sentinel) return { kind: 'redis-sentinel', ...sentinel }
  return { kind: 'static', specs: targets, refreshMs }
}

/** One target group in the control plane: who its targets are, and how they are. */
export class SupervisedGroup {
  private config: SupervisedConfig
  private source: Origin
  private targets: readonly Target[] | undefined
  /** By the ids of targets, also of those that are not there for now. */
  private readonly overrides = new Map<string, TargetOverride>()
  private isSettled = false
  private publishing: Timer | undefined
  private hasNews = false
  private runner: SourceRunner
  private running = new AbortController()
  private readonly health: GroupHealth
  private readonly supervision: Supervision

  constructor(config: SupervisedConfig, source: Origin, supervision: Supervision) {
    this.config = config
    this.supervision = supervision
    const { clock, onTransition, onDispute } = supervision
    this.health = new GroupHealth(config.settings, [], {
      clock,
      onDispute,
      onTransition: (transition) => {
        onTransition(transition)
        this.publish()
      },
    })
    this.source = source
    this.runner = this.run()
  }

  /** What is not known yet of its targets: who they are, or how; undefined from when both were known for the first time. */
  get unsettled(): string | undefined {
    const obstacle = this.isSettled ? undefined : this.obstacle
    this.isSettled ||= obstacle === undefined
    return obstacle
  }

  private get obstacle(): string | undefined {
    const { settings, healthCheck } = this.config
    // A source that is lost from the start takes away no more than its own group.
    if (!this.targets && this.runner.status.state === 'starting')
      return `the targets of ${settings.name} are not known yet`
    const isUnchecked =
      healthCheck.kind !== 'none' && this.health.status().some(({ state }) => state === 'unknown')
    return isUnchecked ? `the first checks of ${settings.name} have not ended yet` : undefined
  }

  get snapshot(): GroupSnapshot {
    return this.health.snapshot()
  }

  /** How it is, for people. */
  get view(): ManagedGroup {
    const { name, algorithm, role } = this.config.settings
    const source = { kind: this.source.kind, ...this.runner.status }
    return {
      name,
      algorithm,
      role,
      source,
      targets: this.health.status(),
      overrides: new Map(this.overrides),
    }
  }

  /**
   * Does with a target as an operator wants, until told otherwise; undefined goes by the configuration again.
   * @returns false when there is no such target
   */
  override(id: string, override: TargetOverride | undefined): boolean {
    const { targets = [] } = this
    if (!this.overrides.has(id) && !targets.some((target) => target.id === id)) return false
    if (override) this.overrides.set(id, override)
    else this.overrides.delete(id)
    this.health.operate(id, override?.state ?? 'enabled')
    this.take(targets)
    return true
  }

  /** Takes a new configuration of the same name; a source that is still the same goes on. */
  apply(config: SupervisedConfig, source: Origin): void {
    this.config = config
    if (!isDeepStrictEqual(source, this.source)) {
      this.source = source
      this.running.abort()
      this.running = new AbortController()
      this.runner = this.run()
    }
    this.take(this.targets ?? [])
    if (config.healthCheck.kind === 'none') this.health.forgetChecks('checks were switched off')
  }

  /** Takes the end of a check. */
  checked({ id }: Target, outcome: CheckOutcome): void {
    this.health.checked(id, outcome.ok ? undefined : outcome.reason)
  }

  reported(outcomes: readonly TargetOutcomes[]): void {
    this.health.reported(outcomes)
  }

  close(): void {
    this.publishing?.cancel()
    this.running.abort()
    this.supervision.monitor.unwatch(this.config.settings.name)
    this.health.close()
  }

  private run(): SourceRunner {
    const { clock, random, names, sessions, onSource } = this.supervision
    const report = (transition: SourceTransition): void =>
      onSource(this.config.settings.name, transition)
    const { signal } = this.running
    const { source } = this
    const runner = new SourceRunner({
      source:
        'given' in source
          ? source.given
          : createSource(source, { clock, random, names, sessions, report }),
      clock,
      random,
      dropsEmpty: false,
      onTargets: (targets) => {
        if (signal.aborted) return
        const verified = this.verified(targets)
        this.targets = targets
        this.take(targets, verified)
      },
      report,
    })
    // It ends only with its signal; a source's failures are its own to deal with.
    void runner.run(signal)
    return runner
  }

  /** Those of a new list who have told its source that they have the role; nobody waits until a check asks them again. */
  private verified(targets: readonly Target[]): readonly Target[] {
    const { settings, sentinel } = this.config
    if (!settings.role || sentinel?.role !== 'master') return []
    const known = new Set(this.targets?.map(({ id }) => id))
    return targets.filter(({ id }) => !known.has(id))
  }

  private take(targets: readonly Target[], verified: readonly Target[] = []): void {
    const { settings, healthCheck } = this.config
    this.health.update(
      settings,
      targets.map((target) => this.reweighted(target)),
    )
    for (const [id, { state }] of this.overrides) this.health.operate(id, state)
    for (const { id } of verified) this.health.checked(id, undefined)
    this.supervision.monitor.watch(settings.name, healthCheck, targets)
    this.publish()
  }

  private reweighted(target: Target): Target {
    const weight = this.overrides.get(target.id)?.weight
    return weight === undefined ? target : { ...target, weight }
  }

  /** Tells the data planes: the first change at once, those that come hard on its heels together. */
  private publish(): void {
    if (this.publishing) {
      this.hasNews = true
      return
    }
    this.supervision.onSnapshot(this.health.snapshot())
    this.hasNews = false
    this.publishing = this.supervision.clock.after(PUBLISH_EVERY_MS, () => {
      this.publishing = undefined
      if (this.hasNews) this.publish()
    })
  }
}
