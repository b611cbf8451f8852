import { EXTENDED_ERRORS, RCODES } from '../codes.js'
import type { Question } from '../message.js'
import { Resolution, type Recursion } from '../recursion.js'
import { Asked, keyOf } from './asked.js'
import { BoundedCache } from './bounded-cache.js'
import type { ForwarderAddress } from './channel.js'
import { Forwarder, type ForwarderCounts, type ForwarderSurroundings } from './forwarder.js'
import { KeptAnswer } from './kept-answer.js'
import { KeptFailure } from './kept-failure.js'
import { localResponse } from './local-names.js'
import { Lookup, type LookupFailure } from './lookup.js'
import { LoopWatch } from './loop-watch.js'
import { ownResponse } from './own-response.js'
import type { Response } from './response.js'
import type { ForwardingSettings } from './settings.js'

/** How a question that was passed to the cache fared. */
export type CacheResult = 'hit' | 'miss' | 'stale' | 'failure'

/** Where everything is counted. */
export interface ResolverCounts extends ForwarderCounts {
  cached(result: CacheResult): void
}

/** What a resolver works with. */
export interface ResolverSurroundings extends ForwarderSurroundings {
  readonly counts: ResolverCounts
}

/** So many bytes are kept for each answer that may be, on the average: most are smaller, and one over TCP has up to 64 KiB. */
const AVERAGE_ANSWER_BYTES = 1024
/** Questions kept that nobody had an answer to. */
const MOST_FAILURES = 10_000
/** Questions that are under way to forwarders, each with some sockets; one more is SERVFAIL at once. */
const MOST_LOOKUPS = 500
/** Clients that wait for them; one more is SERVFAIL at once. */
const MOST_WAITING = 10_000
/** How long a client waits before an answer that ran out is better than none (RFC 8767 section 5). */
const STALE_AFTER_MS = 1800

/**
 * Passes questions to forwarders and keeps what they say. Many that ask the same at a time wait for one; an answer that ran
 * out is given for want of a better one (RFC 8767).
 */
export class ForwardingResolver implements Recursion {
  private readonly answers: BoundedCache<KeptAnswer>
  private readonly failures = new BoundedCache<KeptFailure>(MOST_FAILURES, Infinity)
  private readonly forwarders: readonly Forwarder[]
  private loops: LoopWatch
  /** By key, each with what it comes to once that is kept. */
  private readonly lookups = new Map<string, [Lookup, Promise<Response | LookupFailure>]>()
  private waiting = 0
  private readonly settings: ForwardingSettings
  private readonly surroundings: ResolverSurroundings

  constructor(settings: ForwardingSettings, surroundings: ResolverSurroundings) {
    const { forwarders, cacheSize, instance } = settings
    this.settings = settings
    this.surroundings = surroundings
    this.answers = new BoundedCache(cacheSize, cacheSize * AVERAGE_ANSWER_BYTES)
    this.forwarders = forwarders.map((address) => new Forwarder(address, surroundings))
    this.loops = new LoopWatch(this.forwarders, instance, surroundings)
  }

  /** Takes over other settings; false when only another resolver can. */
  take({ forwarders, cacheSize, instance }: ForwardingSettings): boolean {
    const { settings } = this
    const isSame = (address: ForwarderAddress, nth: number): boolean =>
      address.host === settings.forwarders[nth]?.host &&
      address.port === settings.forwarders[nth].port
    const fits =
      cacheSize === settings.cacheSize &&
      forwarders.length === settings.forwarders.length &&
      forwarders.every(isSame)
    if (!fits) return false
    this.loops.close()
    this.loops = new LoopWatch(this.forwarders, instance, this.surroundings)
    return true
  }

  cached(question: Question): Resolution | undefined {
    const { clock, counts } = this.surroundings
    const now = clock.now()
    const key = keyOf(question)
    const kept = this.answers.get(key)
    if (kept?.isFresh(now)) {
      counts.cached('hit')
      return kept.told(now)
    }
    if (kept?.isSettled(now)) return this.stale(kept)
    const local = this.loops.response(question) ?? localResponse(question)
    if (local) return new Resolution(local, undefined)
    if (!this.failures.get(key)?.isFresh(now)) return undefined
    counts.cached('failure')
    return failed(question, EXTENDED_ERRORS.CACHED_ERROR)
  }

  async resolve(question: Question): Promise<Resolution> {
    this.surroundings.counts.cached('miss')
    const key = keyOf(question)
    const result = this.waiting < MOST_WAITING ? this.lookUp(key, question) : undefined
    if (!result) return failed(question, EXTENDED_ERRORS.OTHER)
    this.waiting++
    try {
      return await this.within(result, key, question)
    } finally {
      this.waiting--
    }
  }

  /** It gets no more questions; those under way are answered. */
  retire(): void {
    this.loops.close()
  }

  /** Lets go of everything; who waits is told that there is no answer. */
  close(): void {
    this.retire()
    for (const [lookup] of this.lookups.values()) lookup.fail()
    for (const forwarder of this.forwarders) forwarder.close()
  }

  /** The lookup of a question, be it under way or new; undefined when there are too many. */
  private lookUp(key: string, question: Question): Promise<Response | LookupFailure> | undefined {
    const underWay = this.lookups.get(key)
    if (underWay) return underWay[1]
    if (this.lookups.size >= MOST_LOOKUPS) return undefined
    const lookup = new Lookup(new Asked(question), this.forwarders, this.surroundings.clock)
    const result = lookup.result.then((ending) => {
      this.lookups.delete(key)
      this.keep(key, ending)
      return ending
    })
    this.lookups.set(key, [lookup, result])
    return result
  }

  private keep(key: string, result: Response | LookupFailure): void {
    const now = this.surroundings.clock.now()
    if ('message' in result) {
      this.failures.delete(key)
      if (result.lifeSeconds > 0) this.answers.set(key, new KeptAnswer(result, now))
      else this.answers.delete(key)
      return
    }
    const kept = this.answers.get(key)
    if (kept?.isUsable(now)) kept.settle(now)
    else this.failures.set(key, new KeptFailure(now, this.failures.get(key)))
  }

  /** What a lookup comes to, or the answer that ran out when it takes long. */
  private async within(
    lookup: Promise<Response | LookupFailure>,
    key: string,
    question: Question,
  ): Promise<Resolution> {
    const { clock } = this.surroundings
    const kept = this.answers.get(key)
    const result = kept?.isUsable(clock.now())
      ? await Promise.race([lookup, this.patience()])
      : await lookup
    if (result && 'message' in result) return new Resolution(result.message, undefined)
    if (kept?.isUsable(clock.now())) return this.stale(kept)
    const isAnswered = result?.wasAnswered
    return failed(question, isAnswered ? undefined : EXTENDED_ERRORS.NO_REACHABLE_AUTHORITY)
  }

  private patience(): Promise<undefined> {
    return new Promise((resolve) => {
      this.surroundings.clock.after(STALE_AFTER_MS, () => resolve(undefined))
    })
  }

  private stale(kept: KeptAnswer): Resolution {
    this.surroundings.counts.cached('stale')
    return kept.toldStale()
  }
}

function failed({ bytes }: Question, extendedError: number | undefined): Resolution {
  return new Resolution(ownResponse(bytes, { rcode: RCODES.SERVFAIL }), extendedError)
}
