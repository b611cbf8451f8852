import type { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import type { Config } from '../config.js'
import type { GatewayConfig } from '../config/gateway.js'
import type { ZookeeperConfig } from '../config/zookeeper.js'
import { PointsmanError } from '../core/errors.js'
import type { Clock } from '../core/ports.js'
import { StackDiscovery } from '../sources/zookeeper/stack-discovery.js'
import type { SourceReport } from '../sources/source.js'
import { FileStore } from '../store/file.js'
import { LastKnownGood } from '../store/last-known-good.js'
import type { HostStore, ModelStore, StoreReport } from '../store/model-store.js'
import type { GatewaySources } from './gateway-plane.js'

/** What stores and discovery work with. */
export interface SourcesSurroundings {
  readonly clock: Clock
  readonly sessions: SharedSessions
  readonly reportStore: StoreReport
  readonly reportHosts: SourceReport
}
