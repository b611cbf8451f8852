import { test } from 'tap'
import { ERROR_KINDS, type ErrorCode } from '../../src/core/errors.js'
import { describe, judge, type Verdict } from '../../src/core/outcome.js'

function verdictOn(status: number): Verdict {
  return judge({ kind: 'answer', status, latencyMs: 1 })
}

test('an answer speaks for the target unless it is a 5xx of its own doing', (t) => {
  for (const status of [200, 204, 304, 404, 429, 499, 501, 505])
    t.equal(verdictOn(status), 'success', `${status}`)
  for (const status of [500, 502, 503, 504, 507, 599])
    t.equal(verdictOn(status), 'failure', `${status}`)
  t.end()
})

test('errors speak against the target when they are its doing', (t) => {
  const failures = Object.keys(ERROR_KINDS).filter(
    (code) => judge({ kind: 'error', code: code as ErrorCode, latencyMs: 1 }) === 'failure',
  )
  t.same(failures.sort(), [
    'CONNECT_REFUSED',
    'CONNECT_TIMEOUT',
    'CONNECT_UNREACHABLE',
    'REQUEST_NOT_READ',
    'RESPONSE_HEAD_TOO_LARGE',
    'RESPONSE_INCOMPLETE',
    'RESPONSE_MALFORMED',
    'RESPONSE_STALLED',
    'RESPONSE_TIMEOUT',
    'RESPONSE_UNEXPECTED',
    'ROLE_MISMATCH',
    'TARGET_CLOSED',
    'TLS_CERTIFICATE_REJECTED',
    'TLS_FAILED',
  ])
  t.end()
})

test('no error ever speaks for the target', (t) => {
  for (const code of Object.keys(ERROR_KINDS))
    t.not(judge({ kind: 'error', code: code as ErrorCode, latencyMs: 1 }), 'success', code)
  t.end()
})

test('an outcome is described by its status or its code', (t) => {
  t.equal(describe({ kind: 'answer', status: 503, latencyMs: 1 }), 'status 503')
  t.equal(describe({ kind: 'error', code: 'CONNECT_REFUSED', latencyMs: 1 }), 'CONNECT_REFUSED')
  t.end()
})
