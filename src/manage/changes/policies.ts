import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import type { Policy } from '../api/applications.js'
import type { GrantSubject } from '../http/access.js'

const DEFAULT_POLICY: Policy = { approvals: 'required' }

/** A policy, and how often it was changed. */
export interface KeptPolicy {
  /** 0 as long as nobody has decided anything. */
  readonly version: number
  readonly policy: Policy
}

function keyOf(subject: GrantSubject): string {
  return `policies/${subject}`
}

/** Who must agree to changes; as long as nobody says otherwise somebody else than the author. */
export class Policies {
  private readonly store: RecordStore
  private readonly audit: Audit

  constructor(store: RecordStore, audit: Audit) {
    this.store = store
    this.audit = audit
  }

  async of(subject: GrantSubject): Promise<KeptPolicy> {
    const record = await this.store.readRecord(keyOf(subject))
    if (!record) return { version: 0, policy: DEFAULT_POLICY }
    // Written by `set` alone.
    return { version: record.version + 1, policy: record.value as Policy }
  }

  /** @returns the new version */
  async set(
    subject: GrantSubject,
    { approvals }: Policy,
    version: number,
    event: AuditEvent,
  ): Promise<number> {
    const replaced = version === 0 ? undefined : version - 1
    const value: Policy = { approvals }
    const records = [{ key: keyOf(subject), value, version: replaced }]
    await this.audit.commit(event, { records })
    return version + 1
  }
}
