import { ApiError, isOutage, UnreachableError } from '../api/api-error.js'
import { get } from '../api/client.js'
import { user } from '../state/session.js'
import { database } from './database.js'

/** Whether a request failed for want of the service or of its store, and not for what was asked. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ApiError && isOutage(error.status))
}

/** Keeps what a path had, for when the service cannot be reached. */
async function keep(path: string, body: unknown): Promise<void> {
  const owner = user.value?.name
  if (owner === undefined) return
  const opened = await database()
  await opened.put('answers', { body, at: Date.now() }, [owner, path])
}

/** What a path had when it was last asked; undefined when that was never. */
export async function keptAnswer(path: string): Promise<unknown> {
  const opened = await database()
  return (await opened.get('answers', [user.value?.name ?? '', path]))?.body
}

/**
 * What is at a path, or was there when the service could last be reached.
 * @throws what `get` throws, when nothing was kept
 */
export async function getOrKept<T>(path: string, signal?: AbortSignal): Promise<T> {
  try {
    const body = await get<T>(path, signal)
    // A full disk is no reason to show nothing: what is not kept is not there offline.
    void keep(path, body).catch(() => undefined)
    return body
  } catch (error) {
    if (!isUnreachable(error)) throw error
    const kept = await keptAnswer(path)
    if (kept === undefined) throw error
    // Only answers of this path are kept under it.
    return kept as T
  }
}
