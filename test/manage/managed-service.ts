import type { Test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import type { TargetStatus } from '../../src/core/group-health.js'
import type { TargetOverride } from '../../src/core/health.js'
import type { ManagedGroup, ManagedService, Phase } from '../../src/manage/managed-service.js'
import type { StackHosts } from '../../src/model/document.js'
import { removalOf, type StackRemoval } from '../../src/model/stack-removal.js'
import type { FleetMember } from '../../src/store/fleet.js'
import type { ObservedGateway, ObservedHosts } from '../../src/telemetry/observed.js'
import { ServiceTotals } from '../../src/telemetry/service-totals.js'
import { Traffic } from '../../src/telemetry/traffic.js'
import { ManualClock } from '../support/clock.js'
import { targetNamed } from '../support/groups.js'

const A = targetNamed('10.0.0.1', 3)
const B = targetNamed('10.0.0.2')

const NOON = Date.UTC(2026, 0, 1, 12)

function statusOf(parts: Partial<TargetStatus>): TargetStatus {
  return { target: A, state: 'healthy', serves: true, sinceMs: NOON, reason: '', ...parts }
}

/** A service to be asked about: two groups, of which one has two targets and the other lost its source. */
export class FakeService implements ManagedService {
  readonly version = '1.2.3'
  readonly process = { host: 'lb-1.internal', pid: 4711 }
  readonly startedAtMs = NOON
  readonly clock = new ManualClock()
  readonly totals: ServiceTotals
  phase: Phase = 'serving'
  obstacles: readonly string[] = []
  hosts: ObservedHosts | undefined
  gateway: ObservedGateway | undefined
  bundle: string | undefined
  /** Stacks where hosts register, by application. */
  readonly registered = new Map<string, readonly StackHosts[]>()
  fleet: readonly FleetMember[] | PointsmanError = []
  groups: readonly ManagedGroup[] = [
    {
      name: 'web',
      algorithm: 'ROUND_ROBIN',
      role: undefined,
      source: { kind: 'static', state: 'live', ageMs: 0, error: undefined },
      targets: [
        statusOf({ reason: 'first check passed' }),
        statusOf({ target: B, state: 'unhealthy', serves: false, reason: '3 checks failed' }),
      ],
      overrides: new Map(),
    },
    {
      name: 'db',
      algorithm: 'SEQUENTIAL',
      role: { name: 'primary', exclusive: true },
      source: {
        kind: 'dns',
        state: 'lost',
        ageMs: 2500,
        error: new PointsmanError('NAME_NOT_RESOLVED', 'db.internal: no such name'),
      },
      targets: [],
      overrides: new Map(),
    },
  ]

  removeStack(application: string, path: string): Promise<StackRemoval> {
    const removal = removalOf(this.registered.get(application) ?? [], path)
    if (removal === 'removed') this.registered.delete(application)
    return Promise.resolve(removal)
  }

  signedBundle(): string | undefined {
    return this.bundle
  }

  gateways(): Promise<readonly FleetMember[]> {
    return this.fleet instanceof Error ? Promise.reject(this.fleet) : Promise.resolve(this.fleet)
  }

  override(name: string, id: string, override: TargetOverride | undefined): boolean {
    const group = this.groups.find((each) => each.name === name)
    if (!group?.targets.some(({ target }) => target.id === id)) return false
    const others = [...group.overrides].filter(([each]) => each !== id)
    const overrides = new Map(override ? [...others, [id, override]] : others)
    this.groups = this.groups.map((each) => (each === group ? { ...group, overrides } : each))
    return true
  }

  constructor(t: Test) {
    this.totals = new ServiceTotals({ clock: this.clock, groups: () => this.groups })
    t.teardown(() => this.totals.close())
  }

  /** Ten seconds in which the first target answered a hundred requests in 10 ms, and the second refused ten. */
  beBusy(): void {
    const traffic = new Traffic()
    for (let i = 0; i < 110; i++) {
      const isGood = i < 100
      const there = traffic.ofTarget('web', (isGood ? A : B).id)
      there.began()
      there.ended(isGood ? 0.01 : 0.002, isGood ? 200 : 'CONNECT_REFUSED', 0, 0)
      const rule = traffic.ofRule(1, 'web')
      rule.took(0.012)
      rule.answered(isGood ? 200 : 502)
    }
    traffic.ofTarget('web', A.id).began()
    this.clock.advance(9500)
    const report = traffic.take()
    if (report) this.totals.seen('primary', report)
    this.clock.advance(500)
  }
}
