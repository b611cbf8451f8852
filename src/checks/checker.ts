import type { Target } from '../core/target.js'

/** Judges how a target is, one attempt at a time; keeps nothing from one to the next. */
export interface Checker {
  /**
   * Resolves when the target is well. Leaves no connection behind, however it ends.
   * @param signal the deadline: when it aborts, the attempt ends at once. One signal serves many attempts, one after the
   * other: a listener must be taken off when its attempt is over.
   * @throws PointsmanError whose message tells an operator what is wrong; the signal's reason when it aborted. An error
   * of origin `self` says nothing about the target.
   */
  check(target: Target, signal: AbortSignal): Promise<void>
}
