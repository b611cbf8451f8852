import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import { AuditedValues, type Kept } from '../accounts/audited-values.js'
import type { Policy } from '../api/applications.js'
import type { GrantSubject } from '../http/access.js'

const DEFAULT_POLICY: Policy = { approvals: 'required' }

function keyOf(subject: GrantSubject): string {
  return `policies/${subject}`
}

/** Who must agree to changes; as long as nobody says otherwise somebody else than the author. */
export class Policies {
  private readonly values: AuditedValues<Policy>

  constructor(store: RecordStore, audit: Audit) {
    this.values = new AuditedValues(store, audit)
  }

  async of(subject: GrantSubject): Promise<Kept<Policy>> {
    const { version, value = DEFAULT_POLICY } = await this.values.of(keyOf(subject))
    return { version, value }
  }

  /** @returns the new version */
  set(
    subject: GrantSubject,
    { approvals }: Policy,
    version: number,
    event: AuditEvent,
  ): Promise<number> {
    return this.values.set(keyOf(subject), { approvals }, version, event)
  }
}
