import type { OutgoingHttpHeaders } from 'node:http'
import type { FlatFields } from '../transport/transport.js'

/** Fields that Node's HTTP/2 refuses to send twice, also those that only odd targets send; of repeats the first counts. */
const SINGLE_FIELDS = new Set([
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-request-method',
  'age',
  'authorization',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'user-agent',
  'x-content-type-options',
])

/** Flat fields as Node's HTTP/2 wants them: lower-case names, repeats as lists. */
export function http2Fields(fields: FlatFields): OutgoingHttpHeaders {
  // A field may be called `constructor` or `__proto__`.
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = (fields[i] ?? '').toLowerCase()
    const value = fields[i + 1] ?? ''
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else if (typeof before !== 'string') before.push(value)
    else if (!SINGLE_FIELDS.has(name)) headers[name] = [before, value]
  }
  return headers
}
