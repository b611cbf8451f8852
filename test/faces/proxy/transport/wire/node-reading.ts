import { request, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import type { ReadingOptions } from './reading.js'

/** A response as Node's own client tells it. */
export interface NodeReading {
  readonly informational: readonly (readonly [status: number, ...fields: string[]])[]
  readonly status: number
  readonly reason: string
  readonly fields: readonly string[]
  readonly body: string
  readonly trailers: readonly string[]
}

/** In place of a socket: gives the bytes when the request has been sent, and ends. */
function sourceOf(bytes: Buffer): Duplex {
  let sent = false
  return new Duplex({
    read: () => undefined,
    write(_chunk, _encoding, done) {
      if (!sent) {
        this.push(bytes)
        this.push(null)
      }
      sent = true
      done()
    },
  })
}

/** What Node's parser makes of these bytes; undefined when it does not believe them, or they are not whole. */
export function readByNode(
  bytes: Buffer,
  { isHead = false }: ReadingOptions,
): Promise<NodeReading | undefined> {
  return new Promise((resolve) => {
    const source = sourceOf(bytes)
    const finish = (reading: NodeReading | undefined): void => {
      source.destroy()
      resolve(reading)
    }
    const method = isHead ? 'HEAD' : 'GET'
    const asked = request({ createConnection: () => source, method })
    const informational: [number, ...string[]][] = []
    asked.on('error', () => finish(undefined))
    asked.on('information', ({ statusCode, rawHeaders }) =>
      informational.push([statusCode, ...rawHeaders]),
    )
    asked.on('upgrade', () => finish(undefined))
    asked.on('response', (response: IncomingMessage) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', () => finish(undefined))
      response.on('end', () => {
        const { statusCode = 0, statusMessage = '', rawHeaders, rawTrailers } = response
        finish({
          informational,
          status: statusCode,
          reason: statusMessage,
          fields: rawHeaders,
          body: Buffer.concat(pieces).toString('latin1'),
          trailers: rawTrailers,
        })
      })
    })
    asked.end()
  })
}
