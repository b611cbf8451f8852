import { test } from 'tap'
import { LeastResponseTime } from '../../../src/core/balancers/least-response-time.js'
import type { Candidate } from '../../../src/core/candidate.js'
import { PeakEwma } from '../../../src/core/peak-ewma.js'
import { countFirsts } from '../../support/balancer-conformance.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { candidatesWeighing, factsOf, manyCandidates } from '../../support/groups.js'

const FACTS = factsOf({})

/** A group of targets that answer after so many milliseconds, under requests that come at random. */
class Simulation {
  readonly clock = new ManualClock()
  readonly balancer: LeastResponseTime
  readonly candidates: readonly Candidate[]
  responseMs: number[]
  private readonly random = seeded(21)

  constructor(...responseMs: number[]) {
    this.responseMs = responseMs
    this.candidates = manyCandidates(responseMs.length)
    this.balancer = new LeastResponseTime({ clock: this.clock, random: this.random })
  }

  /** Requests for so long; gives the share of each target. */
  run(seconds: number, perSecond = 200): number[] {
    const counts = this.candidates.map(() => 0)
    const end = this.clock.now() + seconds * 1000
    while (this.clock.now() < end) {
      this.clock.advance((-Math.log(1 - this.random.next()) * 1000) / perSecond)
      const first = this.balancer.order(this.candidates, FACTS).next()
      if (!first) throw new Error('nobody serves')
      const at = this.candidates.indexOf(first)
      counts[at] = (counts[at] ?? 0) + 1
      this.send(first, (this.responseMs[at] ?? 0) * (0.5 + this.random.next()))
    }
    const total = counts.reduce((sum, count) => sum + count, 0)
    return counts.map((count) => count / total)
  }

  private send(candidate: Candidate, latencyMs: number): void {
    candidate.inFlight++
    this.clock.after(latencyMs, () => {
      candidate.inFlight--
      this.balancer.observe(candidate, latencyMs, 'success')
    })
  }
}

test('a peak is taken over at once, and forgotten with time', (t) => {
  const ewma = new PeakEwma()
  t.equal(ewma.value(5), 0)
  ewma.observe(20, 10)
  t.equal(ewma.value(10), 20)
  ewma.observe(500, 11)
  t.equal(ewma.value(11), 500)
  ewma.observe(20, 11)
  t.equal(ewma.value(11), 500, 'what comes at the same time weighs nothing')
  t.ok(Math.abs(ewma.value(10_011) - 500 / Math.E) < 1e-9)
  ewma.observe(20, 10_011)
  t.ok(Math.abs(ewma.value(10_011) - (500 / Math.E + 20 * (1 - 1 / Math.E))) < 1e-9)
  t.end()
})

test('a target that is ten times slower gets less than 5 % of the requests', (t) => {
  const simulation = new Simulation(10, 10, 100)
  simulation.run(5)
  const [, , slow = 1] = simulation.run(60)
  t.ok(slow < 0.05, `${slow}`)
  t.end()
})

test('a target that was slow and has recovered gets its share back within a minute', (t) => {
  const simulation = new Simulation(10, 10, 10)
  const [, , before = 0] = simulation.run(60)
  t.ok(Math.abs(before - 1 / 3) < 0.1, `${before} while it is as fast as the others`)
  simulation.responseMs = [10, 10, 100]
  simulation.run(10)
  const [, , slow = 1] = simulation.run(60)
  t.ok(slow < 0.05, `${slow} while it is slow`)
  simulation.responseMs = [10, 10, 10]
  simulation.run(60)
  const [, , after = 0] = simulation.run(60)
  t.ok(Math.abs(after - 1 / 3) < 0.1, `${after} when it has recovered`)
  t.end()
})

test('equal targets share evenly', (t) => {
  const shares = new Simulation(10, 10, 10, 10).run(120)
  t.ok(
    shares.every((share) => Math.abs(share - 0.25) < 0.1),
    shares.join(' '),
  )
  t.end()
})

function balancerAt(clock = new ManualClock()): LeastResponseTime {
  return new LeastResponseTime({ clock, random: seeded(2) })
}

test('of two targets the one with less time times requests, per weight, is chosen', (t) => {
  const candidates = candidatesWeighing(1, 1)
  const [a, b] = candidates
  const balancer = balancerAt()
  if (!a || !b) throw new Error('two weights give two candidates')
  balancer.observe(a, 10, 'success')
  balancer.observe(b, 35, 'success')
  t.same(countFirsts(balancer, candidates, 10), [10, 0], '10 against 35')
  a.inFlight = 3
  t.same(countFirsts(balancer, candidates, 10), [0, 10], '40 against 35')
  a.target = { ...a.target, weight: 2 }
  t.same(countFirsts(balancer, candidates, 10), [10, 0], '20 against 35')
  t.end()
})

test('a target of which nothing is known gets one request, and no other before it ends', (t) => {
  const candidates = manyCandidates(2)
  const [known, fresh] = candidates
  const balancer = balancerAt()
  if (!known || !fresh) throw new Error('two were asked for')
  balancer.observe(known, 5000, 'success')
  t.same(countFirsts(balancer, candidates, 10), [0, 10])
  fresh.inFlight = 1
  t.same(countFirsts(balancer, candidates, 10), [10, 0])
  t.end()
})

test('a target that fails fast does not seem fast', (t) => {
  const candidates = manyCandidates(2)
  const [slow, failing] = candidates
  const balancer = balancerAt()
  if (!slow || !failing) throw new Error('two were asked for')
  balancer.observe(slow, 200, 'success')
  balancer.observe(failing, 1, 'failure')
  t.same(countFirsts(balancer, candidates, 10), [10, 0])
  t.end()
})

test('a response that the client did not wait for can only raise the mean', (t) => {
  const clock = new ManualClock()
  const balancer = balancerAt(clock)
  const [candidate] = manyCandidates(1)
  if (!candidate) throw new Error('one was asked for')
  balancer.observe(candidate, 300, 'success')
  clock.advance(1000)
  const before = candidate.latency.value(clock.now())
  balancer.observe(candidate, 5, 'neither')
  t.equal(candidate.latency.value(clock.now()), before)
  balancer.observe(candidate, 900, 'neither')
  t.equal(candidate.latency.value(clock.now()), 900)
  t.end()
})
