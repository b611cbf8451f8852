import type { Balancer } from './balancer.js'
import { RoundRobin } from './round-robin.js'

const FACTORIES = {
  ROUND_ROBIN: () => new RoundRobin(),
} as const satisfies Record<string, () => Balancer>

/** The name of an algorithm in the configuration. */
export type Algorithm = keyof typeof FACTORIES

/** Every algorithm there is, in the order the documentation lists them. */
export const ALGORITHMS = Object.keys(FACTORIES) as readonly Algorithm[]

/** A balancer of its own for one group. */
export function createBalancer(algorithm: Algorithm): Balancer {
  return FACTORIES[algorithm]()
}
