import { randomBytes } from 'node:crypto'
import type { RecordStore, RecordWrite } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import { attemptKey } from './attempts.js'
import { MOST_DECIDED } from './bounds.js'
import {
  changeKey,
  CHANGES,
  contentKey,
  UNDECIDED,
  type ChangeContent,
  type ChangeRecord,
  type StoredChange,
} from './change-record.js'

/** Decided change sets that are removed for each that is new, at most. */
const MOST_REMOVED = 2

const ID_BYTES = 6

/** Base 36 has so many digits for the milliseconds of the next thousand years. */
const TIME_DIGITS = 9

/** The id of a change set that is proposed at a time: later ones are greater. */
export function newChangeId(wallTimeMs: number): string {
  const time = Math.floor(wallTimeMs).toString(36).padStart(TIME_DIGITS, '0')
  return `${time}-${randomBytes(ID_BYTES).toString('hex')}`
}

/** Change sets in the store. */
export class ChangeShelf {
  private readonly store: RecordStore
  private readonly audit: Audit

  constructor(store: RecordStore, audit: Audit) {
    this.store = store
    this.audit = audit
  }

  async find(id: string): Promise<StoredChange | undefined> {
    const stored = await this.store.readRecord(changeKey(id))
    // Written here alone, as all of them.
    return stored && { version: stored.version, record: stored.value as ChangeRecord }
  }

  /** Newest first. */
  async all(): Promise<readonly StoredChange[]> {
    const stored = await this.store.listRecords(CHANGES)
    return stored
      .map(({ version, value }) => ({ version, record: value as ChangeRecord }))
      .toReversed()
  }

  async content(id: string): Promise<ChangeContent> {
    const stored = await this.store.readRecord(contentKey(id))
    return (stored?.value ?? { base: null, document: null }) as ChangeContent
  }

  /** @param more what is written with it */
  async create(
    record: ChangeRecord,
    content: ChangeContent,
    event: AuditEvent,
    more: readonly RecordWrite[] = [],
  ): Promise<StoredChange> {
    const records = [
      { key: changeKey(record.id), value: record, version: undefined },
      { key: contentKey(record.id), value: content, version: undefined },
      ...more,
    ]
    await this.audit.commit(event, { records })
    return { version: 0, record }
  }

  /** @param content the new documents; undefined when they stay */
  async replace(
    before: StoredChange,
    record: ChangeRecord,
    event: AuditEvent,
    content?: ChangeContent,
  ): Promise<StoredChange> {
    const records: RecordWrite[] = [this.replacement(before, record)]
    if (content) {
      const key = contentKey(record.id)
      const version = (await this.store.readRecord(key))?.version
      records.push({ key, value: content, version })
    }
    await this.audit.commit(event, { records })
    return { version: before.version + 1, record }
  }

  /** What puts a record in the place of another one. */
  replacement({ version }: StoredChange, record: ChangeRecord): RecordWrite {
    return { key: changeKey(record.id), value: record, version }
  }

  /** Removes the oldest of those that are decided, as long as there are too many. */
  async tidy(all: readonly StoredChange[]): Promise<void> {
    const decided = all.filter(({ record }) => !UNDECIDED.has(record.state))
    const old = decided.slice(MOST_DECIDED).slice(-MOST_REMOVED)
    for (const { version, record } of old) {
      const { id, attempt } = record
      const keys = [contentKey(id), ...(attempt === undefined ? [] : [attemptKey(attempt)])]
      const others = await Promise.all(keys.map((key) => this.store.readRecord(key)))
      const gone = [{ key: changeKey(id), version }, ...others.flatMap((each) => each ?? [])]
      const records = gone.map(({ key, version }) => ({ key, version, value: undefined }))
      await this.store.commit({ records })
    }
  }
}
