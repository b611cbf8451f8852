import { createHash, randomBytes } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { RecordStore } from '../../store/record-store.js'
import type { KnownUser, Users } from './users.js'

const SessionRecord = Type.Object({
  user: Type.String(),
  /** That of the user when it began. */
  epoch: Type.Integer(),
  /** Milliseconds since 1970-01-01 UTC. */
  createdAtMs: Type.Number(),
  lastSeenAtMs: Type.Number(),
})
type SessionRecord = Static<typeof SessionRecord>

const IDLE_MS = 60 * 60_000
const LONGEST_MS = 12 * 60 * 60_000
/** How long it may take until another process hears that somebody has signed out. */
const TRUSTED_MS = 2000
/** How far behind the store may be with when somebody was seen. */
const SEEN_EVERY_MS = 60_000
const MOST_CACHED = 10_000
const ID_BYTES = 32
const MOST_TRIES = 3

/** A session that is valid. */
export interface LiveSession {
  readonly user: KnownUser
  readonly expiresAtMs: number
}

interface Cached {
  readonly record: SessionRecord
  readonly version: number
  readonly readAtMs: number
}

/** What is stored of a secret that is long and random: nothing that leads back to it. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function isOfStore(error: unknown): boolean {
  return error instanceof PointsmanError && error.origin === 'store'
}

/** What sessions are kept with. */
export interface SessionsOptions {
  readonly store: RecordStore
  readonly clock: Clock
  readonly users: Users
}

/**
 * The sessions of users. One ends an hour after it was used last, twelve hours after it began, and when its user is disabled,
 * removed, or gets other grants or another password. While the store does not answer, those that this process knows go on.
 */
export class Sessions {
  private readonly store: RecordStore
  private readonly clock: Clock
  private readonly users: Users
  /** By hash, the one that was read longest ago first. */
  private readonly cache = new Map<string, Cached>()

  constructor({ store, clock, users }: SessionsOptions) {
    this.store = store
    this.clock = clock
    this.users = users
  }

  /**
   * Begins a session.
   * @returns its id, which is told to nobody but the browser
   * @throws PointsmanError STORE_LOST
   */
  async begin({ name, value: { epoch } }: KnownUser): Promise<string> {
    const id = randomBytes(ID_BYTES).toString('base64url')
    const now = this.clock.wallTimeMs()
    const value: SessionRecord = { user: name, epoch, createdAtMs: now, lastSeenAtMs: now }
    const hash = hashOf(id)
    await this.store.commit({ records: [{ key: `sessions/${hash}`, value, version: undefined }] })
    this.remember(hash, { record: value, version: 0, readAtMs: this.clock.now() })
    return id
  }

  /**
   * The session of this id, if it is valid.
   * @param beforeLookup called before the store is asked for one that was not seen lately
   * @param isUse whether somebody is there, so that the session goes on
   * @throws PointsmanError STORE_LOST
   */
  async find(
    id: string,
    beforeLookup: () => Promise<void> = () => Promise.resolve(),
    isUse = true,
  ): Promise<LiveSession | undefined> {
    const hash = hashOf(id)
    if (!this.cache.has(hash)) await beforeLookup()
    const cached = await this.read(hash)
    if (!cached) return undefined
    const { record } = cached
    const user = await this.users.find(record.user, record.epoch)
    const expiresAtMs = this.expiryOf(record)
    const isValid =
      user?.value.epoch === record.epoch &&
      !user.value.disabled &&
      expiresAtMs > this.clock.wallTimeMs()
    if (!isValid) {
      await this.remove(hash)
      return undefined
    }
    const seen = isUse ? await this.see(hash, cached) : record
    return { user, expiresAtMs: this.expiryOf(seen) }
  }

  /** @throws PointsmanError STORE_LOST */
  async end(id: string): Promise<void> {
    const hash = hashOf(id)
    const key = `sessions/${hash}`
    this.cache.delete(hash)
    for (let tries = 1; ; tries++) {
      const stored = await this.store.readRecord(key)
      if (!stored) return
      try {
        await this.store.commit({ records: [{ key, value: undefined, version: stored.version }] })
        return
      } catch (error) {
        // Another process has just noted that it was used.
        if (tries === MOST_TRIES || !isOfStore(error)) throw error
      }
    }
  }

  /**
   * Removes those that have expired.
   * @throws PointsmanError STORE_LOST
   */
  async sweep(): Promise<void> {
    const now = this.clock.wallTimeMs()
    for (const { key, version, value } of await this.store.listRecords('sessions')) {
      const isLive = Value.Check(SessionRecord, value) && this.expiryOf(value) > now
      if (!isLive) await this.removeRecord(key.slice('sessions/'.length), version)
    }
  }

  private expiryOf({ createdAtMs, lastSeenAtMs }: SessionRecord): number {
    return Math.min(createdAtMs + LONGEST_MS, lastSeenAtMs + IDLE_MS)
  }

  private async read(hash: string): Promise<Cached | undefined> {
    const cached = this.cache.get(hash)
    const now = this.clock.now()
    if (cached && now - cached.readAtMs < TRUSTED_MS) return cached
    try {
      const stored = await this.store.readRecord(`sessions/${hash}`)
      this.cache.delete(hash)
      if (!stored || !Value.Check(SessionRecord, stored.value)) return undefined
      const { value, version } = stored
      // Where somebody was seen after it was written last is known here alone.
      const lastSeenAtMs = Math.max(value.lastSeenAtMs, cached?.record.lastSeenAtMs ?? 0)
      return this.remember(hash, { record: { ...value, lastSeenAtMs }, version, readAtMs: now })
    } catch (error) {
      if (cached && isOfStore(error)) return cached
      throw error
    }
  }

  private remember(hash: string, cached: Cached): Cached {
    this.cache.set(hash, cached)
    const [oldest] = this.cache.keys()
    if (this.cache.size > MOST_CACHED && oldest !== undefined) this.cache.delete(oldest)
    return cached
  }

  /** Remembers that somebody is there, in the store at most once a minute. */
  private async see(hash: string, { record, version, readAtMs }: Cached): Promise<SessionRecord> {
    const now = this.clock.wallTimeMs()
    const seen = { ...record, lastSeenAtMs: now }
    const isDue = now - record.lastSeenAtMs >= SEEN_EVERY_MS
    if (!isDue) return record
    this.remember(hash, { record: seen, version: version + 1, readAtMs })
    try {
      await this.store.commit({ records: [{ key: `sessions/${hash}`, value: seen, version }] })
    } catch (error) {
      // Another process saw them at the same time, or the store will hear of it in a minute.
      if (!isOfStore(error)) throw error
    }
    return seen
  }

  private async remove(hash: string): Promise<void> {
    const version = this.cache.get(hash)?.version
    this.cache.delete(hash)
    if (version !== undefined) await this.removeRecord(hash, version)
  }

  private async removeRecord(hash: string, version: number): Promise<void> {
    try {
      await this.store.commit({ records: [{ key: `sessions/${hash}`, value: undefined, version }] })
    } catch (error) {
      // It is removed already, or will be when it is swept; valid it is not.
      if (!isOfStore(error)) throw error
    }
  }
}
