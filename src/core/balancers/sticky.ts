import { createHmac } from 'node:crypto'
import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Balancer, BalancerSettings, Cookie, Order } from './balancer.js'

/** Characters of a cookie's value, of 6 bits each: enough that no two targets ever share one. */
const VALUE_LENGTH = 16

const NOBODY: readonly Candidate[] = []

/** Who places the clients that are not stuck to a target. */
export interface Placement {
  /** Places clients that can be given a cookie, and have none that counts. */
  readonly newcomers: Balancer
  /** Places clients that can be given none: the same address in the same place. */
  readonly byAddress: Balancer
}

/**
 * Brings a client back to the candidate it was sent to before, by a cookie, or by its address where there are no cookies. It
 * stays as long as that one serves or is leaving; then it is placed anew, and is to be given the new cookie.
 *
 * The value stands for the target without naming it. Keyed with a secret, nobody can find out which by trying addresses.
 */
export class Sticky implements Balancer {
  private readonly settings: BalancerSettings
  private readonly placement: Placement
  private readonly cookieName: string
  private candidates = NOBODY
  private leaving = NOBODY
  private byValue: ReadonlyMap<string, Candidate> = new Map<string, Candidate>()
  private values: ReadonlyMap<string, string> = new Map<string, string>()

  constructor(settings: BalancerSettings, placement: Placement) {
    this.settings = settings
    this.placement = placement
    this.cookieName = `pointsman_${settings.name}`
  }

  order(candidates: readonly Candidate[], facts: Facts, leaving = NOBODY): Order {
    if (facts.takesCookies === false) return this.placement.byAddress.order(candidates, facts)
    if (candidates !== this.candidates || leaving !== this.leaving)
      this.prepare(candidates, leaving)
    const stuckTo = this.byValue.get(facts.cookie(this.cookieName) ?? '')
    return new StickyOrder(this, stuckTo, () => this.placement.newcomers.order(candidates, facts))
  }

  /** The cookie that brings a client back to `candidate`. */
  cookieFor({ target: { id } }: Candidate): Cookie {
    return { name: this.cookieName, value: this.values.get(id) ?? this.valueOf(id) }
  }

  private prepare(candidates: readonly Candidate[], leaving: readonly Candidate[]): void {
    const byValue = new Map<string, Candidate>()
    const values = new Map<string, string>()
    for (const candidate of [...candidates, ...leaving]) {
      const { value } = this.cookieFor(candidate)
      byValue.set(value, candidate)
      values.set(candidate.target.id, value)
    }
    this.candidates = candidates
    this.leaving = leaving
    this.byValue = byValue
    this.values = values
  }

  private valueOf(id: string): string {
    const { name, stickySecret = '' } = this.settings
    const hmac = createHmac('sha256', stickySecret).update(`${name} ${id}`)
    return hmac.digest('base64url').slice(0, VALUE_LENGTH)
  }
}

class StickyOrder implements Order {
  private readonly sticky: Sticky
  private readonly stuckTo: Candidate | undefined
  private readonly place: () => Order
  private isFirstGiven = false
  private placed: Order | undefined

  /** @param place orders all candidates as for a client that is not stuck to any */
  constructor(sticky: Sticky, stuckTo: Candidate | undefined, place: () => Order) {
    this.sticky = sticky
    this.stuckTo = stuckTo
    this.place = place
  }

  next(): Candidate | undefined {
    if (this.stuckTo && !this.isFirstGiven) {
      this.isFirstGiven = true
      return this.stuckTo
    }
    this.placed ??= this.place()
    const next = this.placed.next()
    return next && next === this.stuckTo ? this.placed.next() : next
  }

  cookieFor(candidate: Candidate): Cookie | undefined {
    return candidate === this.stuckTo ? undefined : this.sticky.cookieFor(candidate)
  }
}
