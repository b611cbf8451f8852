import type { Test } from 'tap'
import { ZookeeperSession } from '../../src/clients/zookeeper/zookeeper-session.js'
import type { SessionEvent, ZookeeperSettings } from '../../src/clients/zookeeper/session-keeper.js'
import { systemClock, systemRandom } from '../../src/runtime/system-clock.js'
import { Changes } from './changes.js'

const CONNECT_DEADLINE_MS = 30_000

/** A session and what happened to it. */
export interface WatchedSession {
  readonly session: ZookeeperSession
  readonly events: readonly SessionEvent[]
  /** Notified of each event. */
  readonly changes: Changes
}

/** Begins a session with these servers, which ends with the test. */
export function beginSession(
  t: Test,
  hosts: ZookeeperSettings['hosts'],
  settings: Partial<ZookeeperSettings> = {},
): WatchedSession {
  const all = { hosts, basePath: '/', sessionTimeoutMs: 2000, login: undefined, ...settings }
  const session = new ZookeeperSession(all, { clock: systemClock, random: systemRandom })
  const events: SessionEvent[] = []
  const changes = new Changes()
  session.onEvent((event) => {
    events.push(event)
    changes.notify()
  })
  t.teardown(() => session.close())
  session.connect()
  return { session, events, changes }
}

/** As `beginSession`, and connected. */
export async function openSession(
  t: Test,
  hosts: ZookeeperSettings['hosts'],
  settings: Partial<ZookeeperSettings> = {},
): Promise<WatchedSession> {
  const watched = beginSession(t, hosts, settings)
  await watched.session.connected(AbortSignal.timeout(CONNECT_DEADLINE_MS))
  return watched
}
