import { PointsmanError } from '../../core/errors.js'

/** What a server may say is of its own making, and of any length. */
const MAX_MESSAGE_LENGTH = 200

/** By what a refusal looks like; the first that fits counts. */
const MEANINGS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^NOAUTH /, 'login required'],
  [/^WRONGPASS |^ERR invalid password|^ERR .*\bAUTH\b/, 'login refused'],
  [/^NOPERM /, 'privilege missing'],
  [/^DENIED /, 'protected mode'],
  [/^LOADING /, 'loading its data'],
  [/^MASTERDOWN /, 'no link to its master'],
  [/^MISCONF /, 'cannot save its data'],
  [/^BUSY /, 'busy'],
  [/^ERR max number of clients/, 'too many connections'],
]

/**
 * What a server said instead of an answer, in plain words and in its own:
 * `login refused: WRONGPASS invalid username-password pair or user is disabled.`
 */
export function refusalOf(text: string): PointsmanError {
  const words = MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? 'refused'
  const told = text.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_MESSAGE_LENGTH)
  return new PointsmanError('RESPONSE_UNEXPECTED', `${words}: ${told}`)
}
