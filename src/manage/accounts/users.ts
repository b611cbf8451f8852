import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { RecordStore, RecordWrite } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import { Grant, type UserView } from '../api/accounts.js'
import { Refusal } from '../http/refusal.js'
import type { Audit, AuditEvent } from './audit.js'
import { isGranted } from './grants.js'
import { KeptRecords, type KeptRecord } from './kept-records.js'

/** What is stored of a user. */
export const UserRecord = Type.Object({
  displayName: Type.String(),
  grants: Type.Array(Grant),
  disabled: Type.Boolean(),
  signIn: Type.Enum(['password', 'openid']),
  /** Hash; null for who signs in by OpenID. */
  password: Type.Union([Type.String(), Type.Null()]),
  /** `<issuer> <subject>`, which no other person gets; null before the first sign-in, and of who has a password. */
  identity: Type.Union([Type.String(), Type.Null()]),
  createdAt: Type.String(),
  /** Grows with whatever ends the sessions that were begun before; later than that of an older user of that name. */
  epoch: Type.Integer(),
})
export type UserRecord = Static<typeof UserRecord>

/** A user in the version that it has by now. */
export interface KnownUser extends KeptRecord<UserRecord> {
  readonly name: string
}

const LastSignIn = Type.Object({ at: Type.String() })

const ADMINISTRATORS = 'accounts/administrators'

/** Two who change users at once are tried again so often. */
const MOST_TRIES = 5

function isAdministrator(user: UserRecord | undefined): boolean {
  return user !== undefined && !user.disabled && isGranted(user.grants, 'administrator', '*')
}

function isConflict(error: unknown): boolean {
  return error instanceof PointsmanError && error.code === 'STORE_CONFLICT'
}

/** What users are kept with. */
export interface UsersOptions {
  readonly store: RecordStore
  readonly clock: Clock
  readonly log: Log
  readonly audit: Audit
}

/** The users, in the store and in memory. */
export class Users {
  private readonly store: RecordStore
  private readonly clock: Clock
  private readonly audit: Audit
  private readonly kept: KeptRecords<UserRecord>

  constructor({ store, clock, log, audit }: UsersOptions) {
    this.store = store
    this.clock = clock
    this.audit = audit
    this.kept = new KeptRecords({
      store,
      clock,
      log,
      folder: 'users',
      parse: (value) => (Value.Check(UserRecord, value) ? value : undefined),
    })
  }

  /** Follows the store until `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    await this.kept.follow(signal)
  }

  /**
   * The user of that name, from memory where it is there.
   * @param epoch known from elsewhere; memory that is older is not trusted
   * @throws PointsmanError STORE_LOST
   */
  async find(name: string, epoch = 0): Promise<KnownUser | undefined> {
    const kept = this.kept.get(name)
    if (kept && kept.value.epoch >= epoch) return { name, ...kept }
    return this.read(name)
  }

  /** @throws PointsmanError STORE_LOST */
  async read(name: string): Promise<KnownUser | undefined> {
    const kept = await this.kept.read(name)
    return kept && { name, ...kept }
  }

  /** @throws PointsmanError STORE_LOST */
  async readAll(): Promise<readonly KnownUser[]> {
    return [...(await this.kept.readAll())].map(([name, kept]) => ({ name, ...kept }))
  }

  /** @throws PointsmanError STORE_LOST */
  async viewOf({ name, value }: KnownUser): Promise<UserView> {
    const record = await this.store.readRecord(`sign-ins/${name}`)
    const last = Value.Check(LastSignIn, record?.value) ? record.value.at : null
    const { displayName, grants, disabled, signIn, createdAt } = value
    return { name, displayName, grants, disabled, signIn, createdAt, lastSignInAt: last }
  }

  /** Remembers when somebody signed in. */
  async signedIn(name: string): Promise<void> {
    const key = `sign-ins/${name}`
    const value = { at: new Date(this.clock.wallTimeMs()).toISOString() }
    try {
      const version = (await this.store.readRecord(key))?.version
      await this.store.commit({ records: [{ key, value, version }] })
    } catch (error) {
      // Somebody else has just remembered the same, or it is only lost for the list of users.
      if (!(error instanceof PointsmanError)) throw error
    }
  }

  /**
   * Makes a user.
   * @throws PointsmanError STORE_CONFLICT when the name is taken, STORE_LOST
   */
  async create(
    name: string,
    user: Omit<UserRecord, 'createdAt' | 'epoch'>,
    event: AuditEvent,
  ): Promise<KnownUser> {
    const now = this.clock.wallTimeMs()
    const value = { ...user, createdAt: new Date(now).toISOString(), epoch: now }
    return this.write({ name, before: undefined, value, event })
  }

  /**
   * Changes a user that is still in this version. Whatever concerns what they may do ends their sessions.
   * @throws Refusal 409 when no administrator would be left
   * @throws PointsmanError STORE_CONFLICT when it is in another one, STORE_LOST
   */
  async change(
    before: KnownUser,
    parts: Partial<Omit<UserRecord, 'epoch' | 'createdAt'>>,
    event: AuditEvent,
  ): Promise<KnownUser> {
    const { name } = before
    const { grants, disabled, password } = before.value
    const value = { ...before.value, ...parts }
    const isSame =
      JSON.stringify(value.grants) === JSON.stringify(grants) &&
      value.disabled === disabled &&
      value.password === password
    const epoch = isSame ? value.epoch : Math.max(value.epoch + 1, this.clock.wallTimeMs())
    return this.write({ name, before, value: { ...value, epoch }, event })
  }

  /**
   * Removes a user that is still in this version.
   * @throws Refusal 409 when no administrator would be left
   * @throws PointsmanError STORE_CONFLICT when it is in another one, STORE_LOST
   */
  async remove(before: KnownUser, event: AuditEvent): Promise<void> {
    await this.commit(before.name, { before, value: undefined, event })
    await this.kept.read(before.name)
  }

  private async write(
    change: { name: string; value: UserRecord } & Omit<UserWrite, 'value'>,
  ): Promise<KnownUser> {
    const { name, value } = change
    await this.commit(name, change)
    const written = await this.read(name)
    return written ?? { name, version: 0, value }
  }

  private async commit(name: string, { before, value, event }: UserWrite): Promise<void> {
    const record = { key: this.kept.keyOf(name), value, version: before?.version }
    for (let tries = 1; ; tries++) {
      const guard = await this.guardOf(name, before?.value, value)
      try {
        await this.audit.commit(event, { records: [record, ...guard] })
        return
      } catch (error) {
        const isOther = guard.length > 0 && isConflict(error) && tries < MOST_TRIES
        if (!isOther || (await this.read(name))?.version !== before?.version) throw error
      }
    }
  }

  /**
   * What has to be written besides where somebody becomes an administrator, or is none any more: one record that everybody
   * who does so writes, so that of two who remove each other only one can.
   */
  private async guardOf(
    name: string,
    before: UserRecord | undefined,
    after: UserRecord | undefined,
  ): Promise<readonly RecordWrite[]> {
    if (isAdministrator(before) === isAdministrator(after)) return []
    const guard = await this.store.readRecord(ADMINISTRATORS)
    const users = await this.readAll()
    const others = users.filter((user) => user.name !== name && isAdministrator(user.value))
    const names = others.map((user) => user.name)
    if (isAdministrator(after)) names.push(name)
    if (names.length === 0)
      throw new Refusal(409, { detail: `${name} is the last administrator, and has to stay one` })
    return [{ key: ADMINISTRATORS, value: { names: names.sort() }, version: guard?.version }]
  }
}

interface UserWrite {
  readonly before: KnownUser | undefined
  readonly value: UserRecord | undefined
  readonly event: AuditEvent
}
