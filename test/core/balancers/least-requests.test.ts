import { test } from 'tap'
import { LeastRequests } from '../../../src/core/balancers/least-requests.js'
import { countFirsts, drain } from '../../support/balancer-conformance.js'
import { seeded } from '../../support/clock.js'
import { candidatesWeighing, factsOf, manyCandidates } from '../../support/groups.js'

const FACTS = factsOf({})

test('idle targets take turns', (t) => {
  t.same(countFirsts(new LeastRequests(), manyCandidates(3), 9), [3, 3, 3])
  t.end()
})

test('targets that are equally loaded take turns beside one that is more so', (t) => {
  const candidates = manyCandidates(3)
  candidates.forEach((each, i) => (each.inFlight = i === 0 ? 5 : 2))
  t.same(countFirsts(new LeastRequests(), candidates, 10), [0, 5, 5])
  t.end()
})

test('the least loaded of a group of 32 always gets the request', (t) => {
  const random = seeded(4)
  const balancer = new LeastRequests()
  const candidates = manyCandidates(32)
  for (let i = 0; i < 500; i++) {
    for (const each of candidates) each.inFlight = 1 + Math.floor(random.next() * 50)
    const least = Math.min(...candidates.map(({ inFlight }) => inFlight))
    const loads = drain(balancer.order(candidates, FACTS)).map(({ inFlight }) => inFlight)
    if (loads[0] !== least) t.fail(`${loads[0]} instead of ${least}`)
    if (loads.some((load, at) => load < (loads[at - 1] ?? 0))) t.fail(`order ${i} is not by load`)
  }
  t.end()
})

test('requests that stay are spread by weight', (t) => {
  const candidates = candidatesWeighing(5, 3, 2)
  const balancer = new LeastRequests()
  for (let i = 0; i < 100; i++) {
    const first = balancer.order(candidates, FACTS).next()
    if (first) first.inFlight++
  }
  t.same(
    candidates.map(({ inFlight }) => inFlight),
    [50, 30, 20],
  )
  t.end()
})

test('an idle target comes before a busy one that weighs more', (t) => {
  const candidates = candidatesWeighing(100, 1)
  for (const each of candidates.slice(0, 1)) each.inFlight = 1
  t.same(countFirsts(new LeastRequests(), candidates, 4), [0, 4])
  t.end()
})

test('in a group of 1000, requests that come and go at random stay evenly spread', (t) => {
  const random = seeded(9)
  const candidates = manyCandidates(1000)
  const balancer = new LeastRequests()
  const underWay: (typeof candidates)[number][] = []
  let most = 0
  for (let i = 0; i < 100_000; i++) {
    const first = balancer.order(candidates, FACTS).next()
    if (!first) throw new Error('nobody serves')
    first.inFlight++
    most = Math.max(most, first.inFlight)
    underWay.push(first)
    if (underWay.length <= 5000) continue
    const at = Math.floor(random.next() * underWay.length)
    const ended = underWay[at]
    if (ended) ended.inFlight--
    underWay[at] = underWay.at(-1) ?? first
    underWay.pop()
  }
  // 5 on average; the better of two random choices gives 9 here, and one random choice 18.
  t.ok(most <= 7, `${most}`)
  t.end()
})
