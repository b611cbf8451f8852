import { test } from 'tap'
import { Director } from '../../src/core/director.js'
import type { Role } from '../../src/core/group-settings.js'
import { seeded, ManualClock } from '../support/clock.js'
import { factsOf, groupSettings, manyTargets } from '../support/groups.js'
import { ObservedGroup } from './observed-group.js'

const REPLICA: Role = { name: 'replica', exclusive: false }
const MASTER: Role = { name: 'master', exclusive: true }

test('with a role only targets serve whose checks passed', (t) => {
  const group = new ObservedGroup(3, { role: REPLICA })
  t.equal(group.serving, '', 'nobody before the first check')
  group.pass(1)
  t.equal(group.serving, '1')
  group.differ(0)
  group.fail(2)
  t.equal(group.serving, '1')
  t.match(group.group.status()[0], {
    state: 'unhealthy',
    serves: false,
    reason: 'role is replica, expected master',
  })
  t.end()
})

test('a data plane that was told nothing of a target with a role does not use it', (t) => {
  const clock = new ManualClock()
  const director = new Director({ clock, random: seeded(1), onOutcomes: () => undefined })
  const sizeWith = (role: Role | undefined) => {
    const settings = groupSettings({ role })
    director.apply({ groups: [{ settings, targets: manyTargets(2), standings: {} }] })
    return director.group('web')?.size
  }
  t.equal(sizeWith(undefined), 2)
  t.equal(sizeWith(MASTER), 0)
  t.end()
})

for (const allDown of ['all', 'last'] as const) {
  test(`with a role ALL_DOWN ${allDown} keeps nobody`, (t) => {
    const group = new ObservedGroup(2, { role: REPLICA, allDown })
    group.pass(0)
    group.pass(1)
    group.differ(0)
    group.fail(1, 3)
    t.equal(group.serving, '')
    t.end()
  })
}

test('a target whose role changes is out and back with one check, whatever RISE and FALL say', (t) => {
  const group = new ObservedGroup(2, { role: MASTER, rise: 9, fall: 9 })
  group.pass(0)
  group.differ(1)
  t.equal(group.serving, '0')
  group.differ(0)
  t.equal(group.serving, '')
  group.pass(1)
  t.equal(group.serving, '1')
  t.end()
})

test('of several that claim an exclusive role the one that has had it longest serves', (t) => {
  const group = new ObservedGroup(3, { role: MASTER })
  group.pass(1)
  group.clock.advance(1)
  group.pass(0)
  group.clock.advance(1)
  group.pass(2)
  t.equal(group.serving, '1')
  group.pass(1)
  t.equal(group.serving, '1', 'further checks change nothing')
  group.differ(1)
  t.equal(group.serving, '0')
  group.pass(1)
  t.equal(group.serving, '0', 'one that had lost it comes last')
  t.end()
})

test('a target at which nobody listens any more leaves its exclusive role to the next at once', (t) => {
  const group = new ObservedGroup(2, { role: MASTER, fall: 9 })
  group.pass(0)
  group.differ(1)
  group.refuse(0)
  t.equal(group.serving, '0', 'while nobody else has it')
  group.pass(1)
  t.equal(group.serving, '1')
  t.match(group.group.status()[0]?.reason, 'connect refused, and http://t1:80 is master')
  group.clock.advance(1)
  group.pass(0)
  t.equal(group.serving, '1', 'nor does it get it back')
  group.refuse(1)
  t.equal(group.serving, '0', 'before the other is gone')
  group.refuse(0)
  t.equal(group.serving, '0')
  t.end()
})

test('a target that is only slow keeps its exclusive role, and so does one of several replicas', (t) => {
  const masters = new ObservedGroup(2, { role: MASTER, fall: 2 })
  masters.pass(0)
  masters.clock.advance(1)
  masters.fail(0)
  masters.pass(1)
  t.equal(masters.serving, '0')
  const replicas = new ObservedGroup(2, { role: REPLICA, fall: 2 })
  replicas.pass(0)
  replicas.pass(1)
  replicas.refuse(0)
  t.equal(replicas.serving, '0 1')
  t.end()
})

test('of several found at one time the first of the list serves', (t) => {
  const group = new ObservedGroup(2, { role: MASTER })
  group.pass(1)
  group.pass(0)
  t.equal(group.serving, '0')
  t.end()
})

test('a dispute over a role is told once per change, and said of its targets', (t) => {
  const group = new ObservedGroup(3, { role: MASTER })
  group.pass(0)
  t.same(group.disputes, [])
  group.clock.advance(1)
  group.pass(1)
  group.pass(1, 3)
  const [first, second, third] = manyTargets(3)
  t.same(group.disputes, [
    { group: 'web', role: 'master', claimants: [first, second], holder: first },
  ])
  const reasons = group.group.status().map(({ reason }) => reason)
  t.same(reasons, [
    'is master and serves, but so is http://t1:80',
    'is master, but http://t0:80 has been so for longer and serves',
    '',
  ])
  group.pass(2)
  group.differ(0)
  group.differ(2)
  t.same(
    group.disputes.slice(1).map(({ claimants, holder }) => ({ claimants, holder })),
    [
      { claimants: [first, second, third], holder: first },
      { claimants: [second, third], holder: second },
      { claimants: [], holder: undefined },
    ],
  )
  t.end()
})

test('a dispute is over when its targets leave the list', (t) => {
  const group = new ObservedGroup(2, { role: MASTER })
  group.pass(0)
  group.pass(1)
  group.shrinkTo(1)
  t.match(group.disputes.at(-1), { claimants: [], holder: undefined })
  t.end()
})

test('several targets with a role that many can have are no dispute', (t) => {
  const group = new ObservedGroup(2, { role: REPLICA })
  group.pass(0)
  group.pass(1)
  t.equal(group.serving, '0 1')
  t.same(group.disputes, [])
  t.end()
})

test('requests that fail eject one of several replicas, and never the holder of an exclusive role', (t) => {
  const replicas = new ObservedGroup(3, { role: REPLICA })
  const masters = new ObservedGroup(3, { role: MASTER })
  for (const group of [replicas, masters]) {
    for (const number of [0, 1]) group.pass(number)
    group.requestsFail(0, 5)
  }
  t.equal(replicas.states, 'ejected healthy unknown')
  replicas.requestsFail(1, 5)
  t.equal(replicas.serving, '1', 'an unknown target is no other to spare this one for')
  t.equal(masters.states, 'healthy healthy unknown')
  t.end()
})

test('a group that asks for another role than before knows nothing of its targets', (t) => {
  const group = new ObservedGroup(2)
  group.pass(0)
  group.group.update(groupSettings({ role: MASTER }), manyTargets(2))
  t.equal(group.states, 'unknown unknown')
  t.equal(group.serving, '')
  t.match(group.transitions.at(-1), { from: 'healthy', reason: 'another role is asked for' })
  group.pass(0)
  group.group.update(groupSettings({ role: MASTER, fall: 7 }), manyTargets(2))
  t.equal(group.serving, '0', 'other settings do not matter')
  t.end()
})

test('the first check of a target with a role is no return that SLOW_START would be for', (t) => {
  const group = new ObservedGroup(1, { role: REPLICA, slowStartMs: 5000 })
  const standing = () => group.group.snapshot().standings?.[group.id(0)]
  group.pass(0)
  t.same(standing(), { state: 'healthy', serves: true })
  group.differ(0)
  group.pass(0)
  t.match(standing(), { backForMs: 0 })
  t.end()
})

test('a target that an operator drains keeps no clients when its group asks for a role', (t) => {
  const clock = new ManualClock()
  const director = new Director({ clock, random: seeded(1), onOutcomes: () => undefined })
  const [first, second] = manyTargets(2)
  const settings = groupSettings({ algorithm: 'STICKY' })
  const back = (role: Role | undefined) => {
    if (!first || !second) throw new Error('no targets')
    const group = { settings: { ...settings, role }, targets: [first, second] }
    const serving = { state: 'healthy', serves: true } as const
    director.apply({ groups: [{ ...group, standings: { [first.id]: serving } }] })
    const order = director.group('web')?.order(factsOf({}))
    const cookie = order?.cookieFor?.(order.next() ?? unserved())
    const draining = { state: 'draining', serves: false } as const
    const standings = { [first.id]: draining, [second.id]: serving }
    director.apply({ groups: [{ ...group, standings }] })
    const facts = factsOf({ cookies: { [cookie?.name ?? '']: cookie?.value ?? '' } })
    return director.group('web')?.order(facts).next()?.target
  }
  t.equal(back(undefined), first)
  t.equal(back(REPLICA), second)
  t.end()
})

function unserved(): never {
  throw new Error('nobody serves')
}
