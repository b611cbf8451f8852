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
      const status = response.statusCode ?? 0
      beginningOf(response, bodyBytes).then((body) => resolve({ status, body }), reject)
    })
    request.end()
  })
}
