import { PointsmanError, type ErrorCode } from './errors.js'
import { errorCodeOf, nodeCodeOf } from './node-errors.js'

const WORDS: Partial<Record<ErrorCode, string>> = {
  CONNECT_REFUSED: 'connect refused',
  CONNECT_TIMEOUT: 'connect timed out',
  CONNECT_UNREACHABLE: 'connect failed',
  RESOURCES_EXHAUSTED: 'this machine cannot open a connection',
  RESPONSE_MALFORMED: 'answer is malformed',
  TARGET_CLOSED: 'connection closed early',
  TLS_CERTIFICATE_REJECTED: 'certificate not accepted',
  TLS_FAILED: 'TLS failed',
}

/** What made a conversation with a server fail, in the words of an operator; anything unheard of is INTERNAL. */
export function failureOf(error: unknown): PointsmanError {
  if (error instanceof PointsmanError) return error
  const nodeCode = nodeCodeOf(error)
  const code = errorCodeOf(nodeCode)
  const words = code && WORDS[code]
  if (!words) return new PointsmanError('INTERNAL', `failed: ${String(error)}`, error)
  const isPlain = code === 'CONNECT_REFUSED' || code === 'TARGET_CLOSED'
  return new PointsmanError(code, isPlain ? words : `${words} (${nodeCode})`, error)
}
