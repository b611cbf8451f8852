import { PointsmanError } from '../../core/errors.js'
import type { RedisConnection } from './redis-connection.js'
import type { Reply } from './reply.js'

/** What a server says it is, in the words of Redis. */
export type RedisRole =
  | { readonly role: 'master' }
  | {
      readonly role: 'slave'
      readonly masterHost: string
      readonly masterPort: number
      /** State of its link to the master: `connect`, `connecting`, `sync`, `connected`. */
      readonly link: string
    }
  | { readonly role: 'sentinel' }

/** Reads the answer to ROLE (Redis documentation, command ROLE); undefined when it is none. */
function roleIn(reply: Reply): RedisRole | undefined {
  if (!Array.isArray(reply)) return undefined
  const [role, masterHost, masterPort, link] = reply as readonly Reply[]
  if (role === 'master' || role === 'sentinel') return { role }
  const isReplica =
    role === 'slave' &&
    typeof masterHost === 'string' &&
    typeof masterPort === 'number' &&
    typeof link === 'string'
  return isReplica ? { role, masterHost, masterPort, link } : undefined
}

/**
 * Asks a server what it is.
 * @throws as `command` does; PointsmanError when the answer says something else
 */
export async function role(connection: RedisConnection): Promise<RedisRole> {
  const found = roleIn(await connection.command('ROLE'))
  if (!found) throw new PointsmanError('RESPONSE_UNEXPECTED', 'answer does not say its role')
  return found
}
