import type { FastifyRequest } from 'fastify'
import type { Authenticate, Caller } from '../http/access.js'
import type { Accounts } from './accounts.js'
import { operatorOf } from './grants.js'
import { SESSION_COOKIE } from './session-cookie.js'

const BEARER = /^bearer +(\S+)$/i

async function byToken(
  { tokens }: Accounts,
  sent: string,
  beforeLookup: () => Promise<void>,
): Promise<Caller | undefined> {
  const live = await tokens.find(sent, beforeLookup)
  if (!live) return undefined
  const { id, grants, owner } = live
  const parts = { name: `token:${id}`, user: owner.name, grants: [grants, owner.value.grants] }
  return { operator: operatorOf(parts), by: 'token' }
}

async function byCookie(
  { sessions }: Accounts,
  id: string,
  beforeLookup: () => Promise<void>,
  isUse: boolean,
): Promise<Caller | undefined> {
  const live = await sessions.find(id, beforeLookup, isUse)
  if (!live) return undefined
  const { name, value } = live.user
  return { operator: operatorOf({ name, user: name, grants: [value.grants] }), by: 'cookie' }
}

/**
 * Tells operators by the token that they send, else by the cookie of their session.
 * @param isUse whether a session goes on with that
 */
export function authenticateBy(accounts: Accounts, isUse = true): Authenticate {
  return async (request: FastifyRequest, beforeLookup) => {
    const { authorization } = request.headers
    if (authorization !== undefined) {
      const [, sent] = BEARER.exec(authorization) ?? []
      return sent === undefined ? undefined : byToken(accounts, sent, beforeLookup)
    }
    const id = SESSION_COOKIE.get(request)
    return id === undefined ? undefined : byCookie(accounts, id, beforeLookup, isUse)
  }
}
