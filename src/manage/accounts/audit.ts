import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { Clock } from '../../core/ports.js'
import type { Commit, RecordStore, RecordWrite } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import { AuditEntryView } from '../api/accounts.js'

const DAY_MS = 24 * 60 * 60 * 1000
/** Entries are kept for so long. */
const KEPT_DAYS = 90
/** Older ones are looked for so far back: longer no process can have been away. */
const LOOKED_BACK_DAYS = 400
/** More of one day, of one process, stand only in the log. */
const MOST_A_DAY = 20_000
const REMOVED_AT_ONCE = 100

const AuditRecord = Type.Omit(AuditEntryView, ['id'])
type AuditRecord = Static<typeof AuditRecord>

/** What somebody did, or tried. */
export type AuditEvent = Omit<AuditRecord, 'at'>

/** What an entry of the audit log says of a request. */
export function eventOf(
  { operator, ip }: FastifyRequest,
  event: Omit<AuditEvent, 'by' | 'from'>,
): AuditEvent {
  return { by: operator.name, from: ip, ...event }
}

/** What is wanted of the audit log. */
export interface AuditQuery {
  /** Id; only older entries. */
  readonly before?: string
  readonly limit: number
  readonly by?: string
  readonly action?: string
}

/** Some of the audit log, the newest first. */
export interface AuditPage {
  readonly items: AuditEntryView[]
  readonly next: string | null
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** The audit log works with. */
export interface AuditOptions {
  readonly store: RecordStore
  readonly clock: Clock
  readonly log: Log
}

/** Remembers every sign-in and every change, in the store and in the log. */
export class Audit {
  private readonly store: RecordStore
  private readonly clock: Clock
  private readonly log: Log
  private day = ''
  private ofDay = 0
  private hasLookedBack = false

  constructor({ store, clock, log }: AuditOptions) {
    this.store = store
    this.clock = clock
    this.log = log
  }

  /**
   * Writes what was done together with its entry, or neither.
   * @throws PointsmanError as the store does
   */
  async commit(event: AuditEvent, commit: Commit): Promise<number | undefined> {
    const entry = this.entryOf(event)
    const records = entry ? [...commit.records, entry] : commit.records
    const version = await this.store.commit({ ...commit, records })
    this.tell(event)
    return version
  }

  /** Remembers what changed nothing, or has happened already; where the store does not take it, the log has it. */
  async record(event: AuditEvent): Promise<void> {
    this.tell(event)
    const entry = this.entryOf(event)
    if (!entry) return
    try {
      await this.store.commit({ records: [entry] })
    } catch (error) {
      this.log.error({ err: error, action: event.action }, 'audit entry not stored')
    }
  }

  /** @throws PointsmanError STORE_LOST */
  async page({ before, limit, by, action }: AuditQuery): Promise<AuditPage> {
    const items: AuditEntryView[] = []
    const now = this.clock.wallTimeMs()
    const isWanted = (entry: AuditEntryView): boolean =>
      (before === undefined || entry.id < before) &&
      (by === undefined || entry.by === by) &&
      (action === undefined || entry.action === action)
    for (let ago = 0; ago <= KEPT_DAYS && items.length <= limit; ago++) {
      const day = dayOf(now - ago * DAY_MS)
      if (before !== undefined && day > before.slice(0, 10)) continue
      items.push(...(await this.entriesOf(day)).filter(isWanted))
    }
    const shown = items.slice(0, limit)
    return { items: shown, next: items.length > limit ? (shown.at(-1)?.id ?? null) : null }
  }

  /**
   * Removes what is older than it is kept for.
   * @throws PointsmanError STORE_LOST
   */
  async prune(): Promise<void> {
    const furthest = this.hasLookedBack ? KEPT_DAYS + 3 : LOOKED_BACK_DAYS
    for (let ago = KEPT_DAYS + 1; ago <= furthest; ago++) {
      const folder = `audit/${dayOf(this.clock.wallTimeMs() - ago * DAY_MS)}`
      const old = await this.store.listRecords(folder)
      for (let at = 0; at < old.length; at += REMOVED_AT_ONCE) {
        const records = old
          .slice(at, at + REMOVED_AT_ONCE)
          .map(({ key, version }) => ({ key, version, value: undefined }))
        await this.store.commit({ records })
      }
    }
    this.hasLookedBack = true
  }

  private async entriesOf(day: string): Promise<readonly AuditEntryView[]> {
    const records = await this.store.listRecords(`audit/${day}`)
    return records
      .flatMap(({ key, value }) => {
        const id = key.slice('audit/'.length + day.length + 1)
        return Value.Check(AuditRecord, value) ? [{ id, ...value }] : []
      })
      .reverse()
  }

  /** Undefined when this process wrote too many this day. */
  private entryOf(event: AuditEvent): RecordWrite | undefined {
    const now = this.clock.wallTimeMs()
    const day = dayOf(now)
    if (this.day !== day) [this.day, this.ofDay] = [day, 0]
    this.ofDay++
    if (this.ofDay > MOST_A_DAY) return undefined
    const at = new Date(now).toISOString()
    // Those of one process and one moment stay in their order.
    const inOrder = String(this.ofDay).padStart(6, '0')
    const id = `${at.replaceAll(':', '')}-${inOrder}-${randomBytes(4).toString('hex')}`
    const value: AuditRecord = { at, ...event }
    return { key: `audit/${day}/${id}`, value, version: undefined }
  }

  private tell(event: AuditEvent): void {
    this.log.info(event, 'audit')
  }
}
