import type { HealthSettings } from './group-settings.js'
import { Health, isOpen, type TargetState } from './health.js'
import { Outlier } from './outlier.js'
import type { Clock, Timer } from './ports.js'
import type { Target } from './target.js'

/** What happened to the state of a target. */
export interface Change {
  readonly from: TargetState
  readonly to: TargetState
  /** For people: `3 checks failed: status 500`. */
  readonly reason: string
  /** Wall time. */
  readonly atMs: number
}

/** A target with everything that the control plane remembers of it. */
export class Member {
  target: Target
  settings: HealthSettings
  readonly health: Health
  readonly outlier = new Outlier()
  /** Wall time of the last change, or of the target's appearance. */
  sinceMs: number
  /** Why it is in its state; empty before the first change. */
  reason = ''
  /** Clock time at which it came back; undefined while it is not open, and when it never was away. */
  backAt: number | undefined
  /** Whether its last check found that nobody listens there. */
  isGone = false
  /** Clock time at which it was found healthy; undefined while it is not. */
  healthySince: number | undefined
  /** Clock time at which it ceased to be healthy; undefined when it never was. */
  healthyUntil: number | undefined
  /** Clock time of the last ejection. */
  ejectedAt = 0
  private readonly clock: Clock
  private returning: Timer | undefined

  /** @param onChange told of each change once, when it is visible here */
  constructor(
    target: Target,
    settings: HealthSettings,
    clock: Clock,
    onChange: (member: Member, change: Change) => void,
  ) {
    this.target = target
    this.settings = settings
    this.clock = clock
    this.sinceMs = clock.wallTimeMs()
    this.health = new Health(settings, (from, to, reason) => {
      this.remember(from, to, reason)
      onChange(this, { from, to, reason, atMs: this.sinceMs })
    })
  }

  get isOpen(): boolean {
    return isOpen(this.health.state, this.settings.role)
  }

  /** Takes what may be another configuration of the same target. */
  configure(target: Target, settings: HealthSettings): void {
    this.target = target
    this.settings = this.health.thresholds = settings
  }

  /** Leaves the target alone for a while: `firstMs`, or longer when it was ejected before. */
  eject(reason: string, firstMs: number): void {
    this.ejectedAt = this.clock.now()
    const lengthMs = this.outlier.eject(firstMs, this.ejectedAt)
    this.returning = this.clock.after(lengthMs, () =>
      this.readmit(`ejection of ${lengthMs / 1000} s is over`),
    )
    this.health.eject(reason)
  }

  readmit(reason: string): void {
    this.stopWaiting()
    this.outlier.readmit(this.clock.now())
    this.health.readmit(reason)
  }

  /** Lets go of the timer that ends the ejection. */
  stopWaiting(): void {
    this.returning?.cancel()
    this.returning = undefined
  }

  private remember(from: TargetState, to: TargetState, reason: string): void {
    const now = this.clock.now()
    const { role } = this.settings
    this.sinceMs = this.clock.wallTimeMs()
    this.reason = reason
    this.healthySince = to === 'healthy' ? now : undefined
    if (from === 'healthy') this.healthyUntil = now
    if (!isOpen(to, role)) this.backAt = undefined
    // A first check that passed is no return: a service that starts has nothing to be slow about.
    else if (from !== 'unknown' && !isOpen(from, role)) {
      this.backAt = now
      this.stopWaiting()
      this.outlier.readmit(now)
    }
  }
}
