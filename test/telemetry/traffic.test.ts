import { test } from 'tap'
import { Tally } from '../../src/telemetry/tally.js'
import { Traffic, type TargetReport, type TrafficReport } from '../../src/telemetry/traffic.js'

const A = 'http://10.0.0.1:80'
const B = 'http://10.0.0.2:80'

function tallied(additions: readonly number[]): Tally {
  const tally = new Tally()
  tally.add(additions)
  return tally
}

function targetOf(report: TrafficReport | undefined, id: string): TargetReport | undefined {
  return report?.targets.find(({ target }) => target === id)
}

test('one attempt is counted where it was made, under way and when it is over', (t) => {
  const traffic = new Traffic()
  const there = traffic.ofTarget('web', A)
  there.began()
  t.match(traffic.take(), { rules: [], targets: [{ group: 'web', target: A, inFlight: 1 }] })
  t.equal(traffic.take(), undefined, 'still under way is no news')
  there.ended(0.5, 200, 10, 2000)
  const report = targetOf(traffic.take(), A)
  t.equal(report?.inFlight, 0)
  const tally = tallied(report?.additions ?? [])
  t.equal(tally.requests('2xx'), 1)
  t.equal(tally.seconds, 0.5)
  t.equal(tally.receivedBytes, 10)
  t.equal(tally.sentBytes, 2000)
  t.equal(traffic.take(), undefined)
  t.end()
})

test('an attempt that failed is counted with its error', (t) => {
  const traffic = new Traffic()
  const there = traffic.ofTarget('web', A)
  there.began()
  there.ended(0.1, 'CONNECT_REFUSED', 0, 0)
  const tally = tallied(targetOf(traffic.take(), A)?.additions ?? [])
  t.equal(tally.requests('failed'), 1)
  t.equal(tally.errors('CONNECT_REFUSED'), 1)
  t.end()
})

test('rules, groups and targets are told apart', (t) => {
  const traffic = new Traffic()
  traffic.ofRule(1, 'web').answered(200)
  traffic.ofRule(1, 'web').answered(200)
  traffic.ofRule(2, 'web').answered(200)
  traffic.ofRule(2, 'api').answered(404)
  traffic.ofRule(0, '').answered(404)
  for (const [group, id] of [
    ['web', A],
    ['web', B],
    ['api', A],
  ] as const)
    traffic.ofTarget(group, id).began()
  const report = traffic.take()
  t.same(
    report?.rules.map(({ rule, group, additions }) => [
      rule,
      group,
      tallied(additions).allRequests,
    ]),
    [
      [1, 'web', 2],
      [2, 'web', 1],
      [2, 'api', 1],
      [0, '', 1],
    ],
  )
  t.same(
    report?.targets.map(({ group, target }) => [group, target]),
    [
      ['web', A],
      ['web', B],
      ['api', A],
    ],
  )
  t.end()
})

test('a target that left is forgotten when it is done with and everything about it was told', (t) => {
  const traffic = new Traffic()
  const stays = traffic.ofTarget('web', A)
  const leaves = traffic.ofTarget('web', B)
  const keep = (_: string, id: string): boolean => id === A
  leaves.began()
  traffic.prune(keep)
  t.equal(traffic.ofTarget('web', B), leaves, 'an attempt is under way')
  leaves.ended(0.1, 200, 0, 0)
  traffic.prune(keep)
  t.equal(traffic.ofTarget('web', B), leaves, 'its end was not told')
  traffic.take()
  traffic.prune(keep)
  t.not(traffic.ofTarget('web', B), leaves)
  t.equal(traffic.ofTarget('web', A), stays)
  t.end()
})
