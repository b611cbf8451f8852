import { EXTENDED_ERRORS } from '../codes.js'
import { Resolution } from '../recursion.js'
import type { Response } from './response.js'

/** How long an answer that ran out may still be given when nobody knows better (RFC 8767 section 5: one to three days). */
const LONGEST_STALE_MS = 86_400_000
/** What its records live for then (RFC 8767 section 4). */
const STALE_TTL_SECONDS = 30
/** For how long nobody is asked again when that had to be done (RFC 8767 section 5). */
const RECHECK_MS = 30_000

/** An answer of a forwarder as it is kept: its TTLs count down, and it outlives them for want of a better one. */
export class KeptAnswer {
  private readonly response: Response
  private readonly fresh: Resolution
  private readonly keptAt: number
  private readonly expiresAt: number
  private recheckAt = 0
  /** How old it was when the TTLs were counted down last. */
  private ageSeconds = 0

  /**
   * @param response is the cache's own from now on
   * @param now clock time at which it came
   */
  constructor(response: Response, now: number) {
    this.response = response
    this.fresh = new Resolution(response.message, undefined)
    this.keptAt = now
    this.expiresAt = now + response.lifeSeconds * 1000
  }

  get sizeBytes(): number {
    return this.response.message.length + this.response.ttlPlaces.byteLength
  }

  isFresh(now: number): boolean {
    return now < this.expiresAt
  }

  /** Whether it may be given when no forwarder answers. */
  isUsable(now: number): boolean {
    return now < this.expiresAt + LONGEST_STALE_MS
  }

  /** Whether it was needed so lately that there is no use in asking anybody. */
  isSettled(now: number): boolean {
    return now < this.recheckAt
  }

  /** Nobody knows better for now. */
  settle(now: number): void {
    this.recheckAt = now + RECHECK_MS
  }

  /** What a client is told while it is fresh. Called for every such answer: the TTLs are written once a second. */
  told(now: number): Resolution {
    const age = Math.floor((now - this.keptAt) / 1000)
    const { message, ttlPlaces } = this.response
    if (age > this.ageSeconds)
      for (const place of ttlPlaces)
        message.writeUInt32BE(message.readUInt32BE(place) - (age - this.ageSeconds), place)
    this.ageSeconds = age
    return this.fresh
  }

  /** What a client is told when it has run out. */
  toldStale(): Resolution {
    const { ttlPlaces } = this.response
    const message = Buffer.from(this.response.message)
    for (const place of ttlPlaces) message.writeUInt32BE(STALE_TTL_SECONDS, place)
    return new Resolution(message, EXTENDED_ERRORS.STALE_ANSWER)
  }
}
