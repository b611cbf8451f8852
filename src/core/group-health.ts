import type { PointsmanError } from './errors.js'
import type { GroupSettings } from './group-settings.js'
import { isOpen, type OperatorWish, type TargetState } from './health.js'
import { Member, type Change } from './member.js'
import type { TargetOutcomes } from './outcome.js'
import type { Clock } from './ports.js'
import { claimOf, DisputeWatch, type RoleDispute } from './role-dispute.js'
import { serving, standings } from './serving.js'
import type { GroupSnapshot } from './snapshot.js'
import type { Target } from './target.js'

/** A target of a group changed its state. */
export interface Transition extends Change {
  readonly group: string
  readonly target: Target
}

/** The health of one target, for people. */
export interface TargetStatus {
  readonly target: Target
  readonly state: TargetState
  /** Whether clients are sent there. */
  readonly serves: boolean
  /** Wall time of the last transition, or of the target's appearance. */
  readonly sinceMs: number
  /** Why it is in this state; empty before the first transition. */
  readonly reason: string
}

/** What a group's health needs from outside. */
export interface GroupHealthPorts {
  readonly clock: Clock
  /** Told of each transition once, in their order; a snapshot taken there shows it already. */
  readonly onTransition: (transition: Transition) => void
  /** Told when other targets than before claim the same exclusive role, and when it is one alone again. */
  readonly onDispute: (dispute: RoleDispute) => void
}

/**
 * What the control plane knows of one group: takes the results of checks, the outcomes of requests and the wishes of
 * operators, and says who serves. There is one of it for the whole service, so that all data planes are of one mind.
 *
 * What comes in about a target that has left the group is ignored: it was under way when the target left.
 */
export class GroupHealth {
  private settings: GroupSettings
  private members: ReadonlyMap<string, Member> = new Map()
  /** Without failback: the member that comes first for as long as it is open. */
  private incumbent: Member | undefined
  private open = 0
  private ejected = 0
  private readonly ports: GroupHealthPorts
  private readonly disputes: DisputeWatch

  constructor(settings: GroupSettings, targets: readonly Target[], ports: GroupHealthPorts) {
    this.ports = ports
    this.disputes = new DisputeWatch(ports.onDispute)
    this.settings = settings
    this.update(settings, targets)
  }

  /** Takes a new configuration or list of targets; what is known of those that stay is kept. */
  update(settings: GroupSettings, targets: readonly Target[]): void {
    const isOtherRole = settings.role?.name !== this.settings.role?.name
    this.settings = settings
    const before = this.members
    this.members = new Map(targets.map((target) => [target.id, this.member(target, before)]))
    for (const [id, member] of before) if (!this.members.has(id)) member.stopWaiting()
    this.open = this.ejected = 0
    for (const { health } of this.members.values()) this.count(health.state, 1)
    this.elect()
    if (isOtherRole) this.forgetChecks('another role is asked for')
    this.readmitExcess()
    this.disputes.look([...this.members.values()], this.settings)
  }

  /** Takes the result of one check: why it failed, or undefined when it passed. */
  checked(id: string, failure: PointsmanError | undefined): void {
    const member = this.members.get(id)
    if (!member) return
    const { health } = member
    member.isGone = failure?.code === 'CONNECT_REFUSED'
    if (!failure) health.checkPassed()
    else if (failure.code === 'ROLE_MISMATCH') health.roleDiffered(failure.message)
    else health.checkFailed(failure.message)
    this.passRoleOn()
  }

  /** What checks said counts no longer. */
  forgetChecks(because: string): void {
    for (const { health } of this.members.values()) health.forgetChecks(because)
  }

  /** Takes what a data plane has seen, and ejects the targets of which it has seen too many failures in a row. */
  reported(outcomes: readonly TargetOutcomes[]): void {
    const { outlierFailures, outlierEjectionMs } = this.settings
    if (outlierFailures === 0) return
    for (const { id, recovered, failures, reason } of outcomes) {
      const member = this.members.get(id)
      // Late news of a target that was taken out meanwhile must not be held against it when it is back.
      if (!member?.isOpen) continue
      const { outlier } = member
      if (recovered) outlier.succeeded()
      outlier.failed(failures)
      if (outlier.failuresInARow >= outlierFailures && this.canSpareOne())
        member.eject(`${outlier.failuresInARow} requests failed: ${reason}`, outlierEjectionMs)
    }
  }

  /** Does what an operator wants; false when there is no such target. */
  operate(id: string, wish: OperatorWish): boolean {
    const member = this.members.get(id)
    member?.health.operate(wish)
    return member !== undefined
  }

  /** What the data planes are to know now. */
  snapshot(): GroupSnapshot {
    const members = [...this.members.values()]
    return {
      settings: this.settings,
      targets: this.byPreference(members),
      standings: standings(members, this.settings, this.ports.clock.now()),
    }
  }

  /** What people are to know now, in the order of the list. */
  status(): readonly TargetStatus[] {
    const members = [...this.members.values()]
    const serves = serving(members, this.settings)
    return members.map((member) => ({
      target: member.target,
      state: member.health.state,
      serves: serves.has(member),
      sinceMs: member.sinceMs,
      reason: claimOf(member, members, this.settings) ?? member.health.trouble ?? member.reason,
    }))
  }

  /** Lets go of every timer; to be called once, last. */
  close(): void {
    for (const member of this.members.values()) member.stopWaiting()
  }

  private member(target: Target, known: ReadonlyMap<string, Member>): Member {
    const member =
      known.get(target.id) ??
      new Member(target, this.settings, this.ports.clock, (...what) => this.changed(...what))
    member.configure(target, this.settings)
    return member
  }

  private changed(member: Member, change: Change): void {
    this.count(change.from, -1)
    this.count(change.to, 1)
    this.elect()
    this.ports.onTransition({ group: this.settings.name, target: member.target, ...change })
    this.readmitExcess()
    this.passRoleOn()
    this.disputes.look([...this.members.values()], this.settings)
  }

  /**
   * A target at which nobody listens any more does not keep an exclusive role from another that has it: clients would wait
   * for `fall` checks when the failover is long over. One that is only slow does keep it: it may still act in its role.
   */
  private passRoleOn(): void {
    const { role } = this.settings
    if (!role?.exclusive) return
    const claimants = [...this.members.values()].filter(({ isOpen }) => isOpen)
    const heir = claimants.find(({ isGone }) => !isGone)
    const gone = claimants.find(({ isGone }) => isGone)
    if (heir) gone?.health.roleDiffered(`connect refused, and ${heir.target.id} is ${role.name}`)
  }

  private count(state: TargetState, step: 1 | -1): void {
    if (isOpen(state, this.settings.role)) this.open += step
    else if (state === 'ejected') this.ejected += step
  }

  /** How many may be ejected: half of the group, and nobody while others cannot serve in their place. */
  private get mostEjected(): number {
    if (this.open === 0 || this.settings.role?.exclusive) return 0
    return Math.floor(this.members.size / 2)
  }

  /** Whether one that is open may be ejected: never the last open target. */
  private canSpareOne(): boolean {
    return this.open > 1 && this.ejected < this.mostEjected
  }

  /**
   * After targets were ejected, others may have left or become unhealthy. Those that have been out longest come back early
   * then; all of them when no other target is open, for one alone would have to bear it all.
   */
  private readmitExcess(): void {
    const most = this.mostEjected
    if (this.ejected <= most) return
    const ejected = [...this.members.values()].filter(({ health }) => health.state === 'ejected')
    ejected.sort((a, b) => a.ejectedAt - b.ejectedAt)
    for (const member of ejected.slice(0, this.ejected - most))
      member.readmit('too few other targets are left')
  }

  private elect(): void {
    const before = this.incumbent && this.members.get(this.incumbent.target.id)
    if (this.settings.failback) this.incumbent = undefined
    else if (before?.isOpen) this.incumbent = before
    else this.incumbent = [...this.members.values()].find(({ isOpen }) => isOpen) ?? before
  }

  private byPreference(members: readonly Member[]): readonly Target[] {
    const first = this.incumbent
    const others = members.filter((member) => member !== first)
    return (first ? [first, ...others] : others).map(({ target }) => target)
  }
}
