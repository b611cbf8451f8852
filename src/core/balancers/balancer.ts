import type { Candidate } from '../candidate.js'
import type { Facts } from '../facts.js'
import type { Verdict } from '../outcome.js'
import type { Clock, Random } from '../ports.js'

/** What CONSISTENT_HASH takes as the key of a request. */
export type HashKey = 'client-ip' | 'path' | `header:${string}` | `cookie:${string}`

/** What the configuration of a group says to its balancer. */
export interface BalancerSettings {
  /** The group's name. */
  readonly name: string
  readonly hashKey: HashKey
  /** How long a target that comes back takes to reach its weight; 0 = none. */
  readonly slowStartMs: number
  /** Keys the values of STICKY's cookies, so that nobody can tell from them, or guess, which target they stand for. */
  readonly stickySecret?: string
}

/** A cookie that a balancer wants the client to have. */
export interface Cookie {
  readonly name: string
  readonly value: string
}

/** Candidates by preference, computed as they are asked for; each comes at most once. */
export interface Order {
  /** The best candidate not yet given; undefined when there is no other. */
  next(): Candidate | undefined
  /** What brings the client back to `candidate`; undefined when it has that already. Absent when nothing would. */
  cookieFor?(candidate: Candidate): Cookie | undefined
}

/**
 * Puts candidates in order of preference. Asked once per request and per DNS answer: no I/O, no waiting, and nothing that
 * grows with the number of candidates before the first of them is given, except for the first order of a new array.
 */
export interface Balancer {
  /**
   * @param candidates those that take new clients; the same array until they or their weights change
   * @param leaving those that only keep the clients they have; likewise
   * @returns an order that ends when every one of `candidates` was given
   */
  order(candidates: readonly Candidate[], facts: Facts, leaving?: readonly Candidate[]): Order
  /** Told of each attempt that ended, by those that learn from it. */
  observe?(candidate: Candidate, latencyMs: number, verdict: Verdict): void
}

/** What balancers need from outside. */
export interface BalancerPorts {
  readonly clock: Clock
  readonly random: Random
}
