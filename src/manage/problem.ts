import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'

/** Answers with an error in the form of RFC 9457; the status says what kind of problem it is, the detail is for people. */
export function sendProblem(reply: FastifyReply, status: number, detail?: string): FastifyReply {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail }
  return reply.code(status).type('application/problem+json').send(problem)
}
