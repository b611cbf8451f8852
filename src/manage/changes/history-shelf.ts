import type { RecordStore, RecordWrite } from '../../store/record-store.js'
import type { GrantSubject } from '../http/access.js'

/** Versions that are looked for at one time. */
const MOST_READS = 50

/** A version of an application or of the lists, as it came to be. */
export interface HistoryRecord {
  readonly version: number
  readonly at: string
  readonly title: string
  readonly authors: readonly string[]
  readonly approver: string | null
  readonly change: string | null
  readonly differences: number
}

/** The documents of a version; of lists those that changed. */
export interface HistoryContent {
  /** What was there before; absent when nobody saw it. */
  readonly base?: unknown
  /** Absent of lists that changed while nobody looked. */
  readonly document?: unknown
}

/** What a history ends with. */
export interface HistoryHead {
  /** The number of the newest entry. */
  readonly newest: number
  readonly oldest: number
  /** The version of the model, or the lists, that the newest entry is about; null for one that was removed. */
  readonly modelVersion: number | null
}

/** A head with the version of its record; undefined when there is no history yet. */
interface StoredHead {
  readonly version: number | undefined
  readonly head: HistoryHead | undefined
}

function headKey(subject: GrantSubject): string {
  return `history-heads/${subject}`
}

function padded(version: number): string {
  return String(version).padStart(10, '0')
}

function entryKey(subject: GrantSubject, version: number): string {
  return `history/${subject}/${padded(version)}`
}

function contentKey(subject: GrantSubject, version: number): string {
  return `history-documents/${subject}/${padded(version)}`
}

/** What is added to a history. */
export interface Addition {
  /** All but the version. */
  readonly entry: Omit<HistoryRecord, 'version'>
  readonly content: HistoryContent
  /** The version that the model, or the lists, will have; null when it is removed. */
  readonly modelVersion: number | null
}

/** An addition that has its place. */
export interface PlacedAddition {
  /** The number of the entry. */
  readonly version: number
  /** To be written together with what the entry tells of. */
  readonly records: readonly RecordWrite[]
  /** What puts it right when the model has another version in the end; none when it has the one that was foreseen. */
  readonly correction: (modelVersion: number) => readonly RecordWrite[]
}

/**
 * The histories of applications and of the lists, to which entries are only ever added. An entry has the number of the version that
 * it tells of. Where a store begins to count anew with an application that was removed, numbers go on.
 */
export class HistoryShelf {
  private readonly store: RecordStore

  constructor(store: RecordStore) {
    this.store = store
  }

  async head(subject: GrantSubject): Promise<StoredHead> {
    const record = await this.store.readRecord(headKey(subject))
    // Written here, as all records below.
    return { version: record?.version, head: record?.value as HistoryHead | undefined }
  }

  /** Makes an entry ready to be added behind the newest; who adds one at the same time is a conflict. */
  async place(subject: GrantSubject, addition: Addition): Promise<PlacedAddition> {
    const { version: headVersion, head } = await this.head(subject)
    const { entry, content, modelVersion } = addition
    const next = (head?.newest ?? -1) + 1
    const version = Math.max(next, modelVersion ?? next)
    const newHead = { newest: version, oldest: head?.oldest ?? version, modelVersion }
    const record: HistoryRecord = { version, ...entry }
    return {
      version,
      records: [
        { key: headKey(subject), value: newHead, version: headVersion },
        { key: entryKey(subject, version), value: record, version: undefined },
        { key: contentKey(subject, version), value: content, version: undefined },
      ],
      correction: (actual) =>
        actual === modelVersion
          ? []
          : [
              {
                key: headKey(subject),
                value: { ...newHead, modelVersion: actual },
                version: (headVersion ?? -1) + 1,
              },
            ],
    }
  }

  async entry(subject: GrantSubject, version: number): Promise<HistoryRecord | undefined> {
    const record = await this.store.readRecord(entryKey(subject, version))
    return record?.value as HistoryRecord | undefined
  }

  async content(subject: GrantSubject, version: number): Promise<HistoryContent | undefined> {
    const record = await this.store.readRecord(contentKey(subject, version))
    return record?.value as HistoryContent | undefined
  }

  /**
   * The newest entries first.
   * @param before only older ones than this version
   */
  async entries(
    subject: GrantSubject,
    before: number,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    const { head } = await this.head(subject)
    if (!head) return []
    const found: HistoryRecord[] = []
    let last = Math.min(head.newest, before - 1)
    while (last >= head.oldest && found.length < limit) {
      const first = Math.max(head.oldest, last - MOST_READS + 1)
      const versions = Array.from({ length: last - first + 1 }, (_, at) => last - at)
      const read = await Promise.all(versions.map((version) => this.entry(subject, version)))
      found.push(...read.filter((entry) => entry !== undefined))
      last = first - 1
    }
    return found.slice(0, limit)
  }
}
