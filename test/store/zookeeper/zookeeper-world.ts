import type { Test } from 'tap'
import { systemClock } from '../../../src/runtime/system-clock.js'
import type { ZookeeperSession } from '../../../src/clients/zookeeper/zookeeper-session.js'
import type { ZookeeperSettings } from '../../../src/clients/zookeeper/session-keeper.js'
import type { StoreTransition } from '../../../src/store/model-store.js'
import { ZookeeperStore } from '../../../src/store/zookeeper/zookeeper-store.js'
import { openSession } from '../../support/zookeeper-session.js'

/** A store with a session of its own. */
export interface OpenStore {
  readonly store: ZookeeperStore
  readonly session: ZookeeperSession
  readonly reports: readonly StoreTransition[]
}

/** Opens a store in an ensemble. */
export async function openStore(
  t: Test,
  hosts: ZookeeperSettings['hosts'],
  basePath: string,
): Promise<OpenStore> {
  const { session } = await openSession(t, hosts, { basePath })
  const reports: StoreTransition[] = []
  const store = new ZookeeperStore({
    lease: { session, end: () => {} },
    clock: systemClock,
    report: (transition) => reports.push(transition),
  })
  return { store, session, reports }
}
