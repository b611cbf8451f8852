import type { DraftKeeper } from '../applications/draft/workspace.js'
import { user } from '../state/session.js'
import { database, keysOf } from './database.js'

function owner(): string {
  return user.value?.name ?? ''
}

/** Keeps drafts in IndexedDB, each user's own. */
export const draftKeeper: DraftKeeper = {
  load: async (subject) => (await database()).get('drafts', [owner(), subject]),
  save: async (subject, draft) => {
    await (await database()).put('drafts', draft, [owner(), subject])
  },
  remove: async (subject) => (await database()).delete('drafts', [owner(), subject]),
}

/** The subjects that the user has drafts of. */
export async function draftedSubjects(): Promise<readonly string[]> {
  const keys = await (await database()).getAllKeys('drafts', keysOf(owner()))
  return keys.map(([, subject]) => subject)
}
