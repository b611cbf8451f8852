import { test } from 'tap'
import { createBalancer, type Algorithm } from '../../../src/core/balancers/registry.js'
import { SlowStart } from '../../../src/core/balancers/slow-start.js'
import { Sequential } from '../../../src/core/balancers/sequential.js'
import type { Verdict } from '../../../src/core/outcome.js'
import { countFirsts, drain } from '../../support/balancer-conformance.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { factsOf, groupSettings, manyCandidates } from '../../support/groups.js'

const SLOW_START_MS = 10_000
const ORDERS = 40_000

/** How much of its share the first of five targets gets when it has been back for `ageMs`. */
function shareAt(algorithm: Algorithm, ageMs: number): number {
  const clock = new ManualClock()
  const settings = groupSettings({ slowStartMs: SLOW_START_MS })
  const balancer = createBalancer(algorithm, settings, { clock, random: seeded(3) })
  const candidates = manyCandidates(5)
  const factsAt = (order: number) => factsOf({ address: `client ${order}` })
  const [usual = 0] = countFirsts(balancer, candidates, ORDERS, factsAt)
  for (const candidate of candidates.slice(0, 1)) candidate.backAt = clock.now()
  clock.advance(ageMs)
  const [now = 0] = countFirsts(balancer, candidates, ORDERS, factsAt)
  return now / usual
}

const ALGORITHMS = [
  'ROUND_ROBIN',
  'WEIGHTED',
  'STICKY',
  'LRT',
  'LEAST_REQUESTS',
  'RANDOM',
  'CONSISTENT_HASH',
] as const

for (const algorithm of ALGORITHMS) {
  test(`${algorithm} lets a target that is back take up its share slowly`, (t) => {
    for (const [ageMs, share] of [
      [0, 0.01],
      [2_500, 0.25],
      [5_000, 0.5],
      [10_000, 1],
      [60_000, 1],
    ] as const) {
      const got = shareAt(algorithm, ageMs)
      t.ok(Math.abs(got - share) < 0.03, `${got} after ${ageMs} ms`)
    }
    t.end()
  })
}

test('when all targets are back at once they share as ever', (t) => {
  const clock = new ManualClock()
  const settings = groupSettings({ slowStartMs: SLOW_START_MS })
  const balancer = createBalancer('ROUND_ROBIN', settings, { clock, random: seeded(3) })
  const candidates = manyCandidates(4)
  for (const candidate of candidates) candidate.backAt = 0
  const counts = countFirsts(balancer, candidates, 4000)
  t.ok(
    counts.every((count) => Math.abs(count - 1000) < 150),
    counts.join(' '),
  )
  t.end()
})

test('those that passed their turn come last', (t) => {
  const candidates = manyCandidates(3)
  for (const candidate of candidates.slice(0, 2)) candidate.backAt = 0
  const ports = { clock: new ManualClock(), random: { next: () => 0.5 } }
  const slowStart = new SlowStart(new Sequential(), SLOW_START_MS, ports)
  const hosts = drain(slowStart.order(candidates, factsOf({}))).map(({ target }) => target.host)
  t.same(hosts, ['t2', 't0', 't1'])
  t.end()
})

test('sequential has no half targets', (t) => {
  const clock = new ManualClock()
  const settings = groupSettings({ slowStartMs: SLOW_START_MS })
  const balancer = createBalancer('SEQUENTIAL', settings, { clock, random: seeded(3) })
  const candidates = manyCandidates(2)
  for (const candidate of candidates.slice(0, 1)) candidate.backAt = 0
  t.same(countFirsts(balancer, candidates, 100), [100, 0])
  t.end()
})

test('what a balancer learns from goes through', (t) => {
  const learnt: [number, Verdict][] = []
  const [candidate] = manyCandidates(1)
  const ports = { clock: new ManualClock(), random: seeded(1) }
  const balancer = new Sequential()
  const learning = {
    order: balancer.order.bind(balancer),
    observe: (_: unknown, latencyMs: number, verdict: Verdict) => learnt.push([latencyMs, verdict]),
  }
  if (!candidate) throw new Error('one was asked for')
  new SlowStart(learning, SLOW_START_MS, ports).observe(candidate, 7, 'failure')
  new SlowStart(balancer, SLOW_START_MS, ports).observe(candidate, 7, 'failure')
  t.same(learnt, [[7, 'failure']])
  t.end()
})
