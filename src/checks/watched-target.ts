import { PointsmanError } from '../core/errors.js'
import type { Clock, Random, Timer } from '../core/ports.js'
import type { Target } from '../core/target.js'
import type { Checker } from './checker.js'
import type { Entrant, Gate } from './gate.js'
import type { ActiveCheckSettings } from './settings.js'

/**
 * How long a check keeps its place at the gate. One that takes longer only waits, which costs this process nothing; if it
 * kept its place, targets that hang would hold up the others.
 */
const BUSY_MS = 200

/** What the targets of one group have in common. */
export interface WatchTerms {
  readonly settings: ActiveCheckSettings
  readonly checker: Checker
  readonly clock: Clock
  readonly random: Random
  readonly gate: Gate
  /** Takes how a check ended: `error` is undefined when it passed. */
  readonly onEnd: (target: Target, durationMs: number, error: PointsmanError | undefined) => void
}

function asError(error: unknown): PointsmanError {
  if (error instanceof PointsmanError) return error
  return new PointsmanError('INTERNAL', `check failed: ${String(error)}`, error)
}

/**
 * Checks one target over and over, one check at a time. A check is planned from when the one before was due, not from
 * when it began or ended: lateness does not add up, and targets stay spread over the interval. Each has a timer of its
 * own; for 10 000 of them one timer over a heap costs no less.
 */
export class WatchedTarget implements Entrant {
  /** What the next check is made of. */
  target: Target
  private readonly terms: WatchTerms
  private dueAt: number
  private isFirst = true
  /** Of the next check, or of the one that is under way. */
  private timer: Timer
  /** Serves one check after the other until one is cut: to make one for each costs more than the rest of a check. */
  private deadline = new AbortController()
  private checked: Target
  private startedAt = 0
  private isInside = false
  private ended = false

  /** @param firstAt when the first check is due, by the clock's `now` */
  constructor(target: Target, terms: WatchTerms, firstAt: number) {
    this.target = this.checked = target
    this.terms = terms
    this.dueAt = firstAt
    this.timer = this.plan()
  }

  /** Ends the watch, with the check that is under way; nothing more is told of it. */
  end(): void {
    this.ended = true
    this.timer.cancel()
    this.terms.gate.withdraw(this)
    this.deadline.abort()
  }

  enter(): void {
    const { checker, clock, settings } = this.terms
    this.isInside = true
    this.checked = this.target
    this.startedAt = clock.now()
    this.timer = clock.after(Math.min(BUSY_MS, settings.timeoutMs), this.onSlow)
    checker.check(this.target, this.deadline.signal).then(this.onPass, this.onFail)
  }

  private leave(): void {
    if (this.isInside) this.terms.gate.leave()
    this.isInside = false
  }

  private plan(): Timer {
    const { clock } = this.terms
    return clock.after(Math.max(0, this.dueAt - clock.now()), this.onTurn)
  }

  private readonly onTurn = (): void => this.terms.gate.admit(this)

  private readonly onPass = (): void => this.conclude(undefined)

  private readonly onFail = (error: unknown): void => this.conclude(asError(error))

  private readonly onSlow = (): void => {
    this.leave()
    const { clock, settings } = this.terms
    this.timer = clock.after(Math.max(0, settings.timeoutMs - BUSY_MS), () => {
      // When this process itself was held up, its timers fire before it reads what came in time: one more turn lets it.
      this.timer = clock.after(0, () => this.cut())
    })
  }

  private cut(): void {
    const { deadline, terms } = this
    const text = `no answer within ${terms.settings.timeoutMs} ms`
    this.deadline = new AbortController()
    deadline.abort(new PointsmanError('RESPONSE_TIMEOUT', text))
  }

  private conclude(error: PointsmanError | undefined): void {
    const { clock, onEnd } = this.terms
    this.timer.cancel()
    this.leave()
    if (this.ended) return
    this.dueAt = this.nextDueAt()
    this.timer = this.plan()
    onEnd(this.checked, clock.now() - this.startedAt, error)
  }

  /**
   * After the first check, which comes at once, any time within the interval: this spreads targets that came together.
   * What was missed is made up for by one check, at once.
   */
  private nextDueAt(): number {
    const { clock, random, settings } = this.terms
    const { intervalMs } = settings
    const chance = random.next()
    const dueAt = this.dueAt + intervalMs * (this.isFirst ? chance : 0.9 + 0.2 * chance)
    this.isFirst = false
    const missed = Math.floor((clock.now() - dueAt) / intervalMs)
    return missed > 0 ? dueAt + missed * intervalMs : dueAt
  }
}
