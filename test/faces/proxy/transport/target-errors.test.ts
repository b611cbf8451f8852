import { test } from 'tap'
import { connectError } from '../../../../src/faces/proxy/transport/target-errors.js'
import { targetNamed } from '../../../support/groups.js'

function failure(code: string): Error {
  return Object.assign(new Error(`it failed: ${code}`), { code })
}

test('why there is no connection is told from Node’s code', (t) => {
  const codes = {
    ECONNREFUSED: 'CONNECT_REFUSED',
    ETIMEDOUT: 'CONNECT_TIMEOUT',
    EHOSTUNREACH: 'CONNECT_UNREACHABLE',
    ENETUNREACH: 'CONNECT_UNREACHABLE',
    ECONNRESET: 'CONNECT_UNREACHABLE',
    ERR_HTTP2_ERROR: 'CONNECT_UNREACHABLE',
    EMFILE: 'RESOURCES_EXHAUSTED',
    ENFILE: 'RESOURCES_EXHAUSTED',
    ENOBUFS: 'RESOURCES_EXHAUSTED',
    ENOMEM: 'RESOURCES_EXHAUSTED',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_CERTIFICATE_REJECTED',
    ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_CERTIFICATE_REJECTED',
    CERT_HAS_EXPIRED: 'TLS_CERTIFICATE_REJECTED',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_CERTIFICATE_REJECTED',
  }
  for (const [code, expected] of Object.entries(codes)) {
    const cause = failure(code)
    const error = connectError(targetNamed('t'), cause, false)
    t.equal(error.code, expected, code)
    t.equal(error.cause, cause)
    t.match(error.message, 'http://t:80')
    t.match(error.message, code)
  }
  t.end()
})

test('where TCP stood, TLS has failed', (t) => {
  for (const code of [
    'ECONNRESET',
    'EPROTO',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ETIMEDOUT',
  ]) {
    t.equal(connectError(targetNamed('t'), failure(code), true).code, 'TLS_FAILED', code)
  }
  t.equal(connectError(targetNamed('t'), undefined, true).code, 'TLS_FAILED', 'without a word')
  const untrusted = failure('SELF_SIGNED_CERT_IN_CHAIN')
  t.equal(connectError(targetNamed('t'), untrusted, true).code, 'TLS_CERTIFICATE_REJECTED')
  t.end()
})
