import type { SessionView } from '../../../src/manage/api/accounts.js'
import { database, keysOf } from './database.js'

const LAST = 'last'
const LEAVING = 'leaving'

/** What is kept of sessions; nothing in a browser that keeps nothing, as private windows of some. */
async function valueOf(key: string): Promise<unknown> {
  try {
    return await (await database()).get('session', key)
  } catch {
    return undefined
  }
}

/** Keeps who is signed in, so that they find their work without the service. */
export async function keepSession(session: SessionView): Promise<void> {
  await (await database()).put('session', session, LAST)
}

/** Who was signed in last and has not signed out; undefined for nobody. */
export async function keptSession(): Promise<SessionView | undefined> {
  const kept = await valueOf(LAST)
  // Only `keepSession` writes there.
  return kept as SessionView | undefined
}

/** How many drafts a user has on this machine. */
export async function draftCount(user: string): Promise<number> {
  return (await database()).count('drafts', keysOf(user))
}

/** Removes all that a user has on this machine. */
export async function forget(user: string): Promise<void> {
  const opened = await database()
  const change = opened.transaction(['answers', 'drafts', 'session'], 'readwrite')
  await Promise.all([
    change.objectStore('answers').delete(keysOf(user)),
    change.objectStore('drafts').delete(keysOf(user)),
    change.objectStore('session').delete(LAST),
    change.done,
  ])
}

/** Keeps that somebody signed out while the service could not be told. */
export async function keepLeaving(): Promise<void> {
  await (await database()).put('session', true, LEAVING)
}

/** Whether somebody signed out, and the service does not know it yet. */
export async function isLeaving(): Promise<boolean> {
  return (await valueOf(LEAVING)) === true
}

/** The service knows it. */
export async function hasLeft(): Promise<void> {
  await (await database()).delete('session', LEAVING)
}
