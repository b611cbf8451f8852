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

/** Keeps drafts in IndexedDB, each user's own. */
export const draftKeeper: DraftKeeper = {
  load: (subject) => tryTo(async () => (await database()).get('drafts', [owner(), subject])),
  save: (subject, draft) =>
    tryTo(async () => {
      await (await database()).put('drafts', draft, [owner(), subject])
      channel.postMessage(subject)
    }),
  remove: (subject) =>
    tryTo(async () => {
      await (await database()).delete('drafts', [owner(), subject])
      channel.postMessage(subject)
    }),
}

/** The subjects that the user has drafts of. */
export async function draftedSubjects(): Promise<readonly string[]> {
  const keys = await tryTo(async () => (await database()).getAllKeys('drafts', keysOf(owner())))
  return (keys ?? []).map(([, subject]) => subject)
}
