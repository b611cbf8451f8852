import { randomBytes } from 'node:crypto'
import type { RecordStore, RecordWrite, StoredRecord } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import type { ChangeState, Subject } from '../api/changes.js'
import { attemptKey } from './attempts.js'
import { MOST_DECIDED } from './bounds.js'
import {
  changeKey,
  CHANGES,
  contentKey,
  DECIDED,
  UNDECIDED,
  type ChangeContent,
  type ChangeRecord,
  type StoredChange,
} from './change-record.js'

/** Decided change sets that are removed for each that is new, at most. */
const MOST_REMOVED = 2

/** Some of them may be damaged, and stay. */
const MOST_LOOKED_AT = 20

const ID_BYTES = 6

/** Base 36 has so many digits for the milliseconds of the next thousand years. */
const TIME_DIGITS = 9

/** The id of a change set that is proposed at a time: later ones are greater. */
export function newChangeId(wallTimeMs: number): string {
  const time = Math.floor(wallTimeMs).toString(36).padStart(TIME_DIGITS, '0')
  return `${time}-${randomBytes(ID_BYTES).toString('hex')}`
}

/** What a page of change sets is to have. */
export interface ChangeQuery {
  /** Undefined for all of them. */
  readonly state?: ChangeState | undefined
  /** Id; only older ones. */
  readonly before?: string | undefined
  readonly limit: number
  readonly isWanted: (subject: Subject) => boolean
}

/** What stays as it is once a change set is decided. */
type DecidedFacts = Pick<ChangeRecord, 'subject' | 'state'>

function storedOf({ key, version, value }: StoredRecord): StoredChange {
  // Written here alone, as all of them.
  const record = value as ChangeRecord
  return { at: key, version: version + (record.versionsBefore ?? 0), record }
}

function byId(changes: readonly StoredChange[]): ReadonlyMap<string, StoredChange> {
  return new Map(changes.map((change) => [change.record.id, change]))
}

/** Change sets in the store. Those that wait are few, and read together; of those that are decided only what is wanted is read. */
export class ChangeShelf {
  private readonly store: RecordStore
  private readonly audit: Audit
  /** By id, as far as decided ones were read. */
  private readonly facts = new Map<string, DecidedFacts>()

  constructor(store: RecordStore, audit: Audit) {
    this.store = store
    this.audit = audit
  }

  async find(id: string): Promise<StoredChange | undefined> {
    // In the order in which it goes from one to the other.
    const keys = [CHANGES, DECIDED].map((folder) => `${folder}/${id}`)
    for (const key of keys) {
      const stored = await this.store.readRecord(key)
      if (stored) return storedOf(stored)
    }
    return undefined
  }

  /** Those that nobody has decided. */
  async waiting(): Promise<readonly StoredChange[]> {
    return (await this.store.listRecords(CHANGES)).map(storedOf)
  }

  /** The ids of those that are decided, the oldest first. */
  decidedIds(): Promise<readonly string[]> {
    return this.store.listNames(DECIDED)
  }

  /** Those with these ids that are decided. */
  async decided(ids: readonly string[]): Promise<readonly StoredChange[]> {
    return (await this.store.listRecords(DECIDED, ids)).map(storedOf)
  }

  /** Newest first. */
  async page({ state, before, limit, isWanted }: ChangeQuery): Promise<readonly StoredChange[]> {
    const isIn = (each: DecidedFacts): boolean =>
      (state === undefined || state === each.state) && isWanted(each.subject)
    // Before the others: what is decided meanwhile is in both then, and not in neither.
    const waiting = byId(await this.waiting())
    const mayBeDecided = state === undefined || !UNDECIDED.has(state)
    const decided = mayBeDecided ? await this.decidedIds() : []
    this.forgetOthers(decided)
    const ids = [...new Set([...waiting.keys(), ...decided])]
      .filter((id) => {
        const known = waiting.get(id)?.record ?? this.facts.get(id)
        return (before === undefined || id < before) && (!known || isIn(known))
      })
      .sort()
      .reverse()
    const found: StoredChange[] = []
    for (let at = 0; at < ids.length && found.length < limit; at += limit) {
      const some = ids.slice(at, at + limit)
      const read = byId(await this.learn(some.filter((id) => !waiting.has(id))))
      const changes = some.flatMap((id) => waiting.get(id) ?? read.get(id) ?? [])
      found.push(...changes.filter(({ record }) => isIn(record)))
    }
    return found.slice(0, limit)
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
    const at = changeKey(record)
    const records = [
      { key: at, value: record, version: undefined },
      { key: contentKey(record.id), value: content, version: undefined },
      ...more,
    ]
    await this.audit.commit(event, { records })
    return { at, version: 0, record }
  }

  /** @param content the new documents; undefined when they stay */
  async replace(
    before: StoredChange,
    record: ChangeRecord,
    event: AuditEvent,
    content?: ChangeContent,
  ): Promise<StoredChange> {
    const { after, records } = this.replacement(before, record)
    const contents: RecordWrite[] = []
    if (content) {
      const key = contentKey(record.id)
      const version = (await this.store.readRecord(key))?.version
      contents.push({ key, value: content, version })
    }
    await this.audit.commit(event, { records: [...records, ...contents] })
    return after
  }

  /** What puts a record in the place of another one: elsewhere, when it is decided. */
  replacement({ at, version, record: { versionsBefore = 0 } }: StoredChange, record: ChangeRecord) {
    const key = changeKey(record)
    const replaced = version - versionsBefore
    const isMoved = key !== at
    const value = isMoved ? { ...record, versionsBefore: version + 1 } : record
    const after: StoredChange = { at: key, version: version + 1, record: value }
    const records: readonly RecordWrite[] = isMoved
      ? [
          { key: at, value: undefined, version: replaced },
          { key, value, version: undefined },
        ]
      : [{ key, value, version: replaced }]
    return { after, records }
  }

  /** Removes the oldest of those that are decided, as long as there are too many. */
  async tidy(): Promise<void> {
    const ids = await this.decidedIds()
    const surplus = ids.slice(0, Math.max(0, ids.length - MOST_DECIDED))
    const old = await this.store.listRecords(DECIDED, surplus.slice(0, MOST_LOOKED_AT))
    for (const change of old.slice(0, MOST_REMOVED)) {
      const { id, attempt } = storedOf(change).record
      const keys = [contentKey(id), ...(attempt === undefined ? [] : [attemptKey(attempt)])]
      const others = await Promise.all(keys.map((key) => this.store.readRecord(key)))
      const gone = [change, ...others.flatMap((each) => each ?? [])]
      const records = gone.map(({ key, version }) => ({ key, version, value: undefined }))
      await this.store.commit({ records })
    }
  }

  private async learn(ids: readonly string[]): Promise<readonly StoredChange[]> {
    const changes = await this.decided(ids)
    for (const { record } of changes)
      this.facts.set(record.id, { subject: record.subject, state: record.state })
    return changes
  }

  private forgetOthers(decided: readonly string[]): void {
    if (this.facts.size <= decided.length) return
    const ids = new Set(decided)
    for (const id of this.facts.keys()) if (!ids.has(id)) this.facts.delete(id)
  }
}
