import type { Test } from 'tap'
import type { ZookeeperSettings } from '../../../src/clients/zookeeper/session-keeper.js'
import { SharedSessions } from '../../../src/clients/zookeeper/shared-sessions.js'
import type { ZookeeperSession } from '../../../src/clients/zookeeper/zookeeper-session.js'
import { systemClock, systemRandom } from '../../../src/runtime/system-clock.js'
import type { StoreTransition } from '../../../src/store/model-store.js'
import { ZookeeperStore } from '../../../src/store/zookeeper/zookeeper-store.js'

/** A store, and the session that it shares with the test. */
export interface OpenStore {
  readonly store: ZookeeperStore
  readonly session: ZookeeperSession
  readonly reports: readonly StoreTransition[]
}

/** Opens a store in an ensemble. */
export function openStore(t: Test, hosts: ZookeeperSettings['hosts'], basePath: string): OpenStore {
  const sessions = new SharedSessions({ clock: systemClock, random: systemRandom })
  const settings = { hosts, basePath, sessionTimeoutMs: 2000, login: undefined }
  const lease = sessions.use(settings)
  t.teardown(() => lease.end())
  const reports: StoreTransition[] = []
  const report = (transition: StoreTransition): void => void reports.push(transition)
  const store = new ZookeeperStore({ settings, sessions, clock: systemClock, report })
  return { store, session: lease.session, reports }
}

/** As `openStore`, and connected. */
export async function connectStore(...args: Parameters<typeof openStore>): Promise<OpenStore> {
  const world = openStore(...args)
  await world.session.connected(AbortSignal.timeout(30_000))
  return world
}
