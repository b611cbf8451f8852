import { test, type Test } from 'tap'
import type { Checker } from '../../src/checks/checker.js'
import { Monitor, type CheckOutcome } from '../../src/checks/monitor.js'
import type { HealthCheckSettings } from '../../src/checks/settings.js'
import { PointsmanError } from '../../src/core/errors.js'
import { targetAt, type Target } from '../../src/core/target.js'
import { ManualClock, seeded, settled } from '../support/clock.js'
import { HeldChecker, QuickChecker } from './fake-checkers.js'

const CHECK = {
  kind: 'tcp',
  intervalMs: 1000,
  timeoutMs: 400,
  port: undefined,
} as const satisfies HealthCheckSettings

function target(number: number, weight = 1): Target {
  const address = `10.0.${number >> 8}.${number & 255}`
  return targetAt({ scheme: 'http', host: address, port: 80, basePath: '', weight }, address)
}

function targets(count: number): Target[] {
  return Array.from({ length: count }, (_, number) => target(number))
}

interface Told {
  readonly group: string
  readonly target: Target
  readonly outcome: CheckOutcome
}

class Setting<C extends Checker> {
  readonly clock: ManualClock
  readonly checker: C
  readonly told: Told[] = []
  readonly obstacles: PointsmanError[] = []
  readonly created: HealthCheckSettings[] = []
  readonly monitor: Monitor

  constructor(t: Test, create: (clock: ManualClock) => C, random = seeded(7)) {
    this.clock = new ManualClock()
    this.checker = create(this.clock)
    this.monitor = new Monitor({
      clock: this.clock,
      random,
      onOutcome: (group, target, outcome) => this.told.push({ group, target, outcome }),
      onObstacle: (error) => this.obstacles.push(error),
      createChecker: (settings) => {
        this.created.push(settings)
        return this.checker
      },
    })
    t.teardown(() => this.monitor.stop())
  }
}

function held(t: Test, random = seeded(7)): Setting<HeldChecker> {
  return new Setting(t, (clock) => new HeldChecker(clock), random)
}

function quick(t: Test, random = seeded(7)): Setting<QuickChecker> {
  return new Setting(t, (clock) => new QuickChecker(clock), random)
}

const MIDDLE = { next: () => 0.5 }

function gaps(starts: readonly number[]): number[] {
  return starts.slice(1).map((start, i) => start - (starts[i] ?? NaN))
}

test('a new target is checked at once, and its outcome is told with how long it took', async (t) => {
  const { monitor, clock, checker, told } = held(t)
  monitor.watch('web', CHECK, targets(1))
  await clock.elapse(0)
  t.equal(checker.attempts.length, 1)
  await clock.elapse(30)
  await checker.endAll()
  t.same(told, [{ group: 'web', target: target(0), outcome: { ok: true, durationMs: 30 } }])
})

test('a check that fails is told with its reason', async (t) => {
  const { monitor, clock, checker, told } = held(t)
  const reason = new PointsmanError('CONNECT_REFUSED', 'connect refused')
  monitor.watch('web', CHECK, targets(1))
  await clock.elapse(5)
  await checker.endAll(reason)
  t.same(
    told.map(({ outcome }) => outcome),
    [{ ok: false, durationMs: 5, reason }],
  )
})

test('a check that has no answer in time is cut and fails', async (t) => {
  const { monitor, clock, checker, told } = held(t, MIDDLE)
  monitor.watch('web', CHECK, targets(1))
  await clock.elapse(399)
  t.equal(told.length, 0)
  await clock.elapse(1)
  t.equal(checker.underWay.size, 0)
  t.match(told[0]?.outcome, {
    ok: false,
    durationMs: 400,
    reason: { code: 'RESPONSE_TIMEOUT', message: 'no answer within 400 ms' },
  })
})

test('an answer that is read in the turn after the deadline has come in time', async (t) => {
  const { monitor, clock, checker, told } = held(t, MIDDLE)
  monitor.watch('web', CHECK, targets(1))
  await clock.elapse(300)
  clock.after(100, () => void checker.endAll()) // fires after the deadline, which was set before
  await clock.elapse(100)
  t.match(told, [{ outcome: { ok: true } }])
})

test('intervals vary by a tenth and are right on average, without drift', async (t) => {
  const { monitor, clock, checker } = quick(t)
  monitor.watch('web', CHECK, targets(1))
  await clock.elapse(1_000_000)
  const starts = checker.all.slice(1)
  const between = gaps(starts)
  t.ok(between.every((gap) => gap >= 899.999 && gap <= 1100.001))
  t.ok(Math.max(...between) - Math.min(...between) > 150, 'they do vary')
  t.ok(Math.abs(starts.length - 1000) < 15, `${starts.length} checks`)
})

test('what checks take does not shift the next one', async (t) => {
  const { monitor, clock, checker } = held(t, MIDDLE)
  monitor.watch('web', CHECK, targets(1))
  for (let tick = 0; tick < 100; tick++) {
    await clock.elapse(100)
    await checker.endAll()
  }
  t.same(
    gaps(checker.startsOf(target(0).id).slice(1)).filter((gap) => gap !== 1000),
    [],
  )
})

test('checks of one target never overlap, and follow at once when they take longer than the interval', async (t) => {
  const { monitor, clock, checker, told } = held(t, MIDDLE)
  monitor.watch('web', { ...CHECK, timeoutMs: 2500 }, targets(1))
  await clock.elapse(10_000)
  t.equal(checker.mostUnderWay, 1)
  t.same(checker.startsOf(target(0).id), [0, 2500, 5000, 7500, 10_000])
  t.equal(told.length, 4)
})

test('missed checks are made up for by one, and the next comes in its turn', async (t) => {
  const { monitor, clock, checker } = held(t, MIDDLE)
  monitor.watch('web', { ...CHECK, timeoutMs: 60_000 }, targets(1))
  await clock.elapse(3600)
  for (let tick = 0; tick < 20; tick++) {
    await checker.endAll()
    await clock.elapse(100)
  }
  t.same(checker.startsOf(target(0).id), [0, 3600, 4500, 5500])
})

test('targets that come together are checked one after the other, and spread over the interval', async (t) => {
  const { monitor, clock, checker } = quick(t)
  monitor.watch('web', { ...CHECK, intervalMs: 5000 }, targets(1000))
  await clock.elapse(101)
  const first = [...checker.starts.values()].map(([start]) => start ?? NaN)
  t.equal(first.length, 1000)
  t.ok(first.every((start, i) => Math.abs(start - i / 10) < 0.001))
  await clock.elapse(20_000)
  const tenths = new Array<number>(10).fill(0)
  for (const starts of checker.starts.values()) {
    const tenth = Math.floor(((starts.at(-1) ?? 0) - 15_000) / 500)
    if (tenth >= 0 && tenth < 10) tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  t.ok(
    tenths.every((count) => count > 50),
    String(tenths),
  )
})

/** Goes on in steps of 10 ms, for more checks than could each be given a turn of its own. */
async function pass({ clock, checker }: Setting<HeldChecker>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    clock.advance(10)
    // Few begin in one turn of the event loop.
    for (let before = -1; before < checker.attempts.length;) {
      before = checker.attempts.length
      await settled()
    }
  }
}

test('thousands of targets that hang do not hold up one that is well', async (t) => {
  const setting = held(t)
  const { monitor, checker } = setting
  const settings = { ...CHECK, intervalMs: 500, timeoutMs: 500 }
  monitor.watch('hung', settings, targets(3000))
  await pass(setting, 300)
  const well = target(20_000)
  monitor.watch('web', settings, [well])
  for (let tick = 0; tick < 12; tick++) {
    await pass(setting, 100)
    for (const attempt of checker.underWay) if (attempt.target.id === well.id) attempt.end()
  }
  t.ok(checker.underWay.size > 2500)
  const starts = checker.startsOf(well.id)
  t.ok(starts.length > 2 && gaps(starts).every((gap) => gap <= 560.001), String(starts))
})

/** More checks than fit in at a time: each takes longer than the interval. */
async function crowd(setting: Setting<HeldChecker>): Promise<void> {
  const { monitor, checker } = setting
  monitor.watch('crowd', { ...CHECK, intervalMs: 50 }, targets(2500))
  for (let round = 0; round < 5; round++) {
    await checker.endAll()
    await pass(setting, 60)
  }
}

test('no more checks are made at a time than this process can look after', async (t) => {
  const setting = held(t, MIDDLE)
  await crowd(setting)
  const { checker, told } = setting
  t.equal(checker.underWay.size, 2048)
  t.equal(checker.mostUnderWay, 2048)
  t.ok(told.every(({ outcome }) => outcome.ok))
})

test('of checks that are due at once only some begin at once, so that other work comes in between', async (t) => {
  const { monitor, clock, checker } = quick(t, MIDDLE)
  monitor.watch('web', CHECK, targets(100))
  clock.advance(10)
  const begun: number[] = []
  for (let turn = 0; turn < 100 && checker.all.length < 100; turn++) {
    const before = checker.all.length
    await settled()
    begun.push(checker.all.length - before)
  }
  t.equal(checker.all.length, 100)
  t.ok(begun.length >= 10 && Math.max(...begun) <= 10, String(begun))
})

test('a target that leaves is let go, and nothing more is told of it', async (t) => {
  const { monitor, clock, checker, told } = held(t)
  monitor.watch('web', CHECK, targets(2))
  await clock.elapse(1)
  monitor.watch('web', CHECK, [target(1)])
  t.same(
    [...checker.underWay].map(({ target }) => target),
    [target(1)],
  )
  await clock.elapse(10_000)
  t.ok(told.every((one) => one.target.id === target(1).id))
  t.equal(checker.startsOf(target(0).id).length, 1)
  t.ok(checker.startsOf(target(1).id).length > 5)
})

test('a target that waits for its turn when it leaves is not checked', async (t) => {
  const setting = held(t, MIDDLE)
  await crowd(setting)
  const { monitor, clock, checker } = setting
  monitor.watch('late', CHECK, [target(20_000), target(20_001)])
  await clock.elapse(1)
  monitor.watch('late', CHECK, [target(20_000)])
  for (let round = 0; round < 4; round++) {
    await checker.endAll()
    await pass(setting, 60)
  }
  t.equal(checker.startsOf(target(20_000).id).length, 1)
  t.equal(checker.startsOf(target(20_001).id).length, 0)
})

test('a target that stays keeps its turn, also with another weight', async (t) => {
  const { monitor, clock, checker, told, created } = held(t, MIDDLE)
  monitor.watch('web', CHECK, [target(0)])
  await clock.elapse(1)
  await checker.endAll()
  monitor.watch('web', { ...CHECK }, [target(0, 5), target(1)])
  await clock.elapse(600)
  await checker.endAll()
  t.same(checker.startsOf(target(0).id), [0, 500])
  t.equal(told.find(({ target }) => target.weight === 5)?.target.id, target(0).id)
  t.equal(created.length, 1)
})

test('other settings make another checker, and a check at once', async (t) => {
  const { monitor, clock, checker, created } = held(t)
  monitor.watch('web', CHECK, targets(1))
  await clock.elapse(100)
  monitor.watch('web', { ...CHECK, port: 81 }, targets(1))
  await clock.elapse(0)
  t.equal(created.length, 2)
  t.equal(checker.attempts[0]?.signal.aborted, true)
  t.same(checker.startsOf(target(0).id), [0, 100])
})

test('groups are checked apart, and a group without checks is not', async (t) => {
  const { monitor, clock, checker, told } = held(t)
  monitor.watch('web', CHECK, targets(1))
  monitor.watch('api', CHECK, targets(1))
  monitor.watch('none', { kind: 'none' }, targets(1))
  await clock.elapse(1)
  await checker.endAll()
  t.same(
    told.map(({ group }) => group),
    ['web', 'api'],
  )
  monitor.watch('web', { kind: 'none' }, targets(1))
  await clock.elapse(1100)
  await checker.endAll()
  t.same(
    told.slice(2).map(({ group }) => group),
    ['api'],
  )
})

test('a target may leave while its outcome is told', async (t) => {
  const clock = new ManualClock()
  const monitor: Monitor = new Monitor({
    clock,
    random: MIDDLE,
    onOutcome: () => monitor.unwatch('web'),
    onObstacle: () => {},
    createChecker: () => new QuickChecker(clock),
  })
  monitor.watch('web', CHECK, targets(1))
  await clock.elapse(10)
  t.equal(clock.timers, 0)
})

test('nothing is left when a monitor stops', async (t) => {
  const { monitor, clock, checker, told } = held(t)
  monitor.watch('web', CHECK, targets(10))
  monitor.watch('api', CHECK, targets(10))
  await clock.elapse(1.05)
  monitor.stop()
  await settled()
  t.equal(checker.underWay.size, 0)
  t.equal(clock.timers, 0)
  t.same(told, [])
})

test('what keeps this machine from checking is told now and then, and speaks against no target', async (t) => {
  const faults = [new PointsmanError('RESOURCES_EXHAUSTED', 'none left'), new TypeError('a bug')]
  const { monitor, clock, told, obstacles } = new Setting(t, () => ({
    check: () => {
      faults.reverse()
      return Promise.reject(faults[0] ?? new Error())
    },
  }))
  monitor.watch('web', CHECK, targets(2))
  await clock.elapse(65_000)
  t.same(told, [])
  t.same(
    obstacles.map(({ origin }) => origin),
    ['self', 'self'],
  )
  t.equal(obstacles[0]?.message, 'check failed: TypeError: a bug')
})
