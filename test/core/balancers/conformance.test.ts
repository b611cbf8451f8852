import { ALGORITHMS, createBalancer } from '../../../src/core/balancers/registry.js'
import { balancerConformance } from '../../support/balancer-conformance.js'
import { ManualClock, seeded } from '../../support/clock.js'

for (const algorithm of ALGORITHMS) {
  const ports = { clock: new ManualClock(), random: seeded(1) }
  balancerConformance(algorithm, () => createBalancer(algorithm, { name: 'web' }, ports))
  balancerConformance(`${algorithm} with slow start`, () =>
    createBalancer(algorithm, { name: 'web', slowStartMs: 5000 }, ports),
  )
}
