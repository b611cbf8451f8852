import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from './refusal.js'

/** A version as an entity tag (RFC 9110 section 8.8.3). */
export function etagOf(version: number): string {
  return `"${version}"`
}

/** Answers with something that has a version, which whoever changes it has to name. */
export function sendVersioned(reply: FastifyReply, version: number, body: unknown): FastifyReply {
  return reply.header('etag', etagOf(version)).send(body)
}

/**
 * The version that a request replaces, from its `If-Match`.
 * @throws Refusal 428 without one, 400 for what is no version
 */
export function replacedVersion({ headers }: FastifyRequest): number {
  const { 'if-match': given } = headers
  if (given === undefined)
    throw new Refusal(428, {
      detail: 'If-Match has to name the version that is replaced: its ETag',
    })
  const [, digits] = /^"(\d{1,15})"$/.exec(given) ?? []
  if (digits === undefined)
    throw new Refusal(400, { detail: `If-Match is not an ETag of this service: ${given}` })
  return Number(digits)
}

/** The refusal of a change to something that is another by now. */
export function changedMeanwhile(version: number, current: unknown): Refusal {
  const detail = 'It has changed meanwhile'
  return new Refusal(412, { detail, current, headers: { etag: etagOf(version) } })
}

/**
 * Lets a request go on that makes something, or replaces what is there: with `If-None-Match: *` nothing may be there.
 * @param kept undefined for nothing
 * @throws Refusal 412 when it is otherwise, 428 when something is replaced without being named
 */
export function requireSeen(
  request: FastifyRequest,
  kept: { readonly version: number; readonly current: unknown } | undefined,
): void {
  const { 'if-match': replaced, 'if-none-match': none } = request.headers
  if (none !== undefined && none !== '*')
    throw new Refusal(400, { detail: 'If-None-Match can only be *: nothing may be there' })
  if (kept && none !== undefined) throw changedMeanwhile(kept.version, kept.current)
  if (kept) requireVersion(request, kept.version, kept.current)
  else if (replaced !== undefined) throw new Refusal(412, { detail: 'It is not there any more' })
}

/**
 * Lets a request go on that replaces the version that is there.
 * @throws Refusal 428 without `If-Match`, 412 with what is there by now
 */
export function requireVersion(request: FastifyRequest, version: number, current: unknown): void {
  if (replacedVersion(request) !== version) throw changedMeanwhile(version, current)
}
