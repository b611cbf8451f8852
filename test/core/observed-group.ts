import { PointsmanError } from '../../src/core/errors.js'
import { GroupHealth, type Transition } from '../../src/core/group-health.js'
import type { GroupSettings } from '../../src/core/group-settings.js'
import type { OperatorWish } from '../../src/core/health.js'
import type { RoleDispute } from '../../src/core/role-dispute.js'
import { ManualClock } from '../support/clock.js'
import { groupSettings, manyTargets, targetNamed } from '../support/groups.js'

/** A group of targets `t0`, `t1`…, and everything that is told of it. */
export class ObservedGroup {
  readonly clock = new ManualClock()
  readonly transitions: Transition[] = []
  readonly disputes: RoleDispute[] = []
  readonly group: GroupHealth
  private readonly settings: Partial<GroupSettings>

  constructor(count: number, settings: Partial<GroupSettings> = {}) {
    this.settings = settings
    this.group = new GroupHealth(groupSettings(settings), manyTargets(count), {
      clock: this.clock,
      onTransition: (transition) => {
        const shown = this.group.status().find(({ target }) => target === transition.target)
        if (shown?.state !== transition.to) throw new Error('a transition was told too early')
        this.transitions.push(transition)
      },
      onDispute: (dispute) => this.disputes.push(dispute),
    })
  }

  id(number: number): string {
    return targetNamed(`t${number}`).id
  }

  pass(number: number, times = 1): void {
    for (let i = 0; i < times; i++) this.group.checked(this.id(number), undefined)
  }

  fail(number: number, times = 1): void {
    const failure = new PointsmanError('RESPONSE_UNEXPECTED', 'status 500')
    for (let i = 0; i < times; i++) this.group.checked(this.id(number), failure)
  }

  /** A check finds that nobody listens there. */
  refuse(number: number): void {
    const failure = new PointsmanError('CONNECT_REFUSED', 'connect refused')
    this.group.checked(this.id(number), failure)
  }

  /** A check finds that the target has another role. */
  differ(number: number): void {
    const failure = new PointsmanError('ROLE_MISMATCH', 'role is replica, expected master')
    this.group.checked(this.id(number), failure)
  }

  requestsFail(number: number, failures: number, recovered = false): void {
    this.group.reported([{ id: this.id(number), recovered, failures, reason: 'CONNECT_REFUSED' }])
  }

  operate(number: number, wish: OperatorWish): void {
    this.group.operate(this.id(number), wish)
  }

  shrinkTo(count: number): void {
    this.group.update(groupSettings(this.settings), manyTargets(count))
  }

  /** The states in the order of the list, in one line. */
  get states(): string {
    return this.group
      .status()
      .map(({ state }) => state)
      .join(' ')
  }

  /** The numbers of the targets that the data planes send clients to, by preference. */
  get serving(): string {
    const { targets, standings, settings } = this.group.snapshot()
    return targets
      .filter(({ id }) => standings?.[id]?.serves ?? !settings.role)
      .map(({ host }) => host.slice(1))
      .join(' ')
  }
}
