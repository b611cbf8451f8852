import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Verdict } from '../outcome.js'
import type { Balancer, BalancerPorts, Order } from './balancer.js'
import { below, drawnAfter } from './drawn.js'
import { PickedOrder, type Successor } from './picked-order.js'

/** A failure counts as a response this slow at least: a target that fails fast must not seem a fast one. */
const FAILURE_MS = 1000

/** Above any cost that can be measured: a target of which nothing is known gets one request, and no other before it ends. */
const UNPROVEN = Number.MAX_SAFE_INTEGER

/**
 * The better of two candidates drawn at random, by response time times requests under way, per weight: Finagle's "power of two
 * choices" (Mitzenmacher 2001) over peak EWMA. Looking at two keeps a herd from following one good measurement. Each process
 * measures for itself.
 */
export class LeastResponseTime implements Balancer, Successor {
  private readonly ports: BalancerPorts

  constructor(ports: BalancerPorts) {
    this.ports = ports
  }

  order(candidates: readonly Candidate[], facts: Facts): Order {
    return new PickedOrder(this.draw(candidates), this, candidates, facts)
  }

  after(first: Candidate, candidates: readonly Candidate[]): Iterator<Candidate, undefined> {
    return drawnAfter(first, candidates, () => this.draw(candidates), this.ports.random)
  }

  observe({ latency }: Candidate, latencyMs: number, verdict: Verdict): void {
    const now = this.ports.clock.now()
    if (verdict === 'success') latency.observe(latencyMs, now)
    else if (verdict === 'failure') latency.observe(Math.max(latencyMs, FAILURE_MS), now)
    // A response that nobody waited for would have taken at least this long.
    else if (latencyMs > latency.value(now)) latency.observe(latencyMs, now)
  }

  private draw(candidates: readonly Candidate[]): Candidate | undefined {
    const { clock, random } = this.ports
    const one = below(candidates.length, random)
    const another = (one + 1 + below(candidates.length - 1, random)) % candidates.length
    const [a, b] = [candidates[one], candidates[another]]
    if (!a || !b) return candidates[0]
    const now = clock.now()
    return cost(a, now) <= cost(b, now) ? a : b
  }
}

function cost({ latency, inFlight, target }: Candidate, now: number): number {
  const responseMs = latency.value(now)
  if (responseMs === 0 && inFlight > 0) return UNPROVEN + inFlight
  return (responseMs * (inFlight + 1)) / target.weight
}
