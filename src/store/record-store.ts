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

/** Keeps what operators need beside the models. */
export interface RecordStore {
  /** @throws PointsmanError STORE_LOST */
  readRecord(key: string): Promise<StoredRecord | undefined>
  /**
   * The records directly in a folder, by their keys in the order of code units.
   * @throws PointsmanError STORE_LOST
   */
  listRecords(folder: string): Promise<readonly StoredRecord[]>
  /**
   * Writes all of it or nothing; what it resolved for is there after any crash.
   * @returns the new version of the model; undefined when it was removed, or there was none
   * @throws PointsmanError STORE_CONFLICT when any version is another one; STORE_LOST when it is unknown whether it was
   * written, or it was not
   */
  commit(commit: Commit): Promise<number | undefined>
  /** Tells that something in a folder, at any depth, may have changed, by whomever; the first time at once. */
  watchRecords(folder: string, signal: AbortSignal): AsyncIterable<void>
}
