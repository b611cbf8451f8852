import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import type { TestCase } from '../api/applications.js'
import { Refusal } from '../http/refusal.js'

/** Of one application. */
const MOST_TESTS = 1000

/** A test, and how often it was saved. */
export interface KeptTest {
  /** 0 for one that is not there. */
  readonly version: number
  readonly test: TestCase | undefined
}

function folderOf(application: string): string {
  return `tests/${application}`
}

function keyOf(application: string, name: string): string {
  return `${folderOf(application)}/${encodeURIComponent(name)}`
}

/** The tests that people have saved. They are no part of a model, and so nobody has to approve them. */
export class TestCases {
  private readonly store: RecordStore
  private readonly audit: Audit

  constructor(store: RecordStore, audit: Audit) {
    this.store = store
    this.audit = audit
  }

  /** By their names. */
  async of(application: string): Promise<readonly TestCase[]> {
    const records = await this.store.listRecords(folderOf(application))
    // Written by `put` alone.
    return records.map(({ value }) => value as TestCase)
  }

  async find(application: string, name: string): Promise<KeptTest> {
    const record = await this.store.readRecord(keyOf(application, name))
    if (!record) return { version: 0, test: undefined }
    return { version: record.version + 1, test: record.value as TestCase }
  }

  /**
   * @param version the one that is replaced; 0 when there must be none
   * @returns the new one
   */
  async put(
    application: string,
    test: TestCase,
    version: number,
    event: AuditEvent,
  ): Promise<number> {
    if (version === 0 && (await this.of(application)).length >= MOST_TESTS)
      throw new Refusal(409, { detail: `There are ${MOST_TESTS} tests already` })
    const key = keyOf(application, test.name)
    const replaced = version === 0 ? undefined : version - 1
    await this.audit.commit(event, { records: [{ key, value: test, version: replaced }] })
    return version + 1
  }

  async remove(
    application: string,
    name: string,
    version: number,
    event: AuditEvent,
  ): Promise<void> {
    const key = keyOf(application, name)
    await this.audit.commit(event, { records: [{ key, value: undefined, version: version - 1 }] })
  }
}
