import { test } from 'tap'
import { RandomChoice } from '../../../src/core/balancers/random.js'
import { countFirsts, drain } from '../../support/balancer-conformance.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { candidatesWeighing, factsOf } from '../../support/groups.js'

function balancer(seed: number): RandomChoice {
  return new RandomChoice({ clock: new ManualClock(), random: seeded(seed) })
}

test('random picks are as frequent as their weight', (t) => {
  const counts = countFirsts(balancer(1), candidatesWeighing(5, 3, 2), 100_000)
  // Five standard deviations of a binomial distribution are less than 0.8 % of 100 000.
  const [heavy = 0, middle = 0, light = 0] = counts
  const errors = [heavy - 50_000, middle - 30_000, light - 20_000]
  t.ok(
    errors.every((error) => Math.abs(error) < 800),
    errors.join(' '),
  )
  t.end()
})

test('the second choice is as random as the first', (t) => {
  const candidates = candidatesWeighing(1, 3, 1)
  const random = balancer(2)
  const seconds = [0, 0, 0]
  for (let i = 0; i < 30_000; i++) {
    const [first, second] = drain(random.order(candidates, factsOf({})))
    if (!second || first !== candidates[0]) continue
    const at = candidates.indexOf(second)
    seconds[at] = (seconds[at] ?? 0) + 1
  }
  const [, heavy = 0, light = 0] = seconds
  t.ok(Math.abs(heavy / light - 3) < 0.3, seconds.join(' '))
  t.end()
})

test('a target beside one of a hundred times its weight is given all the same', (t) => {
  const candidates = candidatesWeighing(100, 1)
  const random = balancer(3)
  for (let i = 0; i < 200; i++)
    if (drain(random.order(candidates, factsOf({}))).length !== 2) t.fail(`order ${i}`)
  t.end()
})
