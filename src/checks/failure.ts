import { PointsmanError, type ErrorCode } from '../core/errors.js'

type Kind = readonly [ErrorCode, string]

const OUT_OF_RESOURCES: Kind = ['RESOURCES_EXHAUSTED', 'this machine cannot open a connection']
const CLOSED: Kind = ['TARGET_CLOSED', 'connection closed early']

const KINDS: Readonly<Record<string, Kind>> = {
  ECONNREFUSED: ['CONNECT_REFUSED', 'connect refused'],
  ETIMEDOUT: ['CONNECT_TIMEOUT', 'connect timed out'],
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  ERR_STREAM_PREMATURE_CLOSE: CLOSED,
  EMFILE: OUT_OF_RESOURCES,
  ENFILE: OUT_OF_RESOURCES,
  ENOBUFS: OUT_OF_RESOURCES,
  ENOMEM: OUT_OF_RESOURCES,
  HPE_HEADER_OVERFLOW: ['RESPONSE_HEAD_TOO_LARGE', 'head of the answer is too large'],
}

/** By what the code looks like; the first that fits counts. */
const FAMILIES: readonly (readonly [RegExp, Kind])[] = [
  [/^HPE_|^ERR_HTTP2_/, ['RESPONSE_MALFORMED', 'answer is malformed']],
  [/^ERR_SSL_|^EPROTO$/, ['TLS_FAILED', 'TLS failed']],
  [
    /CERT|UNABLE_TO|^CRL_|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/,
    ['TLS_CERTIFICATE_REJECTED', 'certificate not accepted'],
  ],
  [/^E[A-Z]+$/, ['CONNECT_UNREACHABLE', 'connect failed']],
]

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What made an attempt fail, in the words of an operator; anything unheard of is INTERNAL. */
export function failureOf(error: unknown): PointsmanError {
  if (error instanceof PointsmanError) return error
  const code = error instanceof Error ? codeOf(error) : ''
  const kind = KINDS[code] ?? FAMILIES.find(([family]) => family.test(code))?.[1]
  if (!kind) return new PointsmanError('INTERNAL', `check failed: ${String(error)}`, error)
  const [name, words] = kind
  const plain = name === 'CONNECT_REFUSED' || name === 'TARGET_CLOSED'
  return new PointsmanError(name, plain ? words : `${words} (${code})`, error)
}
