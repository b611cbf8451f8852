import { test } from 'tap'
import { ManualClock } from '../support/clock.js'
import { groupSettings, manyTargets, targetNamed } from '../support/groups.js'
import { ObservedGroup } from './observed-group.js'

test('targets serve before anything is known of them, and nothing is told', (t) => {
  const group = new ObservedGroup(3)
  t.equal(group.states, 'unknown unknown unknown')
  t.equal(group.serving, '0 1 2')
  t.same(group.group.snapshot().standings, {})
  t.same(group.transitions, [])
  t.end()
})

test('a target that falls stops serving, and serves again when it has risen', (t) => {
  const group = new ObservedGroup(2)
  group.pass(0)
  group.clock.advance(1000)
  group.fail(0, 3)
  t.equal(group.serving, '1')
  group.clock.advance(500)
  group.pass(0, 2)
  t.equal(group.serving, '0 1')
  const [target] = manyTargets(1)
  const atMs = new ManualClock().wallTimeMs()
  t.same(group.transitions, [
    { group: 'web', target, from: 'unknown', to: 'healthy', reason: 'first check passed', atMs },
    {
      group: 'web',
      target,
      from: 'healthy',
      to: 'unhealthy',
      reason: '3 checks failed: status 500',
      atMs: atMs + 1000,
    },
    {
      group: 'web',
      target,
      from: 'unhealthy',
      to: 'healthy',
      reason: '2 checks passed',
      atMs: atMs + 1500,
    },
  ])
  t.end()
})

test('status says why a target is down and since when', (t) => {
  const group = new ObservedGroup(2)
  group.clock.advance(700)
  group.fail(1)
  group.clock.advance(700)
  const [first, second] = group.group.status()
  const started = new ManualClock().wallTimeMs()
  t.match(first, { state: 'unknown', serves: true, sinceMs: started, reason: '' })
  t.match(second, {
    target: { host: 't1' },
    state: 'unhealthy',
    serves: false,
    sinceMs: started + 700,
    reason: 'first check failed: status 500',
  })
  t.end()
})

test('an operator drains, disables and enables', (t) => {
  const group = new ObservedGroup(3)
  group.operate(0, 'draining')
  group.operate(1, 'disabled')
  t.equal(group.states, 'draining disabled unknown')
  t.equal(group.serving, '2')
  group.operate(0, 'enabled')
  group.operate(1, 'enabled')
  t.equal(group.states, 'unknown unknown unknown')
  t.equal(group.transitions.length, 4)
  t.equal(group.group.operate(group.id(0), 'enabled'), true)
  t.equal(group.group.operate('http://nobody:80', 'disabled'), false)
  t.equal(group.transitions.length, 4, 'what changes nothing is not told')
  t.end()
})

test('with ALL_DOWN none nobody serves when no target is healthy', (t) => {
  const group = new ObservedGroup(2)
  group.fail(0)
  group.fail(1)
  t.equal(group.serving, '')
  t.end()
})

test('with ALL_DOWN all every target serves that no operator took out', (t) => {
  const group = new ObservedGroup(4, { allDown: 'all' })
  group.operate(0, 'disabled')
  group.operate(3, 'draining')
  group.fail(1)
  t.equal(group.serving, '2')
  group.fail(2)
  t.equal(group.serving, '1 2')
  t.same(
    group.group.status().map(({ serves }) => serves),
    [false, true, true, false],
  )
  group.pass(2, 2)
  t.equal(group.serving, '2')
  t.end()
})

test('with ALL_DOWN last the one that was healthy last goes on serving', (t) => {
  const group = new ObservedGroup(3, { allDown: 'last' })
  for (const number of [0, 1]) group.pass(number)
  group.clock.advance(10)
  group.fail(1, 3)
  group.clock.advance(10)
  group.fail(0, 3)
  group.clock.advance(10)
  t.equal(group.serving, '2', 'one that is unknown serves')
  group.fail(2)
  t.equal(group.serving, '0', 'one that was never healthy does not count')
  group.operate(0, 'disabled')
  t.equal(group.serving, '1')
  t.end()
})

test('with ALL_DOWN last nobody serves when no target was ever healthy', (t) => {
  const group = new ObservedGroup(2, { allDown: 'last' })
  group.fail(0)
  group.fail(1)
  t.equal(group.serving, '')
  t.end()
})

test('without failback the one that took over stays first while it is open', (t) => {
  const group = new ObservedGroup(3, { algorithm: 'ROUND_ROBIN', failback: false })
  t.equal(group.serving, '0 1 2')
  group.fail(0)
  t.equal(group.serving, '1 2')
  group.pass(0, 2)
  t.equal(group.serving, '1 0 2')
  group.fail(1)
  t.equal(group.serving, '0 2', 'the first of the list that is open takes over')
  group.fail(0, 3)
  group.fail(2)
  t.equal(group.serving, '')
  group.pass(2, 2)
  group.pass(1, 2)
  t.equal(group.serving, '2 1')
  t.end()
})

test('without failback one that leaves the list while all are down is not kept', (t) => {
  const group = new ObservedGroup(2, { failback: false })
  for (const number of [0, 1]) group.fail(number)
  group.shrinkTo(0)
  t.equal(group.serving, '')
  group.shrinkTo(2)
  t.equal(group.serving, '0 1')
  t.end()
})

test('with failback the first of the list takes over again', (t) => {
  const group = new ObservedGroup(2)
  group.fail(0)
  group.pass(0, 2)
  t.equal(group.serving, '0 1')
  t.end()
})

test('the snapshot tells for how long a target has been back during its slow start', (t) => {
  const group = new ObservedGroup(2, { slowStartMs: 5_000 })
  const backFor = () => group.group.snapshot().standings?.[group.id(0)]?.backForMs
  group.pass(0)
  t.equal(backFor(), undefined, 'not when the process starts')
  group.fail(0, 3)
  t.equal(backFor(), undefined)
  group.pass(0, 2)
  t.equal(backFor(), 0)
  group.clock.advance(4_000)
  t.equal(backFor(), 4_000)
  group.clock.advance(1_000)
  t.equal(backFor(), undefined)
  t.end()
})

test('a new list keeps what is known of those that stay and takes their new weights', (t) => {
  const group = new ObservedGroup(3)
  group.fail(1)
  group.requestsFail(2, 5)
  group.group.update(groupSettings(), [targetNamed('t9'), targetNamed('t1', 7)])
  t.equal(group.states, 'unknown unhealthy')
  t.equal(group.group.status()[1]?.target.weight, 7)
  t.equal(group.clock.timers, 0, 'the ejection of one that left is forgotten')
  group.fail(0)
  group.requestsFail(0, 5)
  t.equal(group.states, 'unknown unhealthy', 'results for one that left are ignored')
  t.end()
})

test('new settings hold for the targets that are there', (t) => {
  const group = new ObservedGroup(2)
  for (const number of [0, 1]) group.pass(number)
  group.group.update(groupSettings({ fall: 1, allDown: 'all' }), manyTargets(2))
  for (const number of [0, 1]) group.fail(number)
  t.equal(group.serving, '0 1')
  t.equal(group.group.snapshot().settings.allDown, 'all')
  t.end()
})

test('closing leaves no timer behind', (t) => {
  const group = new ObservedGroup(4)
  group.requestsFail(0, 5)
  group.requestsFail(1, 5)
  t.equal(group.clock.timers, 2)
  group.group.close()
  t.equal(group.clock.timers, 0)
  t.end()
})
