import { ERROR_KINDS, type ErrorCode } from '../core/errors.js'
import { bucketOf, DURATION_BUCKETS, type DurationCounts } from './durations.js'

/**
 * How requests end: with a whole answer, of one of the five classes; `aborted` by the client; or `failed`, when the answer
 * was missing or not whole and the client is not to blame.
 */
export const ENDINGS = ['aborted', 'failed', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

export type Ending = (typeof ENDINGS)[number]

/** Numbers that were added to: the place of each, and how much was added, in turn. */
export type Additions = readonly number[]

const CODES = Object.keys(ERROR_KINDS) as readonly ErrorCode[] // The keys of a constant of ours.
const CODE_PLACES = new Map(CODES.map((code, at) => [code, at]))

/** Where each number has its place. */
const REQUESTS = {
  aborted: 0,
  failed: 1,
  '1xx': 2,
  '2xx': 3,
  '3xx': 4,
  '4xx': 5,
  '5xx': 6,
} as const satisfies Record<Ending, number>
const RETRIES = ENDINGS.length
const QUEUED = RETRIES + 1
const QUEUED_SECONDS = QUEUED + 1
const RECEIVED = QUEUED_SECONDS + 1
const SENT = RECEIVED + 1
const SECONDS = SENT + 1
const BUCKETS = SECONDS + 1
const ERRORS = BUCKETS + DURATION_BUCKETS
const LENGTH = ERRORS + CODES.length

/**
 * What is counted of the requests of one thing, as one row of numbers: counting allocates nothing, rows add up, and what was
 * added to one of them can be sent to another process.
 */
export class Tally implements DurationCounts {
  private readonly numbers = new Float64Array(LENGTH)
  readonly buckets = this.numbers.subarray(BUCKETS, ERRORS)
  private changed = false

  /** Whether nothing was counted since `take`. */
  get isQuiet(): boolean {
    return !this.changed
  }

  /** A request got a whole answer. */
  answered(status: number): void {
    const nth = Math.min(Math.max(Math.trunc(status / 100), 1), 5)
    this.count(REQUESTS['1xx'] + nth - 1, 1)
  }

  /** A request got no answer, or not the whole of it. */
  broken(code: ErrorCode): void {
    const ending = ERROR_KINDS[code].origin === 'client' ? 'aborted' : 'failed'
    this.count(REQUESTS[ending], 1)
  }

  error(code: ErrorCode): void {
    this.count(ERRORS + (CODE_PLACES.get(code) ?? 0), 1)
  }

  retried(times: number): void {
    this.count(RETRIES, times)
  }

  /** A request had to wait for a target with room. */
  queued(seconds: number): void {
    this.count(QUEUED, 1)
    this.count(QUEUED_SECONDS, seconds)
  }

  /** Bytes of bodies: of requests, and of responses. */
  moved(receivedBytes: number, sentBytes: number): void {
    this.count(RECEIVED, receivedBytes)
    this.count(SENT, sentBytes)
  }

  took(seconds: number): void {
    this.count(SECONDS, seconds)
    this.count(BUCKETS + bucketOf(seconds), 1)
  }

  private count(place: number, by: number): void {
    this.numbers[place] = (this.numbers[place] ?? 0) + by
    this.changed = true
  }

  /** What was counted since the last time; counting begins anew. */
  take(): Additions {
    const additions: number[] = []
    for (let place = 0; place < LENGTH; place++) {
      const number = this.numbers[place] ?? 0
      if (number !== 0) additions.push(place, number)
    }
    this.numbers.fill(0)
    this.changed = false
    return additions
  }

  /** @param sign -1 takes away again what was added */
  add(additions: Additions, sign: 1 | -1 = 1): void {
    for (let at = 0; at + 1 < additions.length; at += 2)
      this.count(additions[at] ?? 0, sign * (additions[at + 1] ?? 0))
  }

  requests(ending: Ending): number {
    return this.numbers[REQUESTS[ending]] ?? 0
  }

  get allRequests(): number {
    let sum = 0
    for (const ending of ENDINGS) sum += this.requests(ending)
    return sum
  }

  errors(code: ErrorCode): number {
    return this.numbers[ERRORS + (CODE_PLACES.get(code) ?? 0)] ?? 0
  }

  get retries(): number {
    return this.numbers[RETRIES] ?? 0
  }

  /** How many requests had to wait for a target with room. */
  get queuedRequests(): number {
    return this.numbers[QUEUED] ?? 0
  }

  /** For how long those waited together. */
  get queuedSeconds(): number {
    return this.numbers[QUEUED_SECONDS] ?? 0
  }

  get receivedBytes(): number {
    return this.numbers[RECEIVED] ?? 0
  }

  get sentBytes(): number {
    return this.numbers[SENT] ?? 0
  }

  get seconds(): number {
    return this.numbers[SECONDS] ?? 0
  }
}
