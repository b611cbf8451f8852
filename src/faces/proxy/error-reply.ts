import { STATUS_CODES } from 'node:http'
import type { ErrorCode } from '../../core/errors.js'

type Reply = readonly [status: number, token: string]

/** What a client is told of an error that the proxy made: status, and RFC 9209 §2.3 error type. */
export const ERROR_REPLIES: Readonly<Partial<Record<ErrorCode, Reply>>> = {
  CLIENT_GONE: [499, 'http_request_error'],
  CONNECT_REFUSED: [502, 'connection_refused'],
  CONNECT_TIMEOUT: [504, 'connection_timeout'],
  CONNECT_UNREACHABLE: [502, 'destination_ip_unroutable'],
  EXPECTATION_FAILED: [417, 'http_request_error'],
  INTERNAL: [500, 'proxy_internal_error'],
  METHOD_REFUSED: [405, 'http_request_denied'],
  NO_TARGET: [503, 'destination_unavailable'],
  QUEUE_FULL: [503, 'connection_limit_reached'],
  QUEUE_TIMEOUT: [503, 'connection_limit_reached'],
  REQUEST_HEAD_TOO_LARGE: [431, 'http_request_error'],
  REQUEST_MALFORMED: [400, 'http_request_error'],
  REQUEST_NOT_READ: [504, 'connection_write_timeout'],
  REQUEST_TIMEOUT: [408, 'http_request_error'],
  REQUEST_TOO_LARGE: [413, 'http_request_error'],
  RESOURCES_EXHAUSTED: [503, 'connection_limit_reached'],
  RESPONSE_HEAD_TOO_LARGE: [502, 'http_response_header_section_size'],
  RESPONSE_INCOMPLETE: [502, 'http_response_incomplete'],
  RESPONSE_MALFORMED: [502, 'http_protocol_error'],
  RESPONSE_NOT_READ: [408, 'connection_write_timeout'],
  RESPONSE_STALLED: [504, 'connection_read_timeout'],
  RESPONSE_TIMEOUT: [504, 'http_response_timeout'],
  RULE_NOT_FOUND: [404, 'destination_not_found'],
  TARGET_CLOSED: [502, 'connection_terminated'],
  TARGET_CLOSED_REUSED: [502, 'connection_terminated'],
  TLS_CERTIFICATE_REJECTED: [502, 'tls_certificate_error'],
  TLS_FAILED: [502, 'tls_protocol_error'],
  TRANSPORT_UNSUPPORTED: [502, 'http_protocol_error'],
  TUNNEL_IDLE: [504, 'connection_read_timeout'],
}

const UNFORESEEN: Reply = [500, 'proxy_internal_error']

/** The status a client gets for an error; 500 for one that no request can cause. */
export function errorStatus(code: ErrorCode): number {
  return (ERROR_REPLIES[code] ?? UNFORESEEN)[0]
}

/** The `Proxy-Status` field of an error reply (RFC 9209). */
export function proxyStatus(code: ErrorCode): string {
  return `pointsman; error=${(ERROR_REPLIES[code] ?? UNFORESEEN)[1]}`
}

/** A whole HTTP/1.1 reply, for a connection whose parser cannot go on; the connection closes after it. */
export function rawErrorReply(code: ErrorCode): string {
  const status = errorStatus(code)
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n` +
    `Date: ${new Date().toUTCString()}\r\nContent-Length: 0\r\n` +
    `Proxy-Status: ${proxyStatus(code)}\r\nConnection: close\r\n\r\n`
  )
}
