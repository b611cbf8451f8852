import type { ApplicationModel, NamespacedList } from '../model/document.js'

/** A small document that is kept beside the models: a user, a change set, an entry of a history. */
export interface StoredRecord {
  /** Folders and a name: `users/ann`, `changes/01J…`, `history/application:shop/0000000012`. */
  readonly key: string
  /** Counts up with each change of this record, from 0. */
  readonly version: number
  /** JSON. */
  readonly value: unknown
}

/** A record as it is to be; undefined removes it. */
export interface RecordWrite {
  readonly key: string
  readonly value: unknown
  /** The one that is replaced; undefined for a record that must not be there yet. */
  readonly version: number | undefined
}

/** A model or the lists as they are to be. */
export type ModelWrite =
  | {
      readonly kind: 'application'
      readonly name: string
      /** Undefined removes it. */
      readonly model: ApplicationModel | undefined
      readonly version: number | undefined
    }
  | {
      readonly kind: 'lists'
      readonly lists: readonly NamespacedList[]
      readonly version: number | undefined
    }

/** What is written together, or not at all. */
export interface Commit {
  readonly records: readonly RecordWrite[]
  readonly model?: ModelWrite
}

/** The names that a model or the lists go by. */
export type ModelName =
  { readonly kind: 'application'; readonly name: string } | { readonly kind: 'lists' }

/**
 * Keeps what operators need beside the models. Each part of a key may be any text but the empty one; what is a folder is no
 * record at the same time. All throw PointsmanError: STORE_LOST when the store does not answer or cannot write, STORE_BROKEN
 * for a record that is damaged, too large, or has no key that could be one, and in a folder STORE_LOCKED when another process
 * keeps the records.
 */
export interface RecordStore {
  readRecord(key: string): Promise<StoredRecord | undefined>
  /**
   * The records directly in a folder, by their keys in the order of code units. Those that are damaged are reported, and
   * left out.
   * @param names only these, as far as they are there
   */
  listRecords(folder: string, names?: readonly string[]): Promise<readonly StoredRecord[]>
  /**
   * The names of the records directly in a folder, in the order of code units, without reading them: only of a folder that
   * holds no others.
   */
  listNames(folder: string): Promise<readonly string[]>
  /**
   * Writes all of it or nothing; what it resolved for is there after any crash.
   * @returns the new version of the model; undefined when it was removed, or there was none
   * @throws PointsmanError STORE_CONFLICT when any version is another one; STORE_LOST when it is unknown whether it was
   * written, or it was not
   */
  commit(commit: Commit): Promise<number | undefined>
  /** Tells that something in a folder, at any depth, may have changed, by whomever; the first time at once. */
  watchRecords(folder: string, signal: AbortSignal): AsyncIterable<void>
  /** Resolves when what is being written is written; lets go of what keeps others out. */
  close(): Promise<void>
}
