import type { TargetState } from '../core/health.js'
import { Durations } from './durations.js'
import { Tally } from './tally.js'

/** What was counted of requests: ever, and lately. */
export class Totals {
  readonly ever = new Tally()
  /** Of the last seconds; how many they are, the owner says. */
  readonly recent = new Tally()
}

/** The requests of one rule. */
export class RuleTotals extends Totals {
  /** The rule's number; 0 for requests that no rule was found for. */
  readonly rule: number
  /** The group's name; empty for those. */
  readonly group: string

  constructor(rule: number, group: string) {
    super()
    this.rule = rule
    this.group = group
  }
}

/** The requests of all rules of one group, and its checks. */
export class GroupTotals extends Totals {
  readonly checksPassed = new Durations()
  readonly checksFailed = new Durations()
}

/** The attempts at one target, and what became of it. */
export class TargetTotals extends Totals {
  readonly group: string
  /** The target's id. */
  readonly target: string
  /** How often it came into each state. */
  readonly transitions = new Map<TargetState, number>()
  /** How often it was in the answers to each name. */
  readonly answers = new Map<string, number>()
  /** Clock time at which something was counted last. */
  changedAt = 0
  private readonly inFlightBy = new Map<string, number>()

  constructor(group: string, target: string) {
    super()
    this.group = group
    this.target = target
  }

  /** Whether any request was ever sent there. */
  get wasTried(): boolean {
    return !this.ever.isQuiet || this.inFlightBy.size > 0
  }

  /** Attempts under way. */
  get inFlight(): number {
    let sum = 0
    for (const count of this.inFlightBy.values()) sum += count
    return sum
  }

  /** @param process which has so many of them */
  setInFlight(process: string, count: number): void {
    if (count === 0) this.inFlightBy.delete(process)
    else this.inFlightBy.set(process, count)
  }

  /** It was in so many more answers to a name. */
  answered(name: string, times: number): void {
    this.answers.set(name, (this.answers.get(name) ?? 0) + times)
  }

  changed(to: TargetState): void {
    this.transitions.set(to, (this.transitions.get(to) ?? 0) + 1)
  }
}
