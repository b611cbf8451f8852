import { fileURLToPath } from 'node:url'
import type { ManagementConfig } from '../config/management.js'
import type { Clock } from '../core/ports.js'
import { pause } from '../core/wait.js'
import type { Accounts } from '../manage/accounts/accounts.js'
import type { ManagementStore } from '../manage/http/services.js'
import type { ManagedService } from '../manage/managed-service.js'
import type { ModelBook } from '../manage/models/model-book.js'
import { ManagementServer } from '../manage/server.js'
import type { Log } from '../telemetry/log.js'
import type { NoUsersNote } from './no-users-note.js'

const WEB_DIRECTORY = fileURLToPath(new URL('../web', import.meta.url))
const RETRY_MS = 1000
const NOT_KNOWN = 'It is not known yet whether there are users: the store does not answer'

/** What a management plane works with. */
export interface ManagementPlaneOptions {
  readonly service: ManagedService
  readonly models: ModelBook
  readonly clock: Clock
  readonly log: Log
  readonly openStore: () => ManagementStore
  /** Whether others can write to the store at the same time, and make the first user there. */
  readonly isShared: boolean
  /** Undefined where nothing is kept over a restart. */
  readonly note: NoUsersNote | undefined
  /** Called once, before the first operator can sign in. */
  readonly onAdmit: () => Promise<void>
}

/** The operators' listener; with users, or somebody who is to become the first, also everything that is only for them. */
export class ManagementPlane {
  private readonly options: ManagementPlaneOptions
  private readonly config: ManagementConfig
  private readonly server: ManagementServer
  private readonly running = new AbortController()
  private store: ManagementStore | undefined
  private accounts: Accounts | undefined
  private looking: Promise<void> = Promise.resolve()

  constructor(config: ManagementConfig, options: ManagementPlaneOptions) {
    this.config = config
    this.options = options
    const { service, log } = options
    this.server = new ManagementServer(
      service,
      config.tls && {
        files: config.tls,
        onCertificateError: (error) =>
          log.error({ err: error, file: config.tls?.certFile }, 'certificate not replaced'),
      },
    )
  }

  /** `host:port` as the socket has it. */
  get address(): string {
    return this.server.address
  }

  /** @throws PointsmanError LISTEN_FAILED */
  async start(): Promise<void> {
    const { host, port, bootstrap, openid } = this.config
    this.server.withhold(NOT_KNOWN)
    if (bootstrap || openid) await this.admit(this.options.openStore())
    else await this.beginToLook()
    await this.server.start(host, port)
  }

  /** Resolves when what is being written is written. */
  async stop(): Promise<void> {
    this.running.abort()
    await this.server.stop()
    await this.looking
    await this.accounts?.stop()
    await this.store?.close()
  }

  /** A store that answers soon is heard before anybody is listened to. */
  private async beginToLook(): Promise<void> {
    const { signal } = this.running
    this.looking = this.lookForUsers()
    await Promise.race([this.looking, pause(this.options.clock, RETRY_MS, signal)])
  }

  /** Lets operators sign in as soon as there is one in the store. */
  private async lookForUsers(): Promise<void> {
    const { clock, log, openStore, isShared, note } = this.options
    const { signal } = this.running
    const store = openStore()
    if (await note?.isThere()) this.server.withhold(undefined)
    for (let isFirstTry = true; !signal.aborted; isFirstTry = false) {
      try {
        const isFound = await this.findUsers(store)
        if (isFound) await this.admit(store)
        else if (!isShared) await store.close()
        return
      } catch (error) {
        if (isFirstTry) log.warn({ err: error }, 'not known whether there are users')
        await pause(clock, RETRY_MS, signal)
      }
    }
    await store.close()
  }

  /** Where others can make the first user, it is waited for. */
  private async findUsers(store: ManagementStore): Promise<boolean> {
    const { note } = this.options
    const ended = new AbortController()
    const changes = store.watchRecords(
      'users',
      AbortSignal.any([this.running.signal, ended.signal]),
    )
    const told = changes[Symbol.asyncIterator]()
    try {
      while (!(await told.next()).done) {
        if ((await store.listRecords('users')).length > 0) return true
        this.server.withhold(undefined)
        await note?.write()
        if (!this.options.isShared) return false
      }
      return false
    } finally {
      ended.abort()
    }
  }

  private async admit(store: ManagementStore): Promise<void> {
    const { service, models, clock, log, note, onAdmit } = this.options
    const { bootstrap, trustProxy, openid } = this.config
    const { Accounts } = await import('../manage/accounts/accounts.js')
    const accounts = new Accounts({ store, clock, log, bootstrap })
    this.store = store
    this.accounts = accounts
    await note?.remove()
    await onAdmit()
    accounts.start()
    const services = { service, store, models, accounts, audit: accounts.audit, clock, log }
    await this.server.admit({ services, trustProxy, openid, webDirectory: WEB_DIRECTORY })
  }
}
