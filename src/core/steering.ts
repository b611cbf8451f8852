import type { Order } from './balancers/balancer.js'
import type { Facts } from './facts.js'
import type { Reach } from './instance.js'

/** The hosts of an application that one request may go to. */
export interface Steered {
  /** By preference. */
  readonly order: Order
  /** How many there are. */
  readonly size: number
  readonly reach: Reach
}

/**
 * Chooses, by the rules of an application, the hosts that a request may go to.
 * @param parameters what the request says, by name
 * @returns undefined when there is none that serves, or none that can be spoken to in HTTP
 */
export type Steer = (
  application: string,
  parameters: ReadonlyMap<string, string>,
  facts: Facts,
) => Steered | undefined
