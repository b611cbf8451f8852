/** Whose doing an error is. */
export type ErrorOrigin = 'client' | 'target' | 'source' | 'store' | 'self'

/**
 * When the same request may go to another target:
 * `always` nothing of it was sent; `idempotent` it may have been acted upon; `never` the outcome stands.
 */
export type Retryable = 'always' | 'idempotent' | 'never'

interface ErrorKind {
  readonly origin: ErrorOrigin
  readonly retryable: Retryable
}

const clientError: ErrorKind = { origin: 'client', retryable: 'never' }
const unsent: ErrorKind = { origin: 'target', retryable: 'always' }
const unsure: ErrorKind = { origin: 'target', retryable: 'idempotent' }
const targetError: ErrorKind = { origin: 'target', retryable: 'never' }
const sourceError: ErrorKind = { origin: 'source', retryable: 'never' }
const storeError: ErrorKind = { origin: 'store', retryable: 'never' }
const ownError: ErrorKind = { origin: 'self', retryable: 'never' }

/** Every error code there is; `docs/errors.md` says what each means, and a test keeps the two equal. */
export const ERROR_KINDS = {
  CLIENT_GONE: clientError,
  EXPECTATION_FAILED: clientError,
  METHOD_REFUSED: clientError,
  REQUEST_HEAD_TOO_LARGE: clientError,
  REQUEST_MALFORMED: clientError,
  REQUEST_TIMEOUT: clientError,
  REQUEST_TOO_LARGE: clientError,
  RESPONSE_NOT_READ: clientError,
  RULE_NOT_FOUND: clientError,

  CONNECT_REFUSED: unsent,
  CONNECT_TIMEOUT: unsent,
  CONNECT_UNREACHABLE: unsent,
  TLS_CERTIFICATE_REJECTED: unsent,
  TLS_FAILED: unsent,
  TARGET_CLOSED: unsure,
  TARGET_CLOSED_REUSED: unsure,
  TARGET_UNHEALTHY: unsure,
  REQUEST_NOT_READ: targetError,
  RESPONSE_HEAD_TOO_LARGE: targetError,
  RESPONSE_INCOMPLETE: targetError,
  RESPONSE_MALFORMED: targetError,
  RESPONSE_STALLED: targetError,
  RESPONSE_TIMEOUT: targetError,
  RESPONSE_UNEXPECTED: targetError,
  ROLE_MISMATCH: targetError,
  TRANSPORT_UNSUPPORTED: targetError,
  TUNNEL_IDLE: targetError,

  NO_TARGET: ownError,
  QUEUE_FULL: ownError,
  QUEUE_TIMEOUT: ownError,
  CONFIGURATION_INVALID: ownError,
  HOSTS_BLOCK_BROKEN: ownError,
  HOSTS_FILE_CONTESTED: ownError,
  HOSTS_FILE_LOCKED: ownError,
  HOSTS_FILE_UNUSABLE: ownError,
  INTERNAL: ownError,
  LISTEN_FAILED: ownError,
  RESOURCES_EXHAUSTED: ownError,
  NAME_NOT_RESOLVED: sourceError,
  SOURCE_LOST: sourceError,
  ZOOKEEPER_FAILED: sourceError,
  BUNDLE_REFUSED: storeError,
  STORE_BROKEN: storeError,
  STORE_CONFLICT: storeError,
  STORE_LOCKED: storeError,
  STORE_LOST: storeError,
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERROR_KINDS

/** The one error type; wrap another error only to add knowledge, and keep it as `cause`. */
export class PointsmanError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'PointsmanError'
    this.code = code
  }

  get origin(): ErrorOrigin {
    return ERROR_KINDS[this.code].origin
  }

  get retryable(): Retryable {
    return ERROR_KINDS[this.code].retryable
  }
}
