import type { Test } from 'tap'
import { value } from './http-message.js'
import type { RawResponse } from './raw.js'

/** What an error of the proxy must be. */
export interface Expected {
  readonly status: number
  /** The tokens of RFC 9209 §2.3 that tell it; any registered one when absent. */
  readonly tokens?: readonly string[]
}

/** The error types of RFC 9209 §2.3 that are registered. */
export const TOKENS = [
  ...['dns_timeout', 'dns_error', 'destination_not_found', 'destination_unavailable'],
  ...['destination_ip_prohibited', 'destination_ip_unroutable', 'connection_refused'],
  ...['connection_terminated', 'connection_timeout', 'connection_read_timeout'],
  ...['connection_write_timeout', 'connection_limit_reached', 'tls_protocol_error'],
  ...['tls_certificate_error', 'tls_alert_received', 'http_request_error', 'http_request_denied'],
  ...['http_response_incomplete', 'http_response_header_section_size'],
  ...['http_response_header_size', 'http_response_body_size'],
  ...['http_response_trailer_section_size', 'http_response_trailer_size'],
  ...['http_response_transfer_coding', 'http_response_content_coding', 'http_response_timeout'],
  ...['http_upgrade_failed', 'http_protocol_error', 'proxy_internal_response'],
  ...['proxy_internal_error', 'proxy_configuration_error', 'proxy_loop_detected'],
]

/** Asserts that a response is an error of the proxy: empty, and with a Proxy-Status that says why. */
export function isProxyError(
  t: Test,
  response: RawResponse,
  { status, tokens = TOKENS }: Expected,
) {
  t.equal(response.status, status, `the status is ${status}`)
  t.equal(response.body.length, 0, 'the body is empty')
  t.equal(value(response.fields, 'content-length'), '0', 'and said to be')
  const proxyStatus = value(response.fields, 'proxy-status') ?? ''
  const token = /^pointsman; *error=([a-z_]+)/.exec(proxyStatus)?.[1] ?? proxyStatus
  t.ok(tokens.includes(token), `Proxy-Status says ${token}`)
}
