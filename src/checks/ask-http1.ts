import { request as sendRequest } from 'node:http'
import type { Socket } from 'node:net'
import { beginningOf, type Answer, type Question } from './http-question.js'

/** Asks over a connection that is used for nothing else, in HTTP/1.1. */
export function askHttp1(socket: Socket, question: Question): Promise<Answer> {
  const { method, path, host, fields, bodyBytes } = question
  const framing = method === 'POST' ? ['Content-Length', '0'] : []
  const headers = ['Host', host, ...fields, ...framing, 'Connection', 'close']
  return new Promise((resolve, reject) => {
    const request = sendRequest({ createConnection: () => socket, method, path, headers })
    request.on('error', reject)
    request.on('response', (response) => {
      const { statusCode: status = 0 } = response
      beginningOf(response, bodyBytes).then((body) => resolve({ status, body }), reject)
    })
    // Nobody asked for it, and without a listener Node drops the connection without a word.
    request.on('upgrade', ({ statusCode = 0 }) => resolve({ status: statusCode, body: '' }))
    request.end()
  })
}
