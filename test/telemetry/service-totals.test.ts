import { test, type Test } from 'tap'
import type { TargetStatus } from '../../src/core/group-health.js'
import type { Target } from '../../src/core/target.js'
import { REPORT_EVERY_MS } from '../../src/telemetry/sliding-window.js'
import { ServiceTotals } from '../../src/telemetry/service-totals.js'
import { Traffic } from '../../src/telemetry/traffic.js'
import { ManualClock } from '../support/clock.js'
import { manyTargets, targetNamed } from '../support/groups.js'

const TEN_MINUTES = 600_000
const A = targetNamed('a')
const B = targetNamed('b')

function statusOf(target: Target): TargetStatus {
  return { target, state: 'healthy', serves: true, sinceMs: 0, reason: '' }
}

/** Totals of a service with one group, `web`, and data planes that report to them. */
class World {
  readonly clock = new ManualClock()
  readonly totals: ServiceTotals
  targets: readonly Target[] = [A, B]

  constructor(t: Test) {
    this.totals = new ServiceTotals({
      clock: this.clock,
      groups: () => [
        {
          name: 'web',
          role: undefined,
          source: { ageMs: 0 },
          targets: this.targets.map((each) => statusOf(each)),
        },
      ],
    })
    t.teardown(() => this.totals.close())
  }

  report(process: string, traffic: Traffic): void {
    const report = traffic.take()
    if (report) this.totals.seen(process, report)
  }

  /** One whole request at each target, reported at once. */
  request(...targets: readonly Target[]): void {
    const traffic = new Traffic()
    for (const { id } of targets) {
      const there = traffic.ofTarget('web', id)
      there.began()
      there.ended(0.01, 200, 0, 100)
      traffic.ofRule(1, 'web').answered(200)
    }
    this.report('primary', traffic)
  }
}

test('what several processes have counted adds up', (t) => {
  const world = new World(t)
  const planes = [new Traffic(), new Traffic()]
  for (const [at, traffic] of planes.entries()) {
    for (let i = 0; i < 10 * (at + 1); i++) {
      traffic.ofTarget('web', A.id).began()
      traffic.ofTarget('web', A.id).ended(0.1, 200, 1, 2)
      traffic.ofRule(1, 'web').answered(200)
    }
    traffic.ofTarget('web', A.id).began()
    world.report(`worker-${at + 1}`, traffic)
  }
  const target = world.totals.target('web', A.id)
  t.equal(target?.ever.requests('2xx'), 30)
  t.equal(target?.ever.sentBytes, 60)
  t.equal(target?.inFlight, 2)
  t.equal(world.totals.group('web').ever.allRequests, 30)
  t.same(
    [...world.totals.rules()].map(({ rule, group, ever }) => [rule, group, ever.allRequests]),
    [[1, 'web', 30]],
  )
  t.end()
})

test('what a dead process has counted stays; what it had under way is gone with it', (t) => {
  const world = new World(t)
  const [dies, stays] = [new Traffic(), new Traffic()]
  for (const [name, traffic] of [['worker-1', dies] as const, ['worker-2', stays] as const]) {
    const there = traffic.ofTarget('web', A.id)
    there.began()
    there.ended(0.1, 200, 0, 0)
    there.began()
    there.began()
    world.report(name, traffic)
  }
  t.equal(world.totals.target('web', A.id)?.inFlight, 4)
  world.totals.gone('worker-1')
  t.equal(world.totals.target('web', A.id)?.inFlight, 2)
  t.equal(world.totals.target('web', A.id)?.ever.requests('2xx'), 2)
  stays.ofTarget('web', A.id).ended(0.1, 200, 0, 0)
  world.report('worker-2', stays)
  t.equal(world.totals.target('web', A.id)?.inFlight, 1)
  t.end()
})

test('the requests of several rules of one group are those of the group', (t) => {
  const world = new World(t)
  const traffic = new Traffic()
  traffic.ofRule(1, 'web').answered(200)
  traffic.ofRule(2, 'web').answered(200)
  traffic.ofRule(3, 'api').answered(200)
  world.report('primary', traffic)
  t.equal(world.totals.group('web').ever.allRequests, 2)
  t.equal(world.totals.group('web').recent.allRequests, 2)
  t.end()
})

test('the window holds ten seconds of every process, wherever between two ticks it reports', (t) => {
  for (const phase of [1, 250, 500, 999]) {
    const world = new World(t)
    world.clock.advance(phase)
    for (let second = 0; second < 60; second++) {
      world.request(A)
      world.clock.advance(REPORT_EVERY_MS)
      if (second < 12) continue
      t.equal(world.totals.target('web', A.id)?.recent.allRequests, 10, `${phase} ms, ${second} s`)
      t.equal(world.totals.recentSeconds, 10)
    }
  }
  t.end()
})

test('soon after the start the window is as long as the service runs', (t) => {
  const world = new World(t)
  t.equal(world.totals.recentSeconds, 1, 'never 0')
  for (let second = 1; second <= 12; second++) {
    world.clock.advance(1000)
    t.equal(world.totals.recentSeconds, Math.min(second, 10))
  }
  t.end()
})

test('when nothing comes any more, the window empties', (t) => {
  const world = new World(t)
  world.clock.advance(500)
  world.request(A)
  world.clock.advance(9000)
  t.equal(world.totals.target('web', A.id)?.recent.allRequests, 1)
  world.clock.advance(2000)
  t.equal(world.totals.target('web', A.id)?.recent.allRequests, 0)
  t.equal(world.totals.group('web').recent.allRequests, 0)
  t.equal(world.totals.target('web', A.id)?.ever.allRequests, 1)
  t.end()
})

test('a target that left is forgotten ten minutes after its last request; its group never is', (t) => {
  const world = new World(t)
  world.request(A, B)
  world.targets = [A]
  world.clock.advance(TEN_MINUTES - 60_000)
  t.ok(world.totals.target('web', B.id), 'somebody may still scrape it')
  world.clock.advance(120_000)
  t.equal(world.totals.target('web', B.id), undefined)
  t.ok(world.totals.target('web', A.id), 'quiet, but still a target')
  t.equal(world.totals.group('web').ever.allRequests, 2)
  t.end()
})

test('a target that left is not forgotten while something is under way there', (t) => {
  const world = new World(t)
  const traffic = new Traffic()
  traffic.ofTarget('web', B.id).began()
  world.report('primary', traffic)
  world.targets = [A]
  world.clock.advance(2 * TEN_MINUTES)
  t.equal(world.totals.target('web', B.id)?.inFlight, 1)
  traffic.ofTarget('web', B.id).ended(1, 200, 0, 0)
  world.report('primary', traffic)
  world.clock.advance(2 * TEN_MINUTES)
  t.equal(world.totals.target('web', B.id), undefined)
  t.end()
})

test('targets that come and go do not fill the memory: the longest quiet go first', (t) => {
  const world = new World(t)
  const [first, ...others] = manyTargets(10_002)
  if (!first) throw new Error('there are 10 002 targets')
  world.request(first)
  world.clock.advance(1000)
  world.request(...others)
  world.targets = []
  world.clock.advance(60_000)
  t.equal([...world.totals.targets()].length, 10_000)
  t.equal(world.totals.target('web', first.id), undefined)
  t.equal(world.totals.group('web').ever.allRequests, 10_002)
  t.end()
})

test('checks are counted by group, transitions by target and state', (t) => {
  const { totals } = new World(t)
  totals.checked('web', true, 0.1)
  totals.checked('web', true, 0.2)
  totals.checked('web', false, 2)
  totals.changed('web', A.id, 'unhealthy')
  totals.changed('web', A.id, 'healthy')
  totals.changed('web', A.id, 'unhealthy')
  const { checksPassed, checksFailed } = totals.group('web')
  t.equal(Math.round(checksPassed.seconds * 10), 3)
  t.equal(checksFailed.seconds, 2)
  t.same(
    [...(totals.target('web', A.id)?.transitions ?? [])],
    [
      ['unhealthy', 2],
      ['healthy', 1],
    ],
  )
  t.end()
})

test('this process is among the processes, and measured every second', (t) => {
  const world = new World(t)
  t.same([...world.totals.processes.keys()], ['primary'])
  const before = world.totals.processes.get('primary')
  world.clock.advance(1000)
  const after = world.totals.processes.get('primary')
  t.not(after, before)
  t.ok((after?.cpuSeconds ?? 0) >= (before?.cpuSeconds ?? 0))
  t.ok((after?.residentBytes ?? 0) > 1_000_000)
  t.end()
})

test('closed totals wait for nothing', (t) => {
  const clock = new ManualClock()
  new ServiceTotals({ clock, groups: () => [] }).close()
  t.equal(clock.timers, 0)
  t.end()
})
