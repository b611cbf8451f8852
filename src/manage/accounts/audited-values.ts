import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from './audit.js'

/** What is kept, and how often it was. */
export interface Kept<Value> {
  /** 0 for what is not there. */
  readonly version: number
  readonly value: Value
}

function recordVersion(version: number): number | undefined {
  return version === 0 ? undefined : version - 1
}

/** Values that people replace, each in a record of its own, with an entry of the audit log for each time. */
export class AuditedValues<Value> {
  private readonly store: RecordStore
  private readonly audit: Audit

  constructor(store: RecordStore, audit: Audit) {
    this.store = store
    this.audit = audit
  }

  /**
   * @param key of the record
   * @throws PointsmanError STORE_LOST
   */
  async of(key: string): Promise<Kept<Value | undefined>> {
    const record = await this.store.readRecord(key)
    if (!record) return { version: 0, value: undefined }
    // Written by `set` alone.
    return { version: record.version + 1, value: record.value as Value }
  }

  /**
   * @param version the one that is replaced; 0 when there must be none
   * @returns the new one
   * @throws PointsmanError STORE_CONFLICT, STORE_LOST
   */
  async set(key: string, value: Value, version: number, event: AuditEvent): Promise<number> {
    await this.audit.commit(event, { records: [{ key, value, version: recordVersion(version) }] })
    return version + 1
  }

  /**
   * @param version the one that is removed
   * @throws PointsmanError STORE_CONFLICT, STORE_LOST
   */
  async remove(key: string, version: number, event: AuditEvent): Promise<void> {
    const records = [{ key, value: undefined, version: recordVersion(version) }]
    await this.audit.commit(event, { records })
  }
}
