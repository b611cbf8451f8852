import { PointsmanError, type ErrorCode } from '../../../core/errors.js'
import type { Target } from '../../../core/target.js'

const CONNECT_CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'CONNECT_REFUSED',
  ETIMEDOUT: 'CONNECT_TIMEOUT',
  // It is this machine that cannot, and no target is to blame.
  EMFILE: 'RESOURCES_EXHAUSTED',
  ENFILE: 'RESOURCES_EXHAUSTED',
  ENOBUFS: 'RESOURCES_EXHAUSTED',
  ENOMEM: 'RESOURCES_EXHAUSTED',
}

/** Node names the reasons for which a certificate does not verify like this, with and without `ERR_TLS_`. */
const CERTIFICATE_CODE = /CERT|UNABLE_TO|^CRL_|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/

/** Node's code of a failed system call or handshake; empty when there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

/**
 * The error of a connection that did not come about.
 * @param reached the TCP connection stood, so the handshake failed
 */
export function connectError(target: Target, cause: unknown, reached: boolean): PointsmanError {
  const code = codeOf(cause)
  if (CERTIFICATE_CODE.test(code)) {
    const text = `The certificate of ${target.id} was not accepted (${code})`
    return new PointsmanError('TLS_CERTIFICATE_REJECTED', text, cause)
  }
  if (reached) {
    return new PointsmanError('TLS_FAILED', `TLS with ${target.id} failed (${code})`, cause)
  }
  const kind = CONNECT_CODES[code] ?? 'CONNECT_UNREACHABLE'
  return new PointsmanError(kind, `Cannot connect to ${target.id} (${code})`, cause)
}
