import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { RefusalParts } from './http/refusal.js'

/** Answers with an error in the form of RFC 9457; the status says what kind of problem it is, the detail is for people. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail?: string,
  { errors, current }: Pick<RefusalParts, 'errors' | 'current'> = {},
): FastifyReply {
  const title = STATUS_CODES[status]
  const problem = { type: 'about:blank', title, status, detail, errors, current }
  // In the form that it has already: no schema of a route fits it.
  const text = JSON.stringify(problem)
  return reply.code(status).type('application/problem+json').send(text)
}
