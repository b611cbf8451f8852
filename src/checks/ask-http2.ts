import { connect, type OutgoingHttpHeaders } from 'node:http2'
import { PointsmanError } from '../core/errors.js'
import { attempt } from './attempt.js'
import { beginningOf, type Answer, type Open, type Question } from './http-question.js'

function headersOf({ scheme, method, path, host, fields }: Question): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {
    ':method': method,
    ':scheme': scheme,
    ':authority': host,
    ':path': path,
  }
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]?.toLowerCase() ?? ''
    headers[name] = [headers[name] ?? [], fields[i + 1] ?? ''].flat()
  }
  return headers
}

/** Asks over a connection of its own, in HTTP/2 with prior knowledge (RFC 9113 §3.3). */
export function askHttp2(question: Question, open: Open, signal: AbortSignal): Promise<Answer> {
  const { scheme, host, bodyBytes } = question
  return attempt(signal, open, (socket, { pass, fail }) => {
    const session = connect(`${scheme}://${host}`, { createConnection: () => socket })
    session.on('error', fail)
    socket.on('close', () => session.destroy())
    const stream = session.request(headersOf(question), { endStream: true })
    stream.on('error', fail)
    stream.on('close', () =>
      fail(new PointsmanError('TARGET_CLOSED', 'stream closed without an answer')),
    )
    stream.on('response', ({ ':status': status = 0 }) => {
      beginningOf(stream, bodyBytes).then((body) => pass({ status, body }), fail)
    })
  })
}
