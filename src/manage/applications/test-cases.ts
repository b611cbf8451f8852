import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import { AuditedValues, type Kept } from '../accounts/audited-values.js'
import type { TestCase } from '../api/applications.js'
import { Refusal } from '../http/refusal.js'

/** Of one application. */
const MOST_TESTS = 1000

function folderOf(application: string): string {
  return `tests/${application}`
}

function keyOf(application: string, name: string): string {
  return `${folderOf(application)}/${encodeURIComponent(name)}`
}

/** The tests that people have saved. They are no part of a model, and so nobody has to approve them. */
export class TestCases {
  private readonly store: RecordStore
  private readonly values: AuditedValues<TestCase>

  constructor(store: RecordStore, audit: Audit) {
    this.store = store
    this.values = new AuditedValues(store, audit)
  }

  /** By their names. */
  async of(application: string): Promise<readonly TestCase[]> {
    const records = await this.store.listRecords(folderOf(application))
    // Written by `put` alone.
    return records.map(({ value }) => value as TestCase)
  }

  find(application: string, name: string): Promise<Kept<TestCase | undefined>> {
    return this.values.of(keyOf(application, name))
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
    return this.values.set(keyOf(application, test.name), test, version, event)
  }

  remove(application: string, name: string, version: number, event: AuditEvent): Promise<void> {
    return this.values.remove(keyOf(application, name), version, event)
  }
}
