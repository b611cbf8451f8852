import { PointsmanError, type ErrorCode } from '../../../core/errors.js'
import { errorCodeOf, nodeCodeOf } from '../../../core/node-errors.js'
import type { Target } from '../../../core/target.js'

/** What says why a connection did not come about; all else, such as a reset, is one way of not getting there. */
const CONNECT_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONNECT_REFUSED',
  'CONNECT_TIMEOUT',
  'RESOURCES_EXHAUSTED',
])

/**
 * The error of a connection that did not come about.
 * @param reached the TCP connection stood, so the handshake failed
 */
export function connectError(target: Target, cause: unknown, reached: boolean): PointsmanError {
  const nodeCode = nodeCodeOf(cause)
  const code = errorCodeOf(nodeCode)
  if (code === 'TLS_CERTIFICATE_REJECTED') {
    const text = `The certificate of ${target.id} was not accepted (${nodeCode})`
    return new PointsmanError(code, text, cause)
  }
  if (reached) {
    return new PointsmanError('TLS_FAILED', `TLS with ${target.id} failed (${nodeCode})`, cause)
  }
  const known = code !== undefined && CONNECT_CODES.has(code) ? code : 'CONNECT_UNREACHABLE'
  return new PointsmanError(known, `Cannot connect to ${target.id} (${nodeCode})`, cause)
}
