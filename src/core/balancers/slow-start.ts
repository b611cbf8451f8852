import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Verdict } from '../outcome.js'
import type { Balancer, BalancerPorts, Order } from './balancer.js'

/** What a candidate takes of its share at the moment it is back. */
const FIRST_SHARE = 0.01

/**
 * Lets candidates that are back take up their share slowly, whatever the balancer: one that would be first passes its turn on,
 * the more often the shorter it has been back. In that way no balancer has to know of weights that change with time.
 */
export class SlowStart implements Balancer {
  private readonly balancer: Balancer
  private readonly durationMs: number
  private readonly ports: BalancerPorts

  constructor(balancer: Balancer, durationMs: number, ports: BalancerPorts) {
    this.balancer = balancer
    this.durationMs = durationMs
    this.ports = ports
  }

  order(candidates: readonly Candidate[], facts: Facts): Order {
    return new SlowStartOrder(this.balancer.order(candidates, facts), this)
  }

  observe(candidate: Candidate, latencyMs: number, verdict: Verdict): void {
    this.balancer.observe?.(candidate, latencyMs, verdict)
  }

  /** Whether a candidate takes its turn this time. */
  takesTurn({ backAt }: Candidate): boolean {
    if (backAt === undefined) return true
    const { clock, random } = this.ports
    const share = (clock.now() - backAt) / this.durationMs
    return random.next() < Math.max(FIRST_SHARE, share)
  }
}

class SlowStartOrder implements Order {
  private readonly order: Order
  private readonly slowStart: SlowStart
  private isFirstGiven = false
  /** Those that did not take their turn; they come last. */
  private passed: Candidate[] | undefined

  constructor(order: Order, slowStart: SlowStart) {
    this.order = order
    this.slowStart = slowStart
  }

  next(): Candidate | undefined {
    if (this.isFirstGiven) return this.order.next() ?? this.passed?.shift()
    this.isFirstGiven = true
    for (let next = this.order.next(); next; next = this.order.next()) {
      if (this.slowStart.takesTurn(next)) return next
      this.passed ??= []
      this.passed.push(next)
    }
    return this.passed?.shift()
  }
}
