import { test } from 'tap'
import { errorCodeOf, nodeCodeOf } from '../../src/core/node-errors.js'

test('Node’s codes say what went wrong with a target', (t) => {
  const codes = {
    ECONNREFUSED: 'CONNECT_REFUSED',
    ETIMEDOUT: 'CONNECT_TIMEOUT',
    EHOSTUNREACH: 'CONNECT_UNREACHABLE',
    ENETUNREACH: 'CONNECT_UNREACHABLE',
    ECONNRESET: 'TARGET_CLOSED',
    EPIPE: 'TARGET_CLOSED',
    ERR_STREAM_PREMATURE_CLOSE: 'TARGET_CLOSED',
    EMFILE: 'RESOURCES_EXHAUSTED',
    ENFILE: 'RESOURCES_EXHAUSTED',
    ENOBUFS: 'RESOURCES_EXHAUSTED',
    ENOMEM: 'RESOURCES_EXHAUSTED',
    ERR_HTTP2_STREAM_ERROR: 'RESPONSE_MALFORMED',
    EPROTO: 'TLS_FAILED',
    ERR_SSL_WRONG_VERSION_NUMBER: 'TLS_FAILED',
    ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'TLS_FAILED',
    ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_CERTIFICATE_REJECTED',
    CERT_HAS_EXPIRED: 'TLS_CERTIFICATE_REJECTED',
    CRL_HAS_EXPIRED: 'TLS_CERTIFICATE_REJECTED',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_CERTIFICATE_REJECTED',
    HOSTNAME_MISMATCH: 'TLS_CERTIFICATE_REJECTED',
    INVALID_CA: 'TLS_CERTIFICATE_REJECTED',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_CERTIFICATE_REJECTED',
  }
  for (const [code, expected] of Object.entries(codes)) t.equal(errorCodeOf(code), expected, code)
  t.end()
})

test('a code that is not about a connection says nothing', (t) => {
  for (const code of ['', 'ERR_INVALID_ARG_TYPE', '28P01', 'constructor'])
    t.equal(errorCodeOf(code), undefined, code)
  t.end()
})

test('what has no code has none', (t) => {
  for (const error of [undefined, null, 'text', 5, {}, { code: 5 }, new Error('x')]) {
    t.equal(nodeCodeOf(error), '')
  }
  t.equal(nodeCodeOf(Object.assign(new Error('it failed'), { code: 'EPIPE' })), 'EPIPE')
  t.end()
})
