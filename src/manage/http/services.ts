import type { Clock } from '../../core/ports.js'
import type { HostStore, ModelStore } from '../../store/model-store.js'
import type { RecordStore } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import type { Accounts } from '../accounts/accounts.js'
import type { Audit } from '../accounts/audit.js'
import type { ManagedService } from '../managed-service.js'
import type { ModelBook } from '../models/model-book.js'

/** Where operators' work is kept. */
export type ManagementStore = ModelStore & HostStore & RecordStore

/** What routes work with; there are operators, and so there is a store. */
export interface ManageServices {
  readonly service: ManagedService
  readonly store: ManagementStore
  readonly models: ModelBook
  readonly accounts: Accounts
  readonly audit: Audit
  readonly clock: Clock
  readonly log: Log
}
