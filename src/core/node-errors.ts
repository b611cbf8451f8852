import type { ErrorCode } from './errors.js'

const CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['ECONNREFUSED', 'CONNECT_REFUSED'],
  ['ETIMEDOUT', 'CONNECT_TIMEOUT'],
  ['ECONNRESET', 'TARGET_CLOSED'],
  ['EPIPE', 'TARGET_CLOSED'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'TARGET_CLOSED'],
  // It is this machine that cannot, and no target is to blame.
  ['EMFILE', 'RESOURCES_EXHAUSTED'],
  ['ENFILE', 'RESOURCES_EXHAUSTED'],
  ['ENOBUFS', 'RESOURCES_EXHAUSTED'],
  ['ENOMEM', 'RESOURCES_EXHAUSTED'],
])

/** By what the code looks like; the first that fits counts. */
const FAMILIES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^ERR_HTTP2_/, 'RESPONSE_MALFORMED'],
  // Before the certificates: an alert about one speaks of ours, which the target did not get or did not like.
  [/^ERR_SSL_|^EPROTO$/, 'TLS_FAILED'],
  // The reasons for which a target's certificate does not verify, with and without `ERR_TLS_` before them.
  [/CERT|UNABLE_TO|^CRL_|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/, 'TLS_CERTIFICATE_REJECTED'],
  [/^E[A-Z]+$/, 'CONNECT_UNREACHABLE'],
]

/** Node's code of a failed system call or handshake; empty when there is none. */
export function nodeCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

/** What one of Node's codes says of a connection to a target; undefined for those that say nothing of it. */
export function errorCodeOf(nodeCode: string): ErrorCode | undefined {
  return CODES.get(nodeCode) ?? FAMILIES.find(([family]) => family.test(nodeCode))?.[1]
}

/** An error of the system in a few words: `EROFS: read-only file system, rename`. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node's message goes on with paths, which are told already.
  return error.message.split(" '")[0] ?? error.message
}
