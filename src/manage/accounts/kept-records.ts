import type { Clock } from '../../core/ports.js'
import { backoffMs, pause } from '../../core/wait.js'
import type { RecordStore, StoredRecord } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'

/** A record that was understood. */
export interface KeptRecord<Value> {
  readonly version: number
  readonly value: Value
}

/** What a folder of records is kept with. */
export interface KeptRecordsOptions<Value> {
  readonly store: RecordStore
  readonly clock: Clock
  readonly log: Log
  readonly folder: string
  /** Undefined for what makes no sense, which is then left out. */
  readonly parse: (value: unknown) => Value | undefined
}

const SHORTEST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

/** The records of a folder in memory, kept as they are in the store; while it does not answer, as they were last. */
export class KeptRecords<Value> {
  private readonly options: KeptRecordsOptions<Value>
  private records = new Map<string, KeptRecord<Value>>()

  constructor(options: KeptRecordsOptions<Value>) {
    this.options = options
  }

  /** Follows the store until `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, log, folder } = this.options
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await this.followOnce(signal, () => {
          failures = 0
        })
      } catch (error) {
        if (failures <= 1) log.warn({ folder, err: error }, 'records not followed')
      }
      await pause(clock, backoffMs(failures, SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS), signal)
    }
  }

  /** By name, in the order of the store. */
  get all(): ReadonlyMap<string, KeptRecord<Value>> {
    return this.records
  }

  get(name: string): KeptRecord<Value> | undefined {
    return this.records.get(name)
  }

  /** @throws PointsmanError STORE_LOST */
  async read(name: string): Promise<KeptRecord<Value> | undefined> {
    const record = await this.options.store.readRecord(this.keyOf(name))
    const kept = record && this.understood(record)
    if (kept) this.records.set(name, kept)
    else this.records.delete(name)
    return kept
  }

  /** @throws PointsmanError STORE_LOST */
  async readAll(): Promise<ReadonlyMap<string, KeptRecord<Value>>> {
    const { store, folder } = this.options
    const next = new Map<string, KeptRecord<Value>>()
    for (const record of await store.listRecords(folder)) {
      const kept = this.understood(record)
      if (kept) next.set(record.key.slice(folder.length + 1), kept)
    }
    this.records = next
    return next
  }

  keyOf(name: string): string {
    return `${this.options.folder}/${name}`
  }

  private async followOnce(signal: AbortSignal, onRead: () => void): Promise<void> {
    const { store, folder } = this.options
    const ended = new AbortController()
    const changes = store.watchRecords(folder, AbortSignal.any([signal, ended.signal]))
    const told = changes[Symbol.asyncIterator]()
    try {
      while (!(await told.next()).done) {
        await this.readAll()
        onRead()
      }
    } finally {
      ended.abort()
    }
  }

  private understood({ key, version, value }: StoredRecord): KeptRecord<Value> | undefined {
    const { parse, log } = this.options
    const parsed = parse(value)
    if (parsed === undefined) log.error({ key }, 'record makes no sense')
    return parsed === undefined ? undefined : { version, value: parsed }
  }
}
