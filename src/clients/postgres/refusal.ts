import type { DatabaseError } from 'pg'
import { PointsmanError } from '../../core/errors.js'

/** What a server may say is of its own making, and of any length. */
const MAX_MESSAGE_LENGTH = 200

/** By what a SQLSTATE begins with (PostgreSQL documentation, appendix "PostgreSQL Error Codes"); the first counts. */
const MEANINGS: readonly (readonly [prefix: string, words: string])[] = [
  ['28', 'login refused'],
  ['3D000', 'no such database'],
  ['42501', 'privilege missing'],
  ['53300', 'too many connections'],
  ['57P03', 'not accepting connections'],
  ['57P0', 'shutting down'],
]

/**
 * What a server said instead of an answer, in words that do not depend on its language, and in its own:
 * `login refused: password authentication failed for user "pointsman" (28P01)`.
 */
export function refusalOf(error: DatabaseError): PointsmanError {
  const { message, code: state = 'no code' } = error
  const words = MEANINGS.find(([prefix]) => state.startsWith(prefix))?.[1] ?? 'refused'
  const told = message.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_MESSAGE_LENGTH)
  return new PointsmanError('RESPONSE_UNEXPECTED', `${words}: ${told} (${state})`, error)
}
