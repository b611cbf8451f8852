import type { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import type { GatewayConfig } from '../config/gateway.js'
import { PointsmanError } from '../core/errors.js'
import type { Clock } from '../core/ports.js'
import type { SourceReport } from '../sources/source.js'
import { StackDiscovery } from '../sources/zookeeper/stack-discovery.js'
import { FileStore } from '../store/file.js'
import { LastKnownGood } from '../store/last-known-good.js'
import type { ModelStore, StoreReport } from '../store/model-store.js'
import type { GatewaySources } from './gateway-plane.js'

/** What stores and discovery work with. */
export interface SourcesSurroundings {
  readonly clock: Clock
  readonly sessions: SharedSessions
  readonly reportStore: StoreReport
  readonly reportHosts: SourceReport
}

/** The store that is configured. */
export function openStore(
  { store }: Pick<GatewayConfig, 'store' | 'ensemble'>,
  { clock, reportStore: report }: SourcesSurroundings,
): ModelStore {
  if (store.kind === 'file') return new FileStore({ directory: store.directory, clock, report })
  throw new PointsmanError('CONFIGURATION_INVALID', 'Models in ZooKeeper cannot be read yet')
}

/** Where a gateway learns of applications and their hosts, as it is configured. */
export function openGatewaySources(
  config: GatewayConfig,
  surroundings: SourcesSurroundings,
): GatewaySources {
  const { lastKnownGoodDirectory: directory, ensemble } = config
  const { clock, reportStore: report, reportHosts } = surroundings
  const store = openStore(config, surroundings)
  return {
    store: new LastKnownGood({ store, directory, clock, report }),
    discovery: ensemble && new StackDiscovery(ensemble, { ...surroundings, report: reportHosts }),
  }
}
