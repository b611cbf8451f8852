import { test } from 'tap'
import { RetryBudget } from '../../src/core/retry-budget.js'
import { ManualClock, seeded } from '../support/clock.js'

const LEAST = 25

function requests(budget: RetryBudget, count: number): void {
  for (let i = 0; i < count; i++) budget.deposit()
}

/** How many retries are granted now. */
function granted(budget: RetryBudget): number {
  let count = 0
  while (budget.withdraw()) count++
  return count
}

test('a quiet service can retry a few times', (t) => {
  const budget = new RetryBudget(new ManualClock())
  t.equal(granted(budget), LEAST)
  requests(budget, 50)
  t.equal(granted(budget), 0, 'a fifth of fifty is no more')
  t.end()
})

test('a fifth of the requests may be tried again', (t) => {
  const budget = new RetryBudget(new ManualClock())
  requests(budget, 1004)
  t.equal(granted(budget), 200)
  requests(budget, 1)
  t.equal(granted(budget), 1)
  t.end()
})

test('what was more than ten seconds ago does not count', (t) => {
  const clock = new ManualClock()
  const budget = new RetryBudget(clock)
  requests(budget, 500)
  t.equal(granted(budget), 100)
  clock.advance(5_000)
  requests(budget, 200)
  t.equal(granted(budget), 40)
  clock.advance(4_999)
  t.equal(granted(budget), 0)
  clock.advance(1)
  t.equal(granted(budget), 0, 'forty of the last two hundred are spent')
  clock.advance(5_000)
  t.equal(granted(budget), LEAST)
  clock.advance(3_600_000)
  t.equal(granted(budget), LEAST)
  t.end()
})

test('in whatever way requests come, none is tried again beyond the budget', (t) => {
  const random = seeded(6)
  const clock = new ManualClock()
  const budget = new RetryBudget(clock)
  const requestTimes: number[] = []
  const retryTimes: number[] = []
  for (let step = 0; step < 5000; step++) {
    clock.advance(random.next() < 0.01 ? 3000 * random.next() : 20 * random.next())
    budget.deposit()
    requestTimes.push(clock.now())
    if (random.next() < 0.3 || !budget.withdraw()) continue
    retryTimes.push(clock.now())
    // The window slides by whole seconds.
    const begin = Math.floor(clock.now() / 1000) * 1000 - 9000
    const retries = retryTimes.filter((at) => at >= begin).length
    const most = Math.max(LEAST, 0.2 * requestTimes.filter((at) => at >= begin).length)
    if (retries > most) t.fail(`${retries} retries instead of ${most}`)
  }
  t.ok(retryTimes.length > 900, `${retryTimes.length} are granted`)
  t.end()
})
