import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

/** What somebody has on this machine: keys begin with the name of whose it is. */
type OwnKey = [user: string, key: string]

interface Schema extends DBSchema {
  /** Answers of the service by their paths, for when it cannot be reached. */
  answers: { key: OwnKey; value: { readonly body: unknown; readonly at: number } }
  /** Drafts by their subjects. */
  drafts: { key: OwnKey; value: unknown }
  /** Who was signed in last, under the key `last`. */
  session: { key: string; value: unknown }
}

const NAME = 'pointsman'

let opened: Promise<IDBPDatabase<Schema>> | undefined

function open(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(NAME, 1, {
    upgrade(created) {
      for (const name of ['answers', 'drafts', 'session'] as const) created.createObjectStore(name)
    },
    terminated() {
      opened = undefined
    },
  })
}

/** The database of this browser; one and the same for as long as the page lives. */
export function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

/** All keys of one user. */
export function keysOf(user: string): IDBKeyRange {
  return IDBKeyRange.bound([user], [user, []])
}
