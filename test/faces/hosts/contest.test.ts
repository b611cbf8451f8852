import { test } from 'tap'
import { Contest } from '../../../src/faces/hosts/contest.js'
import { ManualClock } from '../../support/clock.js'

test('A few repairs are made at once, further ones later and later, up to a minute', (t) => {
  const clock = new ManualClock()
  const contest = new Contest(clock)
  const waits: number[] = []
  for (let repair = 0; repair < 14; repair++) {
    waits.push(contest.waitMs)
    clock.advance(contest.waitMs)
    contest.repaired()
  }
  t.same(
    waits,
    [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000),
  )
  t.ok(contest.isOn)
  clock.advance(1000)
  t.equal(contest.waitMs, 59_000)
  t.end()
})

test('After five minutes of peace a repair is made at once again', (t) => {
  const clock = new ManualClock()
  const contest = new Contest(clock)
  for (let repair = 0; repair < 8; repair++) contest.repaired()
  t.ok(contest.isOn)
  clock.advance(300_000)
  t.notOk(contest.isOn)
  t.equal(contest.waitMs, 0)
  contest.repaired()
  t.equal(contest.waitMs, 0)
  t.end()
})

test('Repairs far apart are no contest', (t) => {
  const clock = new ManualClock()
  const contest = new Contest(clock)
  for (let repair = 0; repair < 20; repair++) {
    contest.repaired()
    t.notOk(contest.isOn)
    clock.advance(300_000)
  }
  t.end()
})
