import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { PointsmanError } from '../core/errors.js'
import { beginningOf, type Answer, type Question } from './http-question.js'

function headersOf({ method, path, host, fields }: Question, scheme: string): OutgoingHttpHeaders {
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

function exchange(
  session: ClientHttp2Session,
  scheme: string,
  question: Question,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    session.on('error', reject)
    const stream = session.request(headersOf(question, scheme), { endStream: true })
    stream.on('error', reject)
    stream.on('close', () =>
      reject(new PointsmanError('TARGET_CLOSED', 'stream closed without an answer')),
    )
    stream.on('response', ({ ':status': status = 0 }) => {
      beginningOf(stream, question.bodyBytes).then((body) => resolve({ status, body }), reject)
    })
  })
}

/** Asks over a connection that is used for nothing else, in HTTP/2 with prior knowledge (RFC 9113 §3.3). */
export async function askHttp2(
  socket: Socket,
  scheme: 'http' | 'https',
  question: Question,
): Promise<Answer> {
  const session = connect(`${scheme}://${question.host}`, { createConnection: () => socket })
  try {
    return await exchange(session, scheme, question)
  } finally {
    session.destroy()
  }
}
