import { ALGORITHMS, createBalancer } from '../../../src/core/balancers/registry.js'
import { balancerConformance } from '../../support/balancer-conformance.js'
import { groupSettings } from '../../support/groups.js'
import { ManualClock, seeded } from '../../support/clock.js'

for (const algorithm of ALGORITHMS) {
  const ports = { clock: new ManualClock(), random: seeded(1) }
  balancerConformance(algorithm, () => createBalancer(algorithm, groupSettings(), ports))
  balancerConformance(`${algorithm} with slow start`, () =>
    createBalancer(algorithm, groupSettings({ slowStartMs: 5000 }), ports),
  )
}
