import { test } from 'tap'
import { Weighted } from '../../../src/core/balancers/weighted.js'
import type { Candidate } from '../../../src/core/candidate.js'
import { countFirsts } from '../../support/balancer-conformance.js'
import { seeded } from '../../support/clock.js'
import { candidatesWeighing, factsOf } from '../../support/groups.js'

const FACTS = factsOf({})

test('10 000 requests at weights 5:3:2 are spread exactly', (t) => {
  t.same(countFirsts(new Weighted(), candidatesWeighing(5, 3, 2), 10_000), [5000, 3000, 2000])
  t.end()
})

test('requests to a heavy target do not come in a row', (t) => {
  const candidates = candidatesWeighing(5, 1, 1)
  const balancer = new Weighted()
  const hosts = Array.from({ length: 14 }, () => balancer.order(candidates, FACTS).next())
  t.equal(
    hosts
      .map((each) => each?.target.host)
      .join(' ')
      .replaceAll('t', ''),
    '0 1 0 0 0 2 0 0 1 0 0 0 2 0',
  )
  t.end()
})

test('whatever the weights, no target is ever two requests away from its due', (t) => {
  const random = seeded(11)
  let worst = 0
  for (let round = 0; round < 40; round++) {
    const size = 2 + Math.floor(random.next() * 30)
    const weights = Array.from({ length: size }, () => 1 + Math.floor(random.next() * 100))
    const candidates = candidatesWeighing(...weights)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const counts = new Map<Candidate | undefined, number>()
    const balancer = new Weighted()
    for (let picks = 1; picks <= 2 * total; picks++) {
      const first = balancer.order(candidates, FACTS).next()
      const count = (counts.get(first) ?? 0) + 1
      counts.set(first, count)
      for (const candidate of candidates) {
        const due = (picks * candidate.target.weight) / total
        worst = Math.max(worst, Math.abs((counts.get(candidate) ?? 0) - due))
      }
    }
  }
  t.ok(worst < 2, `${worst}`)
  t.end()
})

test('10 000 targets of all weights get their shares', (t) => {
  const candidates = candidatesWeighing(...Array.from({ length: 10_000 }, (_, i) => 1 + (i % 100)))
  const counts = countFirsts(new Weighted(), candidates, 505_000)
  t.same(
    counts,
    candidates.map(({ target }) => target.weight),
  )
  t.end()
})

test('the retries of a target go to the others by their weight', (t) => {
  const candidates = candidatesWeighing(5, 3, 2)
  const balancer = new Weighted()
  const counts = [0, 0, 0]
  for (let i = 0; i < 2000; i++) {
    const order = balancer.order(candidates, FACTS)
    if (order.next() !== candidates[0]) continue
    const second = order.next()
    const at = second ? candidates.indexOf(second) : 0
    counts[at] = (counts[at] ?? 0) + 1
  }
  t.same(counts, [0, 600, 400])
  t.end()
})

test('a group that keeps changing does not favour the head of its list', (t) => {
  const candidates = candidatesWeighing(...Array.from({ length: 10 }, () => 1))
  const balancer = new Weighted()
  const counts = new Map<Candidate | undefined, number>()
  for (let i = 0; i < 1000; i++) {
    const first = balancer.order([...candidates], FACTS).next()
    counts.set(first, (counts.get(first) ?? 0) + 1)
  }
  t.same(
    [...counts.values()],
    candidates.map(() => 100),
  )
  t.end()
})
