import type { IncomingMessage } from 'node:http'
import { isFieldValue } from '../../field-syntax.js'
import type { FlatFields, OutboundRequest, ResponseHead } from '../transport.js'
import { responseFraming } from '../wire/framing.js'

/** For these Node takes a request without framing fields as one without a body; for others as chunked. */
const BODILESS_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'])

/** The connection's own fields and the framing of the body. */
export function framingFields(request: OutboundRequest): FlatFields {
  const { body, upgrade } = request
  const fields: string[] = []
  if (body === 'chunked') fields.push('Transfer-Encoding', 'chunked')
  else if (body !== 'none') fields.push('Content-Length', String(body))
  else if (!BODILESS_METHODS.has(request.method)) fields.push('Content-Length', '0')
  if (upgrade !== undefined) fields.push('Connection', 'Upgrade', 'Upgrade', upgrade)
  else if (request.acceptsTrailers) fields.push('TE', 'trailers', 'Connection', 'TE')
  return fields
}

/** Fields as pairs, which is how node:http takes trailers. */
export function pairs(fields: FlatFields): [string, string][] {
  const found: [string, string][] = []
  for (let i = 0; i + 1 < fields.length; i += 2) found.push([fields[i] ?? '', fields[i + 1] ?? ''])
  return found
}

/**
 * The head of a response, checked once more: Node's parser lets pass what RFC 9112 does not.
 * @returns undefined when the response must not be believed
 */
export function headOf(
  response: IncomingMessage,
  request: OutboundRequest,
): ResponseHead | undefined {
  const { rawHeaders: fields, statusCode: status = 0, statusMessage: reason = '' } = response
  if (response.httpVersionMajor !== 1 || status < 100 || !isFieldValue(reason)) return undefined
  const line = { status, minorVersion: response.httpVersionMinor }
  const framing = responseFraming(line, request.method === 'HEAD', fields)
  if (!framing) return undefined
  const body = framing.body === 'until-close' ? 'chunked' : framing.body
  return { status, reason, fields, body }
}
