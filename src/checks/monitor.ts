import { isDeepStrictEqual } from 'node:util'
import type { PointsmanError } from '../core/errors.js'
import type { Clock, Random } from '../core/ports.js'
import type { Target } from '../core/target.js'
import type { Checker } from './checker.js'
import { Gate } from './gate.js'
import { createChecker } from './registry.js'
import type { ActiveCheckSettings, HealthCheckSettings } from './settings.js'
import { WatchedTarget, type WatchTerms } from './watched-target.js'

/**
 * Checks that may keep this process busy at a time. When it cannot keep up, the others wait outside, where no deadline runs:
 * checks get rarer then, and do not fail for our slowness. It is enough to begin 10 000 checks per second at targets that
 * all hang, each of which leaves its place after 200 ms.
 */
const MAX_BUSY_CHECKS = 2048

/**
 * Checks that are begun in one turn of the event loop, a fraction of a millisecond's worth. Requests that this process
 * serves come in between, also when there are more checks than it has time for.
 */
const CHECKS_PER_TURN = 4

/** First checks of targets that come together begin one after the other: ten in a millisecond. */
const FIRST_CHECK_SPACING_MS = 0.1

/** Checks that this machine could not make are told of once in this time. */
const OBSTACLE_SILENCE_MS = 60_000

/** How one check of one target ended. */
export type CheckOutcome =
  | { readonly ok: true; readonly durationMs: number }
  | { readonly ok: false; readonly durationMs: number; readonly reason: PointsmanError }

/** What a monitor is given. */
export interface MonitorOptions {
  readonly clock: Clock
  readonly random: Random
  /** Takes every outcome; must not throw. */
  readonly onOutcome: (groupName: string, target: Target, outcome: CheckOutcome) => void
  /** Takes why checks cannot be made, which is no target's fault; must not throw. */
  readonly onObstacle: (error: PointsmanError) => void
  /** What makes checkers; the registry's unless given. */
  readonly createChecker?: (settings: ActiveCheckSettings) => Checker
}

interface WatchedGroup {
  readonly terms: WatchTerms
  readonly targets: ReadonlyMap<string, WatchedTarget>
}

/** Keeps checking the targets of all groups, each at the interval of its group. */
export class Monitor {
  private readonly options: MonitorOptions
  private readonly gate = new Gate(MAX_BUSY_CHECKS, CHECKS_PER_TURN)
  private readonly groups = new Map<string, WatchedGroup>()
  private nextFirstAt = -Infinity
  private obstacleToldAt = -Infinity

  constructor(options: MonitorOptions) {
    this.options = options
  }

  /**
   * Sets what is checked in one group from now on. New targets are checked at once; those that stay keep their turn,
   * unless the settings changed; of a check that is under way for one that is gone, nothing is told.
   * @param targets each with an id of its own
   */
  watch(groupName: string, settings: HealthCheckSettings, targets: readonly Target[]): void {
    const before = this.groups.get(groupName)
    const stays = before && isDeepStrictEqual(before.terms.settings, settings)
    if (before && !stays) this.unwatch(groupName)
    if (settings.kind === 'none') return
    const terms = stays ? before.terms : this.termsOf(groupName, settings)
    const watched = new Map<string, WatchedTarget>()
    for (const target of targets) {
      const known = stays ? before.targets.get(target.id) : undefined
      watched.set(target.id, known ?? new WatchedTarget(target, terms, this.takeTurn()))
      if (known) known.target = target
    }
    this.groups.set(groupName, { terms, targets: watched })
    if (!stays) return
    for (const [id, target] of before.targets) if (!watched.has(id)) target.end()
  }

  /** Ends all checks of a group. */
  unwatch(groupName: string): void {
    for (const target of this.groups.get(groupName)?.targets.values() ?? []) target.end()
    this.groups.delete(groupName)
  }

  /** Ends all checks; sockets are closed when it returns. */
  stop(): void {
    for (const groupName of [...this.groups.keys()]) this.unwatch(groupName)
  }

  private termsOf(groupName: string, settings: ActiveCheckSettings): WatchTerms {
    const { clock, random, onOutcome } = this.options
    const make = this.options.createChecker ?? createChecker
    const onEnd: WatchTerms['onEnd'] = (target, durationMs, reason) => {
      if (!reason) onOutcome(groupName, target, { ok: true, durationMs })
      else if (reason.origin === 'self') this.tellObstacle(reason)
      else onOutcome(groupName, target, { ok: false, durationMs, reason })
    }
    return { settings, checker: make(settings), clock, random, gate: this.gate, onEnd }
  }

  private takeTurn(): number {
    const turn = Math.max(this.options.clock.now(), this.nextFirstAt)
    this.nextFirstAt = turn + FIRST_CHECK_SPACING_MS
    return turn
  }

  private tellObstacle(error: PointsmanError): void {
    const now = this.options.clock.now()
    if (now - this.obstacleToldAt < OBSTACLE_SILENCE_MS) return
    this.obstacleToldAt = now
    this.options.onObstacle(error)
  }
}
