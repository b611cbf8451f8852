import type { ZookeeperSettings } from '../clients/zookeeper/session-keeper.js'
import type { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import type { Clock } from '../core/ports.js'
import { FileStore } from './file.js'
import type { HostStore, ModelStore, StoreReport } from './model-store.js'
import type { RecordStore } from './record-store.js'
import { ZookeeperStore } from './zookeeper/zookeeper-store.js'

/** Which store it is, and where. */
export type StoreSettings =
  | { readonly kind: 'file'; readonly directory: string }
  | { readonly kind: 'zookeeper'; readonly ensemble: ZookeeperSettings }

/** What stores work with. */
export interface StoreSurroundings {
  readonly clock: Clock
  readonly sessions: SharedSessions
  readonly report: StoreReport
}

/** The store of these settings. */
export function openStore(
  settings: StoreSettings,
  { clock, sessions, report }: StoreSurroundings,
): ModelStore & HostStore & RecordStore {
  if (settings.kind === 'file')
    return new FileStore({ directory: settings.directory, clock, report })
  return new ZookeeperStore({ settings: settings.ensemble, sessions, clock, report })
}
