import type { Role } from './group-settings.js'

/**
 * What becomes of a target: `unknown` before its first check has ended, `healthy`, `unhealthy` by its checks, `ejected`
 * for a while by failed requests, `draining` or `disabled` by an operator.
 */
export type TargetState = 'unknown' | 'healthy' | 'unhealthy' | 'ejected' | 'draining' | 'disabled'

/** What an operator wants of a target. */
export type OperatorWish = 'enabled' | 'draining' | 'disabled'

/** What an operator has said of a target beside its configuration. */
export interface TargetOverride {
  readonly state: OperatorWish
  /** In place of the configured one; undefined leaves that. */
  readonly weight: number | undefined
}

/** How many checks in a row change the mind about a target. */
export interface Thresholds {
  readonly rise: number
  readonly fall: number
}

/** Told when the state of a target is another than before. */
export type StateListener = (from: TargetState, to: TargetState, reason: string) => void

/** What checks say: `misplaced` is a target that is well and has another role than its group asks for. */
type CheckFinding = 'unknown' | 'healthy' | 'misplaced' | 'unhealthy'

interface Finding<T> {
  readonly is: T
  readonly because: string
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

/**
 * Whether clients are sent to a target in this state without further ado.
 * @param role what the group asks for; one that is unknown has not proved to have it
 */
export function isOpen(state: TargetState, role: Role | undefined): boolean {
  return state === 'healthy' || (state === 'unknown' && !role)
}

/**
 * The state of one target, made of three findings that know nothing of one another: what its checks say, whether its
 * requests fail, and what an operator wants. The gravest decides.
 *
 * The first check decides at once, either way; after that it takes `rise` or `fall` in a row to change the mind. Checks that
 * find a target healthy again also end its ejection: they know more recent facts than the requests that failed.
 *
 * A role is no matter of degree: a check that finds another one takes the target out at once, and one that finds the right
 * one brings it back at once, unless `fall` checks in between found it unwell.
 */
export class Health {
  thresholds: Thresholds
  private readonly listener: StateListener
  private checks: Finding<CheckFinding> = { is: 'unknown', because: '' }
  private ejection: Finding<boolean> = { is: false, because: '' }
  private wish: Finding<OperatorWish> = { is: 'enabled', because: '' }
  /** Checks in a row that contradict the finding. */
  private contradictions = 0

  constructor(thresholds: Thresholds, listener: StateListener) {
    this.thresholds = thresholds
    this.listener = listener
  }

  get state(): TargetState {
    if (this.wish.is === 'disabled') return 'disabled'
    if (this.checks.is === 'unhealthy' || this.checks.is === 'misplaced') return 'unhealthy'
    if (this.ejection.is) return 'ejected'
    if (this.wish.is === 'draining') return 'draining'
    return this.checks.is
  }

  /** Why the target is in its state, when that is not a good one. */
  get trouble(): string | undefined {
    const { state } = this
    if (state === 'unhealthy') return this.checks.because
    if (state === 'ejected') return this.ejection.because
    if (state === 'draining' || state === 'disabled') return this.wish.because
    return undefined
  }

  checkPassed(): void {
    if (this.checks.is === 'healthy') this.contradictions = 0
    else if (this.checks.is === 'unknown') this.found('healthy', 'first check passed')
    else if (this.checks.is === 'misplaced') this.found('healthy', 'role is as asked for')
    else if (++this.contradictions >= this.thresholds.rise)
      this.found('healthy', `${counted(this.contradictions, 'check')} passed`)
  }

  checkFailed(reason: string): void {
    if (this.checks.is === 'unhealthy') this.contradictions = 0
    else if (this.checks.is === 'unknown') this.found('unhealthy', `first check failed: ${reason}`)
    else if (++this.contradictions >= this.thresholds.fall)
      this.found('unhealthy', `${counted(this.contradictions, 'check')} failed: ${reason}`)
  }

  /** A check found that the target has another role than it should have. */
  roleDiffered(reason: string): void {
    this.found('misplaced', reason)
  }

  /** What the checks said last counts no longer: nobody makes any, or they look for something else. */
  forgetChecks(because: string): void {
    this.contradictions = 0
    this.change(because, () => (this.checks = { is: 'unknown', because }))
  }

  eject(because: string): void {
    this.change(because, () => (this.ejection = { is: true, because }))
  }

  readmit(because: string): void {
    this.change(because, () => (this.ejection = { is: false, because }))
  }

  operate(is: OperatorWish): void {
    const because = `${is} by an operator`
    this.change(because, () => (this.wish = { is, because }))
  }

  private found(is: CheckFinding, because: string): void {
    this.contradictions = 0
    const wasOut = this.checks.is === 'unhealthy' || this.checks.is === 'misplaced'
    const hasRecovered = is === 'healthy' && wasOut
    this.change(because, () => {
      this.checks = { is, because }
      if (hasRecovered) this.ejection = { is: false, because }
    })
  }

  private change(because: string, apply: () => void): void {
    const from = this.state
    apply()
    const to = this.state
    if (to !== from) this.listener(from, to, this.trouble ?? because)
  }
}
