import type { Balancer, BalancerPorts, BalancerSettings } from './balancer.js'
import { ConsistentHash } from './consistent-hash.js'
import { LeastRequests } from './least-requests.js'
import { LeastResponseTime } from './least-response-time.js'
import { RandomChoice } from './random.js'
import { RoundRobin } from './round-robin.js'
import { Sequential } from './sequential.js'
import { SlowStart } from './slow-start.js'
import { Sticky } from './sticky.js'
import { Weighted } from './weighted.js'

type Factory = (settings: BalancerSettings, ports: BalancerPorts) => Balancer

const weighted: Factory = (settings, ports) => slowly(new Weighted(), settings, ports)

const FACTORIES = {
  ROUND_ROBIN: (settings, ports) => slowly(new RoundRobin(), settings, ports),
  WEIGHTED: weighted,
  STICKY: (settings, ports) =>
    new Sticky(settings, {
      newcomers: weighted(settings, ports),
      byAddress: hashing({ ...settings, hashKey: 'client-ip' }, ports),
    }),
  LRT: (settings, ports) => slowly(new LeastResponseTime(ports), settings, ports),
  LEAST_REQUESTS: (settings, ports) => slowly(new LeastRequests(), settings, ports),
  RANDOM: (settings, ports) => slowly(new RandomChoice(ports), settings, ports),
  // Active or passive: half a target in between would be neither.
  SEQUENTIAL: () => new Sequential(),
  CONSISTENT_HASH: hashing,
} as const satisfies Record<string, Factory>

/** The name of an algorithm in the configuration. */
export type Algorithm = keyof typeof FACTORIES

/** Every algorithm there is, in the order the documentation lists them. */
export const ALGORITHMS = Object.keys(FACTORIES) as readonly Algorithm[]

/** A balancer of its own for one group. */
export function createBalancer(
  algorithm: Algorithm,
  settings: BalancerSettings,
  ports: BalancerPorts,
): Balancer {
  return FACTORIES[algorithm](settings, ports)
}

function hashing(settings: BalancerSettings, ports: BalancerPorts): Balancer {
  return slowly(new ConsistentHash(settings.hashKey, new Weighted()), settings, ports)
}

function slowly(balancer: Balancer, settings: BalancerSettings, ports: BalancerPorts): Balancer {
  const { slowStartMs } = settings
  return slowStartMs > 0 ? new SlowStart(balancer, slowStartMs, ports) : balancer
}
