import { PointsmanError } from '../core/errors.js'
import { AnswerReader } from './answer-reader.js'
import { attempt } from './attempt.js'
import type { Answer, Open, Question } from './http-question.js'

/** One for all connections: what has come is read before anything else can come. */
const RECEIVED = Buffer.allocUnsafeSlow(65_536)

function textOf({ method, path, host, fields }: Question): string {
  let text = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`
  fields.forEach((part, i) => (text += i % 2 === 0 ? `${part}: ` : `${part}\r\n`))
  if (method === 'POST') text += 'Content-Length: 0\r\n'
  return `${text}Connection: close\r\n\r\n`
}

/**
 * Asks over a connection of its own, in HTTP/1.1. Node's HTTP client could do it, but takes twice the time, and checks may
 * be many.
 */
export function askHttp1(question: Question, open: Open, signal: AbortSignal): Promise<Answer> {
  const reader = new AnswerReader(question)
  let take: (sizeBytes: number) => void = () => {}
  const callback = (sizeBytes: number): boolean => {
    take(sizeBytes)
    return true
  }
  return attempt(
    signal,
    () => open({ buffer: RECEIVED, callback }),
    (socket, { pass, fail }) => {
      take = (sizeBytes) => {
        try {
          const answer = reader.take(RECEIVED, sizeBytes)
          if (answer) pass(answer)
        } catch (error) {
          fail(error)
        }
      }
      socket.on('end', () => {
        const answer = reader.finish()
        if (answer) pass(answer)
        else fail(new PointsmanError('TARGET_CLOSED', 'connection closed early'))
      })
      socket.write(textOf(question), 'latin1')
    },
  )
}
