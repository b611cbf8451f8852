import type { ErrorCode } from '../core/errors.js'
import { DnsTraffic, type DnsReport } from './dns-traffic.js'
import { entry } from '../core/entry.js'
import { GatewayCounts, type GatewayReport } from './gateway-traffic.js'
import { Tally, type Additions } from './tally.js'

/** What came of the attempts at one target. */
export class TargetTraffic {
  readonly tally = new Tally()
  /** Attempts under way. */
  inFlight = 0
  private toldInFlight = 0

  /** An attempt begins. */
  began(): void {
    this.inFlight++
  }

  /**
   * An attempt is over.
   * @param seconds until the head of the answer; until now when none came
   * @param ending the status of the answer, or why there is no whole one
   * @param receivedBytes of the request's body
   * @param sentBytes of the answer's body
   */
  ended(
    seconds: number,
    ending: number | ErrorCode,
    receivedBytes: number,
    sentBytes: number,
  ): void {
    const { tally } = this
    this.inFlight--
    tally.took(seconds)
    tally.moved(receivedBytes, sentBytes)
    if (typeof ending === 'number') tally.answered(ending)
    else {
      tally.broken(ending)
      tally.error(ending)
    }
  }

  /** Whether there is nothing to tell that was not told. */
  get isQuiet(): boolean {
    return this.tally.isQuiet && this.inFlight === this.toldInFlight
  }

  /** What happened since the last time. */
  take(): { readonly inFlight: number; readonly additions: Additions } {
    this.toldInFlight = this.inFlight
    return { inFlight: this.inFlight, additions: this.tally.take() }
  }
}

/** What happened to the requests of one rule and group. */
export interface RuleReport {
  /** The rule's number; 0 for requests that no rule was found for. */
  readonly rule: number
  /** Empty for those. */
  readonly group: string
  readonly additions: Additions
}

/** What happened at one target. */
export interface TargetReport {
  readonly group: string
  /** The target's id. */
  readonly target: string
  /** Attempts under way at the end of it. */
  readonly inFlight: number
  readonly additions: Additions
}

/** What one data plane has seen since it last told: plain data, for other processes. */
export interface TrafficReport {
  readonly rules: readonly RuleReport[]
  readonly targets: readonly TargetReport[]
  /** Undefined when nothing happened there. */
  readonly dns?: DnsReport | undefined
  /** Empty when nothing happened there. */
  readonly gateway: GatewayReport
}

/**
 * What one data plane counts of the requests that pass through it. Looking up and counting allocate nothing, but the first
 * time something is met.
 */
export class Traffic {
  readonly dns = new DnsTraffic()
  readonly gateway = new GatewayCounts()
  private readonly rules = new Map<number, Map<string, Tally>>()
  private readonly targets = new Map<string, Map<string, TargetTraffic>>()

  /**
   * Where the requests of a rule are counted, once each, when they are over.
   * @param rule its number; 0 when no rule was found
   * @param group the name of its group; empty when no rule was found
   */
  ofRule(rule: number, group: string): Tally {
    return this.rules.get(rule)?.get(group) ?? this.newRule(rule, group)
  }

  /** Where the attempts at a target are counted; to be kept no longer than from `began` to `ended`. */
  ofTarget(group: string, id: string): TargetTraffic {
    return this.targets.get(group)?.get(id) ?? this.newTarget(group, id)
  }

  /** What happened since the last time; undefined when nothing did. */
  take(): TrafficReport | undefined {
    const rules: RuleReport[] = []
    for (const [rule, groups] of this.rules)
      for (const [group, tally] of groups)
        if (!tally.isQuiet) rules.push({ rule, group, additions: tally.take() })
    const targets: TargetReport[] = []
    for (const [group, ofGroup] of this.targets)
      for (const [target, traffic] of ofGroup)
        if (!traffic.isQuiet) targets.push({ group, target, ...traffic.take() })
    const dns = this.dns.take()
    const gateway = this.gateway.take()
    const isQuiet = rules.length + targets.length + gateway.length === 0 && !dns
    return isQuiet ? undefined : { rules, targets, dns, gateway }
  }

  /** Forgets the targets that `keep` does not know, once everything about them was told. */
  prune(keep: (group: string, id: string) => boolean): void {
    for (const [group, ofGroup] of this.targets) {
      for (const [id, traffic] of ofGroup)
        if (traffic.isQuiet && traffic.inFlight === 0 && !keep(group, id)) ofGroup.delete(id)
      if (ofGroup.size === 0) this.targets.delete(group)
    }
    this.dns.prune(keep)
  }

  private newRule(rule: number, group: string): Tally {
    const tally = new Tally()
    entry(this.rules, rule, () => new Map<string, Tally>()).set(group, tally)
    return tally
  }

  private newTarget(group: string, id: string): TargetTraffic {
    const traffic = new TargetTraffic()
    entry(this.targets, group, () => new Map<string, TargetTraffic>()).set(id, traffic)
    return traffic
  }
}
