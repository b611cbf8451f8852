import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { RecordStore, RecordWrite } from '../../store/record-store.js'
import { Refusal } from '../http/refusal.js'

/** A text of RFC 9651 section 3.3.3, as draft-ietf-httpapi-idempotency-key-header-07 section 2.1 asks for. */
const KEY = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,200})"$/

/** The field that tells attempts apart, where a route takes it. */
export const AttemptHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'In quotes, and another one for each thing that is wanted: what is sent again with it is done once',
    }),
  ),
})

/** Something that is wanted once, however often it is sent. */
export interface Attempt {
  /** Made of the user and of what they call it. */
  readonly id: string
  /** Digest of what is wanted. */
  readonly wanted: string
}

/** What is remembered of an attempt. */
interface KeptAttempt {
  readonly wanted: string
  /** Id of the change set that came of it. */
  readonly change: string
}

function digestOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

/**
 * The attempt that a request belongs to; undefined for one that does not say it.
 * @throws Refusal 400
 */
export function attemptOf({ headers, operator, url, body }: FastifyRequest): Attempt | undefined {
  const { 'idempotency-key': given } = headers
  if (given === undefined) return undefined
  const [, key] = KEY.exec(String(given)) ?? []
  if (key === undefined) {
    const message = 'has to be 1 to 200 characters of ASCII, in quotes'
    throw new Refusal(400, {
      detail: `Idempotency-Key ${message}`,
      errors: [{ path: 'idempotency-key', code: '', message }],
    })
  }
  const wanted = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null)
  return { id: digestOf(operator.user, key), wanted: digestOf(url, wanted) }
}

/** The attempt at one of several things that are wanted together. */
export function attemptAt(attempt: Attempt | undefined, part: string): Attempt | undefined {
  return attempt && { ...attempt, id: digestOf(attempt.id, part) }
}

/** The refusal of something else that is called as something before was. @param current what came of that */
export function calledAlike(current: unknown): Refusal {
  const detail = 'Something else was sent with this Idempotency-Key before'
  return new Refusal(422, { detail, current })
}

/** The key of the record of an attempt. */
export function attemptKey(id: string): string {
  return `attempts/${id}`
}

/** What came of an attempt that was made before. */
export async function keptAttempt(
  store: RecordStore,
  { id }: Attempt,
): Promise<KeptAttempt | undefined> {
  const record = await store.readRecord(attemptKey(id))
  // Written by `attemptRecord` alone.
  return record?.value as KeptAttempt | undefined
}

/** What remembers an attempt; of several at the same time one can be written. */
export function attemptRecord({ id, wanted }: Attempt, change: string): RecordWrite {
  const value: KeptAttempt = { wanted, change }
  return { key: attemptKey(id), value, version: undefined }
}
