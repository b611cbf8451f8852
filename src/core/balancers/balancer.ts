import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'

/** What CONSISTENT_HASH takes as the key of a request. */
export type HashKey = 'client-ip' | 'path' | `header:${string}` | `cookie:${string}`

/** What the configuration of a group says to its balancer. */
export interface BalancerSettings {
  /** The group's name. */
  readonly name: string
  readonly hashKey?: HashKey
  /** How long a target that comes back takes to reach its weight; 0 = none. */
  readonly slowStartMs?: number
  /** Keys the values of STICKY's cookies, so that nobody can tell from them, or guess, which target they stand for. */
  readonly stickySecret?: string
}

/** Candidates by preference, computed as they are asked for; each comes at most once. */
export interface Order {
  /** The best candidate not yet given; undefined when there is no other. */
  next(): Candidate | undefined
}

/**
 * Puts candidates in order of preference. Asked once per request and per DNS answer: no I/O, no waiting,
 * and nothing that grows with the number of candidates before the first of them is given.
 */
export interface Balancer {
  /**
   * @param candidates the usable targets of one group; the same array until the group changes
   * @returns an order that ends when every candidate was given
   */
  order(candidates: readonly Candidate[], facts: Facts): Order
}
