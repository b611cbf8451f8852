import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { RecordStore } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import { Grant, type NewToken, type TokenView } from '../api/accounts.js'
import type { Audit, AuditEvent } from './audit.js'
import { KeptRecords, type KeptRecord } from './kept-records.js'
import { hashOf } from './sessions.js'
import type { KnownUser, Users } from './users.js'

const TokenRecord = Type.Object({
  name: Type.String(),
  owner: Type.String(),
  /** When the owner was made: of another user of that name it is none. */
  ownerCreatedAt: Type.String(),
  grants: Type.Array(Grant),
  /** SHA-256 of the secret. */
  hash: Type.String(),
  createdAt: Type.String(),
  expiresAt: Type.Union([Type.String(), Type.Null()]),
  lastUsedAt: Type.Union([Type.String(), Type.Null()]),
})
type TokenRecord = Static<typeof TokenRecord>

const ID_BYTES = 12
const SECRET_BYTES = 32
const FORM = /^pointsman_([\da-f]{24})_([\w-]{43})$/
/** How far behind the store may be with when a token was used. */
const USED_EVERY_MS = 10 * 60_000

/** A token that is valid, with its owner. */
export interface LiveToken {
  readonly id: string
  readonly grants: readonly Grant[]
  readonly owner: KnownUser
}

/** What tokens are kept with. */
export interface TokensOptions {
  readonly store: RecordStore
  readonly clock: Clock
  readonly log: Log
  readonly audit: Audit
  readonly users: Users
}

function viewOf(id: string, record: TokenRecord): TokenView {
  const { name, owner, grants, createdAt, expiresAt, lastUsedAt } = record
  return { id, name, owner, grants, createdAt, expiresAt, lastUsedAt }
}

/** The tokens that programs send in place of a session; each has an owner, and never more rights than they. */
export class Tokens {
  private readonly store: RecordStore
  private readonly clock: Clock
  private readonly audit: Audit
  private readonly users: Users
  private readonly kept: KeptRecords<TokenRecord>

  constructor({ store, clock, log, audit, users }: TokensOptions) {
    this.store = store
    this.clock = clock
    this.audit = audit
    this.users = users
    this.kept = new KeptRecords({
      store,
      clock,
      log,
      folder: 'tokens',
      parse: (value) => (Value.Check(TokenRecord, value) ? value : undefined),
    })
  }

  /** Follows the store until `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    await this.kept.follow(signal)
  }

  /**
   * Makes a token.
   * @returns with what has to be sent, which is not stored
   * @throws PointsmanError STORE_LOST
   */
  async create(
    { name: owner, value: { createdAt: ownerCreatedAt } }: KnownUser,
    { name, grants, expiresAt }: NewToken,
    eventAbout: (id: string) => AuditEvent,
  ): Promise<{ readonly token: TokenView; readonly secret: string }> {
    const id = randomBytes(ID_BYTES).toString('hex')
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const value: TokenRecord = {
      name,
      owner,
      ownerCreatedAt,
      grants,
      hash: hashOf(secret),
      createdAt: new Date(this.clock.wallTimeMs()).toISOString(),
      expiresAt: expiresAt && new Date(expiresAt).toISOString(),
      lastUsedAt: null,
    }
    const record = { key: this.kept.keyOf(id), value, version: undefined }
    await this.audit.commit(eventAbout(id), { records: [record] })
    return { token: viewOf(id, value), secret: `pointsman_${id}_${secret}` }
  }

  /**
   * All tokens that there are.
   * @throws PointsmanError STORE_LOST
   */
  async list(): Promise<readonly TokenView[]> {
    return [...(await this.kept.readAll())].map(([id, { value }]) => viewOf(id, value))
  }

  /** @throws PointsmanError STORE_LOST */
  async read(id: string): Promise<TokenView | undefined> {
    const kept = await this.kept.read(id)
    return kept && viewOf(id, kept.value)
  }

  /**
   * Makes a token worthless.
   * @returns false when there was none
   * @throws PointsmanError STORE_CONFLICT when it was used at the same time, STORE_LOST
   */
  async revoke(id: string, event: AuditEvent): Promise<boolean> {
    const kept = await this.kept.read(id)
    if (!kept) return false
    const record = { key: this.kept.keyOf(id), value: undefined, version: kept.version }
    await this.audit.commit(event, { records: [record] })
    await this.kept.read(id)
    return true
  }

  /**
   * The token that was sent, if it is valid.
   * @param beforeLookup called before the store is asked for one that is not known
   * @throws PointsmanError STORE_LOST
   */
  async find(sent: string, beforeLookup: () => Promise<void>): Promise<LiveToken | undefined> {
    const [, id, secret] = FORM.exec(sent) ?? []
    if (id === undefined || secret === undefined) return undefined
    let kept = this.kept.get(id)
    if (!kept) {
      await beforeLookup()
      kept = await this.kept.read(id)
    }
    if (!kept || !this.isRight(kept.value, secret)) return undefined
    const owner = await this.users.find(kept.value.owner)
    if (!owner || owner.value.disabled) return undefined
    if (owner.value.createdAt !== kept.value.ownerCreatedAt) return undefined
    await this.use(id, kept)
    return { id, grants: kept.value.grants, owner }
  }

  private isRight({ hash, expiresAt }: TokenRecord, secret: string): boolean {
    const isSame = timingSafeEqual(Buffer.from(hash), Buffer.from(hashOf(secret)))
    return isSame && (expiresAt === null || Date.parse(expiresAt) > this.clock.wallTimeMs())
  }

  /** Remembers that it was used. */
  private async use(id: string, { version, value }: KeptRecord<TokenRecord>): Promise<void> {
    const now = this.clock.wallTimeMs()
    const { lastUsedAt } = value
    if (lastUsedAt !== null && now - Date.parse(lastUsedAt) < USED_EVERY_MS) return
    const used = { ...value, lastUsedAt: new Date(now).toISOString() }
    try {
      await this.store.commit({ records: [{ key: this.kept.keyOf(id), value: used, version }] })
      await this.kept.read(id)
    } catch (error) {
      // Another process saw it at the same time, or the store will hear of it the next time.
      if (!(error instanceof PointsmanError)) throw error
    }
  }
}
