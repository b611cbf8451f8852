import type { TargetState } from '../core/health.js'
import type { Clock, Timer } from '../core/ports.js'
import { DnsTotals } from './dns-totals.js'
import type { DnsReport } from './dns-traffic.js'
import { entry } from '../core/entry.js'
import { GatewayCounts } from './gateway-traffic.js'
import type { ObservedGroup } from './observed.js'
import { ProcessMeter, type ProcessSample } from './process-meter.js'
import { REPORT_EVERY_MS, SlidingWindow, type Addition } from './sliding-window.js'
import { GroupTotals, RuleTotals, TargetTotals } from './totals.js'
import type { TrafficReport } from './traffic.js'

/**
 * What was counted of a target that has left is kept for so long after the last of it: longer than any reasonable interval
 * between two scrapes, and than the five minutes that Prometheus looks back.
 */
const KEPT_MS = 600_000
/** Of more targets that have left, those that were quiet for the longest are forgotten earlier. */
const MOST_KEPT = 10_000
const PRUNE_TICKS = 60

/** Names this process among all there are. */
export const PRIMARY = 'primary'

/** What totals need from outside. */
export interface TotalsOptions {
  readonly clock: Clock
  /** Gives the groups as they are now. */
  readonly groups: () => readonly ObservedGroup[]
}

/**
 * Everything that is counted, of all processes together. What a data plane has told stays counted when its process dies. What
 * was counted of a target goes some time after the target; what was counted of rules and groups stays for good.
 */
export class ServiceTotals {
  /** By process name, as they were when they told last. */
  readonly processes = new Map<string, ProcessSample>()
  readonly dns = new DnsTotals()
  readonly gateway = new GatewayCounts()
  private readonly ofRules = new Map<string, RuleTotals>()
  private readonly ofGroups = new Map<string, GroupTotals>()
  private readonly ofTargets = new Map<string, Map<string, TargetTotals>>()
  private readonly window = new SlidingWindow()
  private readonly options: TotalsOptions
  private readonly meter: ProcessMeter
  private ticks = 0
  private timer: Timer

  constructor(options: TotalsOptions) {
    this.options = options
    this.meter = new ProcessMeter(options.clock)
    this.processes.set(PRIMARY, this.meter.sample())
    this.timer = this.awaitTick()
  }

  /**
   * Takes what one data plane has seen since it last told.
   * @param process names it among all there are
   */
  seen(process: string, { rules, targets, dns, gateway }: TrafficReport): void {
    const now = this.options.clock.now()
    const recent: Addition[] = []
    for (const { rule, group, additions } of rules) {
      const ofRule = entry(this.ofRules, `${rule} ${group}`, () => new RuleTotals(rule, group))
      for (const totals of [ofRule, this.group(group)]) {
        totals.ever.add(additions)
        recent.push([totals.recent, additions])
      }
    }
    for (const { group, target, inFlight, additions } of targets) {
      const totals = this.touch(group, target)
      totals.setInFlight(process, inFlight)
      totals.ever.add(additions)
      recent.push([totals.recent, additions])
    }
    this.window.add(recent, now)
    if (dns) this.seenOfDns(process, dns)
    for (const [labels, by] of gateway) this.gateway.add(labels, by)
  }

  /** A process is gone, and with it what it had under way. */
  gone(process: string): void {
    this.processes.delete(process)
    this.dns.gone(process)
    for (const totals of this.targets()) totals.setInFlight(process, 0)
  }

  /** A check of a target of `group` has ended. */
  checked(group: string, hasPassed: boolean, seconds: number): void {
    const { checksPassed, checksFailed } = this.group(group)
    const durations = hasPassed ? checksPassed : checksFailed
    durations.took(seconds)
  }

  /** A target came into another state. */
  changed(group: string, target: string, to: TargetState): void {
    this.touch(group, target).changed(to)
  }

  /** The rules that had requests. */
  rules(): Iterable<RuleTotals> {
    return this.ofRules.values()
  }

  /** The groups that had requests or checks, by name. */
  groups(): Iterable<readonly [string, GroupTotals]> {
    return this.ofGroups
  }

  group(name: string): GroupTotals {
    return entry(this.ofGroups, name, () => new GroupTotals())
  }

  /** The targets that had requests or changed their state, also some that have left. */
  *targets(): Iterable<TargetTotals> {
    for (const targets of this.ofTargets.values()) yield* targets.values()
  }

  target(group: string, id: string): TargetTotals | undefined {
    return this.ofTargets.get(group)?.get(id)
  }

  /** How many seconds `recent` is about. */
  get recentSeconds(): number {
    return this.window.seconds
  }

  /** Lets go of all timers; to be called once, last. */
  close(): void {
    this.timer.cancel()
    this.meter.close()
  }

  private seenOfDns(process: string, report: DnsReport): void {
    this.dns.seen(process, report)
    for (const [count, [name = '', group = '', target = ''], by] of report.additions)
      if (count === 'answers') this.touch(group, target).answered(name, by)
  }

  private touch(group: string, target: string): TargetTotals {
    const ofGroup = entry(this.ofTargets, group, () => new Map<string, TargetTotals>())
    const totals = entry(ofGroup, target, () => new TargetTotals(group, target))
    totals.changedAt = this.options.clock.now()
    return totals
  }

  private awaitTick(): Timer {
    return this.options.clock.after(REPORT_EVERY_MS, () => {
      this.timer = this.awaitTick()
      this.processes.set(PRIMARY, this.meter.sample())
      this.window.tick(this.options.clock.now())
      if (++this.ticks % PRUNE_TICKS === 0) this.prune()
    })
  }

  private prune(): void {
    const { clock, groups } = this.options
    const known = new Map(
      groups().map(({ name, targets }) => [name, new Set(targets.map(({ target }) => target.id))]),
    )
    const left = [...this.targets()].filter(
      ({ group, target, inFlight }) => inFlight === 0 && !known.get(group)?.has(target),
    )
    left.sort((a, b) => b.changedAt - a.changedAt)
    const oldest = clock.now() - KEPT_MS
    for (const [at, { group, target, changedAt }] of left.entries())
      if (at >= MOST_KEPT || changedAt < oldest) this.ofTargets.get(group)?.delete(target)
    for (const [group, targets] of this.ofTargets)
      if (targets.size === 0) this.ofTargets.delete(group)
  }
}
