import { fieldLines } from '../../field-syntax.js'
import type { OutboundRequest } from '../transport.js'

/** The connection's own fields and the framing of the body: the only ones a target ever sees. */
function framingFields(request: OutboundRequest): string {
  const framing =
    request.body === 'none'
      ? ''
      : request.body === 'chunked'
        ? 'Transfer-Encoding: chunked\r\n'
        : `Content-Length: ${request.body}\r\n`
  if (request.upgrade !== undefined) {
    return `${framing}Connection: Upgrade\r\nUpgrade: ${request.upgrade}\r\n`
  }
  return request.acceptsTrailers ? `${framing}TE: trailers\r\nConnection: TE\r\n` : framing
}

/** The head of a request as it goes on the wire, latin1. */
export function requestHead(request: OutboundRequest): string {
  const { method, path, fields } = request
  return (
    method + ' ' + path + ' HTTP/1.1\r\n' + fieldLines(fields) + framingFields(request) + '\r\n'
  )
}
