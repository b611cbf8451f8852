import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Answer } from './decide.js'
import {
  fullUrl,
  legacyUrl,
  locationOf,
  memberLocation,
  NOWHERE,
  type Location,
} from './location.js'

/** Seconds after which a client may ask again when nobody serves. */
const RETRY_AFTER_SECONDS = 5

/** Answers with an error in the form of RFC 9457; the detail is for people. */
export function sendProblem(reply: FastifyReply, status: number, detail?: string): FastifyReply {
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail }
  return reply.code(status).type('application/problem+json').send(problem)
}

function locationsOf({ destinations, isGroup }: Answer): readonly Location[] {
  return destinations.map(isGroup ? memberLocation : locationOf)
}

function sendNobody(reply: FastifyReply, { name }: Answer): void {
  sendProblem(reply, 503, `None of the hosts that ${name} leads to serves`)
}

/** Past Fastify's own way of replying, which costs more than everything that was decided before. */
function sendRedirect(reply: FastifyReply, location: string): string {
  reply.hijack()
  reply.raw.writeHead(302, { Location: location, 'Content-Length': '0' }).end()
  return location
}

/**
 * A redirect to the whole URL; of several servers to the first.
 * @returns where to
 */
export function redirect(reply: FastifyReply, answer: Answer): string | undefined {
  const [first] = answer.destinations
  if (first) return sendRedirect(reply, fullUrl(first))
  sendNobody(reply, answer)
  return undefined
}

/** A body that names every server that the client may go to. */
export function sendBody(reply: FastifyReply, answer: Answer): void {
  if (answer.destinations.length === 0) sendNobody(reply, answer)
  else reply.send({ location: locationsOf(answer) })
}

/**
 * The redirect of Redirector.
 * @returns where to
 */
export function redirectAsBefore(reply: FastifyReply, answer: Answer): string | undefined {
  const [first = NOWHERE] = locationsOf(answer)
  if (!answer.lacksFamily) return sendRedirect(reply, legacyUrl(first))
  sendProblem(reply, 404, 'The host has no such address')
  return undefined
}
