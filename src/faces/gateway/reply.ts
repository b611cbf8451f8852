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

function sendNobody(reply: FastifyReply, { name }: Answer): FastifyReply {
  return sendProblem(reply, 503, `None of the hosts that ${name} leads to serves`)
}

function sendRedirect(reply: FastifyReply, location: string): FastifyReply {
  return reply.code(302).header('location', location).send()
}

/** A redirect to the whole URL; of several servers to the first. */
export function redirect(reply: FastifyReply, answer: Answer): FastifyReply {
  const [first] = answer.destinations
  return first ? sendRedirect(reply, fullUrl(first)) : sendNobody(reply, answer)
}

/** A body that names every server that the client may go to. */
export function sendBody(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.destinations.length === 0) return sendNobody(reply, answer)
  return reply.send({ location: locationsOf(answer) })
}

/** The redirect of Redirector. */
export function redirectAsBefore(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.lacksFamily) return sendProblem(reply, 404, 'The host has no such address')
  const [first = NOWHERE] = locationsOf(answer)
  return sendRedirect(reply, legacyUrl(first))
}
