import { test } from 'tap'
import type { TargetState } from '../../src/core/health.js'
import { seeded } from '../support/clock.js'
import { ObservedGroup } from './observed-group.js'

test('failures in a row eject a target, and it comes back when its time is over', (t) => {
  const group = new ObservedGroup(2)
  group.requestsFail(0, 4)
  t.equal(group.states, 'unknown unknown')
  group.requestsFail(0, 1)
  t.equal(group.states, 'ejected unknown')
  t.equal(group.serving, '1')
  group.clock.advance(9_999)
  t.equal(group.states, 'ejected unknown')
  group.clock.advance(1)
  t.equal(group.states, 'unknown unknown')
  t.same(
    group.transitions.map(({ reason }) => reason),
    ['5 requests failed: CONNECT_REFUSED', 'ejection of 10 s is over'],
  )
  t.end()
})

test('a request that succeeded in between begins the count of failures anew', (t) => {
  const group = new ObservedGroup(2)
  group.requestsFail(0, 4)
  group.requestsFail(0, 4, true)
  t.equal(group.states, 'unknown unknown')
  group.requestsFail(0, 1)
  t.equal(group.states, 'ejected unknown')
  t.end()
})

test('late news of a target that is out is not held against it when it is back', (t) => {
  const group = new ObservedGroup(2)
  group.requestsFail(0, 5)
  group.requestsFail(0, 4)
  group.clock.advance(10_000)
  group.requestsFail(0, 4)
  t.equal(group.states, 'unknown unknown')
  t.end()
})

test('failures before a fall are not held against a target that has risen', (t) => {
  const group = new ObservedGroup(2)
  group.requestsFail(0, 4)
  group.fail(0)
  group.pass(0, 2)
  group.requestsFail(0, 1)
  t.equal(group.states, 'healthy unknown')
  t.end()
})

test('the second ejection lasts twice as long', (t) => {
  const group = new ObservedGroup(2)
  group.requestsFail(0, 5)
  group.clock.advance(10_000)
  group.requestsFail(0, 5)
  group.clock.advance(19_999)
  t.equal(group.states, 'ejected unknown')
  group.clock.advance(1)
  t.equal(group.states, 'unknown unknown')
  t.end()
})

test('zero failures switch ejection off', (t) => {
  const group = new ObservedGroup(2, { outlierFailures: 0 })
  group.requestsFail(0, 100)
  t.equal(group.states, 'unknown unknown')
  t.end()
})

for (const [size, most] of [
  [1, 0],
  [2, 1],
  [3, 1],
  [4, 2],
  [5, 2],
] as const) {
  test(`of ${size} targets at most ${most} are ejected`, (t) => {
    const group = new ObservedGroup(size)
    for (let number = 0; number < size; number++) group.requestsFail(number, 5)
    t.equal(group.states.split('ejected').length - 1, most)
    t.end()
  })
}

test('a target that could not be spared is ejected with its next failure when it can be', (t) => {
  const group = new ObservedGroup(2)
  group.requestsFail(0, 5)
  group.requestsFail(1, 5)
  t.equal(group.states, 'ejected unknown')
  group.clock.advance(10_000)
  t.equal(group.states, 'unknown unknown')
  group.requestsFail(1, 1)
  t.equal(group.states, 'unknown ejected')
  t.end()
})

test('the last target that serves is not ejected, however large the group', (t) => {
  const group = new ObservedGroup(4)
  group.fail(0)
  group.operate(1, 'disabled')
  group.operate(2, 'draining')
  group.requestsFail(3, 5)
  t.equal(group.states, 'unhealthy disabled draining unknown')
  t.notOk(
    group.transitions.some(({ to }) => to === 'ejected'),
    'not even for a moment',
  )
  t.end()
})

test('the ejected come back at once when no other target is open', (t) => {
  const group = new ObservedGroup(4)
  group.requestsFail(0, 5)
  group.requestsFail(1, 5)
  group.fail(2)
  t.equal(group.states, 'ejected ejected unhealthy unknown')
  group.fail(3)
  t.equal(group.states, 'unknown unknown unhealthy unhealthy')
  t.equal(group.transitions.at(-1)?.reason, 'too few other targets are left')
  t.equal(group.clock.timers, 0, 'nothing waits for the end of an ejection that is over')
  t.end()
})

test('the longest ejected come back when the group shrinks', (t) => {
  const group = new ObservedGroup(6)
  for (const number of [2, 0, 1]) {
    group.requestsFail(number, 5)
    group.clock.advance(10)
  }
  group.shrinkTo(4)
  t.equal(group.states, 'ejected ejected unknown unknown')
  t.end()
})

test('checks that find a target healthy again end its ejection', (t) => {
  const group = new ObservedGroup(4)
  group.requestsFail(0, 5)
  group.fail(0)
  group.pass(0, 2)
  t.equal(group.states, 'healthy unknown unknown unknown')
  t.equal(group.clock.timers, 0)
  t.end()
})

test('an ejection that an operator hid counts again when the target is enabled', (t) => {
  const group = new ObservedGroup(4)
  for (const number of [0, 1]) {
    group.requestsFail(number, 5)
    group.clock.advance(10)
  }
  group.operate(0, 'disabled')
  group.requestsFail(2, 5)
  t.equal(group.states, 'disabled ejected ejected unknown')
  group.operate(0, 'enabled')
  t.equal(
    group.states,
    'unknown ejected ejected unknown',
    'the oldest ends, for more than half were out',
  )
  t.end()
})

test('an unknown target that was ejected starts slowly too', (t) => {
  const group = new ObservedGroup(2, { slowStartMs: 5_000 })
  group.requestsFail(0, 5)
  group.clock.advance(10_000)
  t.same(group.group.snapshot().standings, {
    [group.id(0)]: { state: 'unknown', serves: true, backForMs: 0 },
  })
  t.end()
})

test('whatever happens, ejection spares half of a group and never empties it', (t) => {
  const random = seeded(7)
  const upTo = (limit: number): number => Math.floor(random.next() * limit)
  const group = new ObservedGroup(5)
  let size = 5
  const acts: ((number: number) => void)[] = [
    (number) => group.pass(number, 2),
    (number) => group.fail(number, 3),
    (number) => group.requestsFail(number, 5),
    (number) => group.requestsFail(number, 5),
    (number) => group.operate(number, 'draining'),
    (number) => group.operate(number, 'disabled'),
    (number) => group.operate(number, 'enabled'),
    (number) => group.clock.advance(number * 1000),
    () => group.shrinkTo((size = 1 + upTo(8))),
  ]
  let ejections = 0
  for (let step = 0; step < 20_000; step++) {
    acts[upTo(acts.length)]?.(upTo(size))
    const states = group.group.status().map(({ state }) => state)
    const has = (state: TargetState): number => states.filter((other) => other === state).length
    const open = has('unknown') + has('healthy')
    const ejected = has('ejected')
    ejections = Math.max(ejections, ejected)
    if (ejected > Math.floor(size / 2) || (ejected > 0 && open === 0)) t.fail(states.join(' '))
  }
  t.ok(ejections >= 3, 'the walk meets groups with several ejected')
  t.end()
})
