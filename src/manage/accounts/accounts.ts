import type { Clock } from '../../core/ports.js'
import { pause } from '../../core/wait.js'
import type { RecordStore } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import { Audit } from './audit.js'
import { PasswordHasher, type ScryptCost } from './passwords.js'
import { Sessions } from './sessions.js'
import { Tokens } from './tokens.js'
import { Users } from './users.js'

/** Who becomes the first administrator. */
export interface Bootstrap {
  readonly user: string
  readonly password: string
}

/** What accounts are kept with. */
export interface AccountsOptions {
  readonly store: RecordStore
  readonly clock: Clock
  readonly log: Log
  readonly bootstrap: Bootstrap | undefined
  /** What passwords cost; tests cannot wait for as much as others have to. */
  readonly passwordCost?: ScryptCost
}

const SWEEP_EVERY_MS = 10 * 60_000
const RETRY_MS = 1000

/** Users, their sessions and tokens, and the log of what they did. */
export class Accounts {
  readonly audit: Audit
  readonly users: Users
  readonly sessions: Sessions
  readonly tokens: Tokens
  readonly passwords: PasswordHasher
  private readonly clock: Clock
  private readonly log: Log
  private readonly bootstrap: Bootstrap | undefined
  private readonly running = new AbortController()
  private work: readonly Promise<void>[] = []
  private firstTry: Promise<void> = Promise.resolve()
  private isFirstDone = false
  private isTold = false

  constructor({ store, clock, log, bootstrap, passwordCost }: AccountsOptions) {
    this.clock = clock
    this.log = log
    this.bootstrap = bootstrap
    this.passwords = new PasswordHasher(passwordCost)
    this.audit = new Audit({ store, clock, log })
    this.users = new Users({ store, clock, log, audit: this.audit })
    this.sessions = new Sessions({ store, clock, users: this.users })
    this.tokens = new Tokens({ store, clock, log, audit: this.audit, users: this.users })
  }

  /** Begins to follow the store; where there are no users, the first is made as soon as the store answers. */
  start(): void {
    const { signal } = this.running
    this.firstTry = this.tryToMakeFirst()
    this.work = [
      this.users.follow(signal),
      this.tokens.follow(signal),
      this.makeFirst(signal),
      this.tidy(signal),
    ]
  }

  async stop(): Promise<void> {
    this.running.abort()
    await Promise.all(this.work)
  }

  /** Resolves when the first administrator is there, or could not be made yet. */
  begun(): Promise<void> {
    return this.firstTry
  }

  private async tryToMakeFirst(): Promise<void> {
    try {
      await this.makeFirstNow()
      this.isFirstDone = true
    } catch (error) {
      if (!this.isTold) this.log.warn({ err: error }, 'first administrator not made yet')
      this.isTold = true
    }
  }

  private async makeFirst(signal: AbortSignal): Promise<void> {
    await this.firstTry
    while (!this.isFirstDone) {
      await pause(this.clock, RETRY_MS, signal)
      if (signal.aborted) return
      await this.tryToMakeFirst()
    }
  }

  private async makeFirstNow(): Promise<void> {
    const { bootstrap } = this
    if (!bootstrap || (await this.users.readAll()).length > 0) return
    const { user, password } = bootstrap
    const first = {
      displayName: user,
      grants: [{ role: 'administrator', on: '*' } as const],
      disabled: false,
      signIn: 'password',
      password: await this.passwords.hash(password),
      identity: null,
    } as const
    await this.users.create(
      user,
      { ...first, grants: [...first.grants] },
      {
        by: '',
        action: 'user-created',
        subject: `user:${user}`,
        from: '',
        detail: 'the first administrator, by MANAGEMENT_BOOTSTRAP_USER',
      },
    )
  }

  /** Removes what nobody needs any more, from time to time. */
  private async tidy(signal: AbortSignal): Promise<void> {
    await pause(this.clock, SWEEP_EVERY_MS, signal)
    while (!signal.aborted) {
      try {
        await this.sessions.sweep()
        await this.audit.prune()
      } catch (error) {
        this.log.warn({ err: error }, 'expired sessions and audit entries not removed')
      }
      await pause(this.clock, SWEEP_EVERY_MS, signal)
    }
  }
}
