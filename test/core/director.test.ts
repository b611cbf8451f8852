import { test } from 'tap'
import { Director } from '../../src/core/director.js'
import type { Candidate } from '../../src/core/candidate.js'
import type { GroupSettings } from '../../src/core/group-settings.js'
import { GroupHealth } from '../../src/core/group-health.js'
import type { GroupOutcomes, Outcome } from '../../src/core/outcome.js'
import type { GroupSnapshot, Standing } from '../../src/core/snapshot.js'
import type { TargetGroup } from '../../src/core/target-group.js'
import { ManualClock, seeded } from '../support/clock.js'
import { factsOf, groupSettings, manyTargets, targetNamed } from '../support/groups.js'

const REFUSED: Outcome = { kind: 'error', code: 'CONNECT_REFUSED', latencyMs: 1 }
const ANSWERED: Outcome = { kind: 'answer', status: 200, latencyMs: 1 }
const GONE: Outcome = { kind: 'error', code: 'CLIENT_GONE', latencyMs: 1 }

class DataPlane {
  readonly clock = new ManualClock()
  readonly told: GroupOutcomes[] = []
  readonly director = new Director({
    clock: this.clock,
    random: seeded(1),
    onOutcomes: (outcomes) => this.told.push(...outcomes),
  })

  group(name = 'web'): TargetGroup {
    const group = this.director.group(name)
    if (!group) throw new Error(`there is no group ${name}`)
    return group
  }

  /** Everything one order gives. */
  candidates(name = 'web'): Candidate[] {
    const order = this.group(name).order(factsOf({}))
    const given: Candidate[] = []
    for (let next = order.next(); next; next = order.next()) given.push(next)
    return given
  }

  /** Who serves, in the order of their names. */
  hosts(name = 'web'): string[] {
    return this.candidates(name)
      .map(({ target }) => target.host)
      .sort()
  }
}

function snapshotOf(
  count: number,
  {
    settings,
    standings,
  }: { settings?: Partial<GroupSettings>; standings?: Record<string, Standing> } = {},
): GroupSnapshot {
  const group = { settings: groupSettings(settings), targets: manyTargets(count) }
  return standings ? { ...group, standings } : group
}

test('a group is found by its name, from the first snapshot on', (t) => {
  const { director } = new DataPlane()
  t.equal(director.group('web'), undefined)
  director.apply({ groups: [snapshotOf(2)] })
  t.equal(director.group('web')?.settings.name, 'web')
  t.equal(director.group('web')?.size, 2)
  director.apply({ groups: [] })
  t.equal(director.group('web'), undefined)
  t.end()
})

test('only targets that serve are ever given', (t) => {
  const plane = new DataPlane()
  const standings: Record<string, Standing> = {
    [targetNamed('t0').id]: { state: 'healthy', serves: true },
    [targetNamed('t1').id]: { state: 'unhealthy', serves: false },
    [targetNamed('t2').id]: { state: 'unhealthy', serves: true },
    [targetNamed('t3').id]: { state: 'draining', serves: false },
  }
  plane.director.apply({ groups: [snapshotOf(5, { standings })] })
  t.same(plane.hosts(), ['t0', 't2', 't4'])
  t.end()
})

test('targets that stay keep what is known of them, also while they do not serve', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(3)] })
  const [first] = plane.candidates()
  if (!first) throw new Error('nobody serves')
  first.inFlight = 7
  const away = { [first.target.id]: { state: 'unhealthy', serves: false } as const }
  plane.director.apply({ groups: [snapshotOf(3, { standings: away })] })
  t.notOk(plane.candidates().includes(first))
  plane.director.apply({ groups: [snapshotOf(3)] })
  t.ok(plane.candidates().includes(first))
  plane.director.apply({ groups: [snapshotOf(3, { settings: { retries: 5 } })] })
  t.ok(plane.candidates().includes(first), 'and when the settings of their group change')
  plane.director.apply({ groups: [snapshotOf(0)] })
  plane.director.apply({ groups: [snapshotOf(3)] })
  t.notOk(plane.candidates().includes(first), 'but not when they were gone')
  t.end()
})

test('a new weight is taken over', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(1)] })
  const [before] = plane.candidates()
  plane.director.apply({ groups: [{ settings: groupSettings(), targets: [targetNamed('t0', 9)] }] })
  const [after] = plane.candidates()
  t.equal(after, before)
  t.equal(after?.target.weight, 9)
  t.end()
})

test('a weight that changes changes the shares', (t) => {
  const plane = new DataPlane()
  const settings = groupSettings({ algorithm: 'WEIGHTED' })
  const countFirst = (): number =>
    Array.from({ length: 40 }, () => plane.candidates()[0]).filter(
      (first) => first?.target.host === 't0',
    ).length
  plane.director.apply({ groups: [{ settings, targets: manyTargets(2) }] })
  t.equal(countFirst(), 20)
  plane.director.apply({
    groups: [{ settings, targets: [targetNamed('t0', 3), targetNamed('t1')] }],
  })
  t.equal(countFirst(), 30)
  t.end()
})

test('a target that is drained keeps the clients that stick to it', (t) => {
  const plane = new DataPlane()
  const settings = { algorithm: 'STICKY' } as const
  plane.director.apply({ groups: [snapshotOf(3, { settings })] })
  const [first] = plane.candidates()
  const cookie = first && plane.group().order(factsOf({})).cookieFor?.(first)
  if (!first || !cookie) throw new Error('the client sticks to nobody')
  const theClient = factsOf({ cookies: { [cookie.name]: cookie.value } })
  const whenIts = (standing: Standing): Candidate | undefined => {
    const standings = { [first.target.id]: standing }
    plane.director.apply({ groups: [snapshotOf(3, { settings, standings })] })
    return plane.group().order(theClient).next()
  }
  t.equal(whenIts({ state: 'draining', serves: false }), first)
  t.notOk(plane.candidates().includes(first), 'others are not sent there')
  t.not(whenIts({ state: 'disabled', serves: false }), first)
  t.end()
})

test('the age of a come-back is counted on from the snapshot, by the own clock', (t) => {
  const plane = new DataPlane()
  const settings = { slowStartMs: 10_000 }
  const { id } = targetNamed('t0')
  const standings = { [id]: { state: 'healthy', serves: true, backForMs: 4_000 } as const }
  plane.clock.advance(50_000)
  plane.director.apply({ groups: [snapshotOf(2, { settings, standings })] })
  const ages = plane.candidates().map(({ backAt }) => backAt)
  t.same(ages.sort(), [46_000, undefined])
  plane.director.apply({ groups: [snapshotOf(2, { settings })] })
  t.same(
    plane.candidates().map(({ backAt }) => backAt),
    [undefined, undefined],
  )
  t.end()
})

test('requests are limited only where a limit is set', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(1)] })
  t.equal(plane.group().admission, undefined)
  const settings = { maxConnections: 1, maxQueue: 1 }
  plane.director.apply({ groups: [snapshotOf(1, { settings })] })
  const { admission } = plane.group()
  const first = admission?.claim(plane.group().order(factsOf({})))
  if (!admission || !first) throw new Error('nobody serves')
  first.inFlight++
  const admitted: string[] = []
  t.ok(admission.wait(({ target }) => admitted.push(target.host)))
  t.notOk(admission.wait(() => undefined))
  plane.director.apply({ groups: [snapshotOf(2, { settings })] })
  t.same(admitted, ['t1'], 'a target that comes serves those who wait')
  t.end()
})

test('the retry budget outlives a change of settings', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(1)] })
  while (plane.group().retryBudget.withdraw());
  plane.director.apply({ groups: [snapshotOf(1, { settings: { retries: 3 } })] })
  t.equal(plane.group().retryBudget.withdraw(), false)
  t.end()
})

test('least response time learns from what is reported', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(2, { settings: { algorithm: 'LRT' } })] })
  for (const candidate of plane.candidates()) {
    const latencyMs = candidate.target.host === 't0' ? 500 : 5
    plane.group().report(candidate, { kind: 'answer', status: 200, latencyMs })
  }
  const firsts = Array.from({ length: 20 }, () => plane.candidates()[0]?.target.host)
  t.ok(firsts.every((host) => host === 't1'))
  t.end()
})

test('a snapshot that changes nothing does not begin the round anew', (t) => {
  const plane = new DataPlane()
  const firsts = [0, 1, 2, 3].map(() => {
    plane.director.apply({ groups: [snapshotOf(4)] })
    return plane.candidates()[0]?.target.host
  })
  t.same(firsts, ['t0', 't1', 't2', 't3'])
  t.end()
})

test('one group is updated without the others', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(2), snapshotOf(2, { settings: { name: 'db' } })] })
  const other = plane.group('db')
  plane.director.update(snapshotOf(3))
  t.equal(plane.hosts().length, 3)
  plane.director.update(snapshotOf(1, { settings: { name: 'cache' } }))
  t.same(plane.hosts('cache'), ['t0'])
  t.equal(plane.group('db'), other)
  t.end()
})

test('an order begun before a change gives what it would have given', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(3)] })
  const order = plane.group().order(factsOf({}))
  const given = [order.next()]
  plane.director.apply({ groups: [snapshotOf(1)] })
  given.push(order.next(), order.next())
  t.same(given.map((candidate) => candidate?.target.host).sort(), ['t0', 't1', 't2'])
  t.equal(order.next(), undefined)
  t.end()
})

test('successes and what clients do are not told', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(1)] })
  const [candidate] = plane.candidates()
  if (!candidate) throw new Error('nobody serves')
  for (const outcome of [ANSWERED, GONE, ANSWERED]) plane.group().report(candidate, outcome)
  plane.clock.advance(1000)
  t.same(plane.told, [])
  t.end()
})

test('failures are told in batches, at once when they are enough, and so is the recovery', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(1, { settings: { outlierFailures: 3 } })] })
  const [candidate] = plane.candidates()
  if (!candidate) throw new Error('nobody serves')
  const { id } = candidate.target
  const report = (...outcomes: Outcome[]): void => {
    for (const outcome of outcomes) plane.group().report(candidate, outcome)
  }
  const outcomes = { id, recovered: false, failures: 2, reason: 'CONNECT_REFUSED' }
  report(REFUSED, GONE, REFUSED)
  t.same(plane.told, [], 'not enough to be told at once')
  plane.clock.advance(100)
  t.same(plane.told.splice(0), [{ group: 'web', targets: [outcomes] }])
  report(REFUSED)
  t.same(plane.told.splice(0), [{ group: 'web', targets: [{ ...outcomes, failures: 1 }] }])
  report(REFUSED, REFUSED)
  t.same(plane.told, [], 'what was told at once is not repeated with every failure')
  report(ANSWERED)
  plane.clock.advance(100)
  t.match(plane.told, [{ targets: [{ recovered: true, failures: 0 }] }])
  t.end()
})

test('nothing is told when ejection is off', (t) => {
  const plane = new DataPlane()
  plane.director.apply({ groups: [snapshotOf(1, { settings: { outlierFailures: 0 } })] })
  const [candidate] = plane.candidates()
  if (!candidate) throw new Error('nobody serves')
  for (let i = 0; i < 20; i++) plane.group().report(candidate, REFUSED)
  t.equal(plane.clock.timers, 0)
  t.same(plane.told, [])
  t.end()
})

test('two data planes and the control plane eject a target that refuses, and take it back', (t) => {
  const clock = new ManualClock()
  const planes: Director[] = []
  const health = new GroupHealth(groupSettings(), manyTargets(3), {
    clock,
    onDispute: () => undefined,
    onTransition: () => {
      const snapshot = JSON.stringify(health.snapshot())
      for (const plane of planes) plane.update(JSON.parse(snapshot) as GroupSnapshot)
    },
  })
  for (let i = 0; i < 2; i++) {
    const plane = new Director({
      clock,
      random: seeded(1),
      onOutcomes: (groups) => {
        for (const { targets } of groups) health.reported(targets)
      },
    })
    plane.apply({ groups: [health.snapshot()] })
    planes.push(plane)
  }
  let asked = 0
  const request = (plane: Director): void => {
    const group = plane.group('web')
    const candidate = group?.order(factsOf({})).next()
    if (!group || !candidate) throw new Error('nobody serves')
    const isBad = candidate.target.host === 't1'
    if (isBad) asked++
    group.report(candidate, isBad ? REFUSED : ANSWERED)
  }
  for (let i = 0; i < 300; i++) for (const plane of planes) request(plane)
  t.equal(health.status()[1]?.state, 'ejected')
  t.ok(asked <= 10, `${asked} requests met the bad target`)
  clock.advance(10_000)
  asked = 0
  for (let i = 0; i < 3; i++) for (const plane of planes) request(plane)
  t.equal(asked, 2, 'it has its turn again in both')
  t.end()
})
