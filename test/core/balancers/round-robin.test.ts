import { test } from 'tap'
import { RoundRobin } from '../../../src/core/balancers/round-robin.js'
import { Sequential } from '../../../src/core/balancers/sequential.js'
import { countFirsts, drain } from '../../support/balancer-conformance.js'
import { factsOf, candidatesWeighing, manyCandidates } from '../../support/groups.js'

const FACTS = factsOf({})

test('round robin gives each target its turn, whatever it weighs', (t) => {
  const candidates = candidatesWeighing(1, 50, 100)
  const balancer = new RoundRobin()
  const firsts = [0, 1, 2, 3, 4, 5].map(() => balancer.order(candidates, FACTS).next())
  t.same(firsts, [...candidates, ...candidates])
  t.end()
})

test('round robin spreads the retries of one target over all others', (t) => {
  const candidates = manyCandidates(4)
  const balancer = new RoundRobin()
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 1200; i++) {
    const order = balancer.order(candidates, FACTS)
    if (order.next() !== candidates[0]) continue
    const second = order.next()
    const at = second ? candidates.indexOf(second) : 0
    counts[at] = (counts[at] ?? 0) + 1
  }
  t.same(counts, [0, 100, 100, 100])
  t.end()
})

test('round robin goes on where it was when the group changes', (t) => {
  const candidates = manyCandidates(5)
  const balancer = new RoundRobin()
  for (let i = 0; i < 3; i++) balancer.order(candidates, FACTS)
  const fewer = candidates.slice(0, 4)
  t.equal(balancer.order(fewer, FACTS).next(), candidates[3])
  t.equal(balancer.order(fewer, FACTS).next(), candidates[0])
  t.end()
})

test('sequential gives the list as it is, every time', (t) => {
  const candidates = manyCandidates(4)
  const balancer = new Sequential()
  t.same(countFirsts(balancer, candidates, 10), [10, 0, 0, 0])
  t.same(drain(balancer.order(candidates, FACTS)), candidates)
  t.end()
})
