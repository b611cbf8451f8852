import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from './refusal.js'

const WINDOW_MS = 10_000
/** Of one user, in a window. */
const MOST_OF_USER = 1000
/** Of all from one address that are not known to come from a user, in a window. */
const MOST_OF_ADDRESS = 100

/** Counts what operators ask; each refuses what is too much. */
export interface RequestLimits {
  /** @throws Refusal 429 */
  user(request: FastifyRequest): Promise<void>
  /** @throws Refusal 429 */
  stranger(request: FastifyRequest): Promise<void>
}

function tooMany(seconds: number): Refusal {
  const wait = Math.max(1, seconds)
  const detail = `Too many requests; the next is answered in ${wait} s`
  return new Refusal(429, { detail, headers: { 'retry-after': String(wait) } })
}

/** The limits of one app, in the memory of this process; users and addresses that were longest not seen are forgotten first. */
export async function requestLimits(app: FastifyInstance): Promise<RequestLimits> {
  await app.register(rateLimit, { global: false, timeWindow: WINDOW_MS })
  const limit = (max: number, keyGenerator: (request: FastifyRequest) => string) => {
    const count = app.createRateLimit({ max, keyGenerator })
    return async (request: FastifyRequest): Promise<void> => {
      const counted = await count(request)
      if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttlInSeconds)
    }
  }
  return {
    user: limit(MOST_OF_USER, ({ operator }) => `user:${operator.user}`),
    stranger: limit(MOST_OF_ADDRESS, ({ ip }) => `address:${ip}`),
  }
}
