import type { DraftKeeper } from '../applications/draft/workspace.js'
import { user } from '../state/session.js'
import { notify } from '../state/toasts.js'
import { database, keysOf } from './database.js'

function owner(): string {
  return user.value?.name ?? ''
}

const channel = new BroadcastChannel('pointsman.drafts')

/** Told of the subject of each draft that another window of this browser has changed. Gives what ends it. */
export function onDraftElsewhere(listener: (subject: string) => void): () => void {
  const hear = ({ data }: MessageEvent<unknown>): void => {
    if (typeof data === 'string') listener(data)
  }
  channel.addEventListener('message', hear)
  return () => channel.removeEventListener('message', hear)
}

/** Private windows of some browsers keep nothing, and a disk may be full: one goes on, and is told once. */
let isTold = false

async function tryTo<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    if (!isTold)
      notify('This browser does not keep your edits: they last as long as this page.', {
        tone: 'bad',
      })
    isTold = true
    return undefined
  }
}

function editionOf(draft: unknown): unknown {
  return typeof draft === 'object' && draft !== null && 'edition' in draft
    ? draft.edition
    : undefined
}

/** Keeps drafts in IndexedDB, each user's own. */
export const draftKeeper: DraftKeeper = {
  load: (subject) => tryTo(async () => (await database()).get('drafts', [owner(), subject])),
  replace: (subject, draft, edition) =>
    tryTo(async () => {
      const writing = (await database()).transaction('drafts', 'readwrite')
      const key: [string, string] = [owner(), subject]
      const other = await writing.store.get(key)
      const isOther = editionOf(other) !== edition
      if (!isOther) await (draft ? writing.store.put(draft, key) : writing.store.delete(key))
      await writing.done
      if (isOther) return { other }
      channel.postMessage(subject)
      return undefined
    }),
}

/** The subjects that the user has drafts of. */
export async function draftedSubjects(): Promise<readonly string[]> {
  const keys = await tryTo(async () => (await database()).getAllKeys('drafts', keysOf(owner())))
  return (keys ?? []).map(([, subject]) => subject)
}
