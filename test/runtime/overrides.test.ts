import pino from 'pino'
import { test, type Test } from 'tap'
import { SharedSessions } from '../../src/clients/zookeeper/shared-sessions.js'
import type { TargetOverride } from '../../src/core/health.js'
import type { GroupSnapshot } from '../../src/core/snapshot.js'
import type { Target } from '../../src/core/target.js'
import { Bell } from '../../src/core/wait.js'
import { ControlPlane } from '../../src/runtime/control-plane.js'
import type { SupervisedConfig } from '../../src/runtime/supervised-group.js'
import { ServiceTotals } from '../../src/telemetry/service-totals.js'
import { ManualClock, seeded, settled } from '../support/clock.js'
import { groupSettings, targetNamed } from '../support/groups.js'

const A = targetNamed('10.0.0.1', 3)
const B = targetNamed('10.0.0.2')

const CONFIG: SupervisedConfig = {
  settings: groupSettings(),
  healthCheck: { kind: 'none' },
}

/** A control plane with one group, whose source says what the test says. */
class Controlled {
  readonly plane: ControlPlane
  readonly clock = new ManualClock()
  private latest: GroupSnapshot | undefined
  private targets: readonly Target[] = []
  private readonly bell = new Bell()
  private readonly source = {
    kind: 'told',
    given: { watch: (signal: AbortSignal) => this.watch(signal) },
  }

  constructor(t: Test) {
    const { clock } = this
    const random = seeded(1)
    const totals = new ServiceTotals({ clock, groups: () => [] })
    this.plane = new ControlPlane({
      clock,
      random,
      log: pino({ level: 'silent' }),
      totals,
      sessions: new SharedSessions({ clock, random }),
      onSnapshot: (snapshot) => (this.latest = snapshot),
    })
    t.teardown(() => {
      this.plane.stop()
      totals.close()
    })
  }

  static async start(t: Test): Promise<Controlled> {
    const controlled = new Controlled(t)
    controlled.configure()
    await controlled.list(A, B)
    return controlled
  }

  configure(): void {
    this.plane.supervise(CONFIG, this.source)
  }

  async list(...targets: readonly Target[]): Promise<void> {
    this.targets = targets
    this.bell.ring()
    await this.clock.elapse(100)
  }

  override(target: Target, state: TargetOverride['state'], weight?: number): boolean {
    return this.plane.override('web', target.id, { state, weight })
  }

  /** What data planes know by now of each target: `10.0.0.1 3 disabled`. */
  async told(): Promise<readonly string[]> {
    await this.clock.elapse(100)
    const { targets = [], standings = {} } = this.latest ?? {}
    return targets.map(({ id, address, weight }) => {
      return `${address} ${weight} ${standings[id]?.state ?? 'unknown'}`
    })
  }

  private async *watch(signal: AbortSignal): AsyncGenerator<readonly Target[], void> {
    signal.addEventListener('abort', () => this.bell.ring())
    for (;;) {
      await this.bell.rung()
      if (signal.aborted) return
      yield this.targets
      await settled()
    }
  }
}

test('Data planes hear what an operator wants of a target', async (t) => {
  const controlled = await Controlled.start(t)
  t.same(await controlled.told(), ['10.0.0.1 3 unknown', '10.0.0.2 1 unknown'])
  t.ok(controlled.override(A, 'disabled'))
  t.ok(controlled.override(B, 'draining', 50))
  t.same(await controlled.told(), ['10.0.0.1 3 disabled', '10.0.0.2 50 draining'])
  t.ok(controlled.override(A, 'enabled', 9))
  t.ok(controlled.plane.override('web', B.id, undefined))
  t.same(await controlled.told(), ['10.0.0.1 9 unknown', '10.0.0.2 1 unknown'])
  t.same(
    controlled.plane.view('web')?.overrides,
    new Map([[A.id, { state: 'enabled', weight: 9 }]]),
  )
})

test('It stays through another configuration, and when the target is gone for a while', async (t) => {
  const controlled = await Controlled.start(t)
  controlled.override(A, 'disabled', 9)
  controlled.configure()
  t.same(await controlled.told(), ['10.0.0.1 9 disabled', '10.0.0.2 1 unknown'])
  await controlled.list(B)
  t.same(await controlled.told(), ['10.0.0.2 1 unknown'])
  t.ok(controlled.override(A, 'draining', 8), 'what was said of it can be changed meanwhile')
  await controlled.list(B, { ...A, weight: 4 })
  t.same(await controlled.told(), ['10.0.0.2 1 unknown', '10.0.0.1 8 draining'])
  t.ok(controlled.plane.override('web', A.id, undefined))
  t.same(await controlled.told(), ['10.0.0.2 1 unknown', '10.0.0.1 4 unknown'])
})

test('Of targets and groups that are not there nothing can be wanted', async (t) => {
  const controlled = await Controlled.start(t)
  t.notOk(controlled.override(targetNamed('10.0.0.3'), 'disabled'))
  t.notOk(controlled.plane.override('db', A.id, { state: 'disabled', weight: undefined }))
  t.same(await controlled.told(), ['10.0.0.1 3 unknown', '10.0.0.2 1 unknown'])
})
