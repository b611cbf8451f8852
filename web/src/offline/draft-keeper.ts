import type { DraftKeeper } from '../applications/draft/workspace.js'
import { user } from '../state/session.js'
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

/** Keeps drafts in IndexedDB, each user's own. */
export const draftKeeper: DraftKeeper = {
  load: async (subject) => (await database()).get('drafts', [owner(), subject]),
  save: async (subject, draft) => {
    await (await database()).put('drafts', draft, [owner(), subject])
    channel.postMessage(subject)
  },
  remove: async (subject) => {
    await (await database()).delete('drafts', [owner(), subject])
    channel.postMessage(subject)
  },
}

/** The subjects that the user has drafts of. */
export async function draftedSubjects(): Promise<readonly string[]> {
  const keys = await (await database()).getAllKeys('drafts', keysOf(owner()))
  return keys.map(([, subject]) => subject)
}
