import { constants, type OutgoingHttpHeaders } from 'node:http2'
import { isSecure } from '../../../../core/target.js'
import type { FlatFields, OutboundRequest } from '../transport.js'

const {
  HTTP2_HEADER_AUTHORITY,
  HTTP2_HEADER_METHOD,
  HTTP2_HEADER_PATH,
  HTTP2_HEADER_SCHEME,
  HTTP2_HEADER_CONTENT_LENGTH,
} = constants

/** Fields that speak of an HTTP/1.1 connection (RFC 9113 §8.2.2); Host becomes `:authority`. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

const FIELD_OVERHEAD_BYTES = 32

/** Fields as node:http2 takes them: lower-case names, the values of a repeated one in order. */
export function toHttp2(fields: FlatFields): Record<string, string | string[]> {
  // A field may be called `__proto__`.
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = (fields[i] ?? '').toLowerCase()
    const value = fields[i + 1] ?? ''
    if (LEFT_OUT.has(name)) continue
    const known = headers[name]
    if (known === undefined) headers[name] = value
    // One field, since not every server puts the crumbs together (RFC 9113 §8.2.3).
    else if (name === 'cookie') headers[name] = `${String(known)}; ${value}`
    else headers[name] = Array.isArray(known) ? [...known, value] : [known, value]
  }
  return headers
}

/** The head of a request as node:http2 takes it. */
export function requestHeaders(request: OutboundRequest): OutgoingHttpHeaders {
  const { fields, target, body } = request
  const host = fields.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
  const headers: OutgoingHttpHeaders = {
    ...toHttp2(fields),
    [HTTP2_HEADER_METHOD]: request.method,
    [HTTP2_HEADER_SCHEME]: isSecure(target.scheme) ? 'https' : 'http',
    [HTTP2_HEADER_PATH]: request.path,
  }
  if (host >= 0) headers[HTTP2_HEADER_AUTHORITY] = fields[host + 1]
  if (typeof body === 'number') headers[HTTP2_HEADER_CONTENT_LENGTH] = body
  if (request.acceptsTrailers) headers['te'] = 'trailers'
  return headers
}

/** The size of a received section as HTTP/2 counts it (RFC 9113 §6.5.2). */
export function sizeOf(raw: FlatFields): number {
  let sizeBytes = 0
  for (const text of raw) sizeBytes += text.length + FIELD_OVERHEAD_BYTES / 2
  return sizeBytes
}

/** The fields of a received section without its pseudo-fields, in the order of the wire. */
export function fromHttp2(raw: FlatFields): FlatFields {
  const fields: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (!name.startsWith(':')) fields.push(name, raw[i + 1] ?? '')
  }
  return fields
}
