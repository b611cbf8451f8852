import type { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import type { GatewayConfig } from '../config/gateway.js'
import type { Clock } from '../core/ports.js'
import type { SourceReport } from '../sources/source.js'
import { StackDiscovery } from '../sources/zookeeper/stack-discovery.js'
import { BundleFolder } from '../store/bundle-folder.js'
import { LastKnownGood } from '../store/last-known-good.js'
import type { StoreReport } from '../store/model-store.js'
import { openStore } from '../store/registry.js'
import type { GatewaySources } from './gateway-plane.js'

/** What stores and discovery work with. */
export interface SourcesSurroundings {
  readonly clock: Clock
  readonly sessions: SharedSessions
  /** Told of what is broken, and of what is well again. */
  readonly report: StoreReport & SourceReport
}

/** Who is registered; undefined without an ensemble. */
export function openDiscovery(
  { ensemble }: Pick<GatewayConfig, 'ensemble'>,
  surroundings: SourcesSurroundings,
): GatewaySources['discovery'] {
  return ensemble && new StackDiscovery(ensemble, surroundings)
}

/** Where a gateway learns of applications and their hosts, as it is configured. */
export function openGatewaySources(
  config: GatewayConfig,
  surroundings: SourcesSurroundings,
): GatewaySources {
  const { lastKnownGoodDirectory: directory, bundleKey: publicKey } = config
  const { clock, report } = surroundings
  const store = openStore(config.store, surroundings)
  return {
    store: new LastKnownGood({ store, directory, clock, report }),
    discovery: openDiscovery(config, surroundings),
    bundles:
      publicKey === undefined
        ? undefined
        : new BundleFolder({ directory, publicKey, clock, report }),
  }
}
