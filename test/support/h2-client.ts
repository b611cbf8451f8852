import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Test } from 'tap'

/** A response over HTTP/2, and what came before and after it. */
export interface H2Response {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly informational: readonly number[]
  readonly body: Buffer
  readonly trailers: IncomingHttpHeaders
}

type FinalHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader

/** A session with the proxy on 127.0.0.1, gone when the test ends. */
export function openSession(t: Test, port: number, ca: string): ClientHttp2Session {
  const options = { ca, servername: 'pointsman.test', maxHeaderListPairs: 2000 }
  const session = connect(`https://127.0.0.1:${port}`, options)
  // Each request reports what becomes of it.
  session.on('error', () => undefined)
  t.teardown(() => session.destroy())
  return session
}

/** The response to a request; rejects when the stream is reset. */
export function responseTo(stream: ClientHttp2Stream): Promise<H2Response> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const informational: number[] = []
    let headers: FinalHeaders = {}
    let ended = false
    let trailers: IncomingHttpHeaders = {}
    stream.on('headers', (early: FinalHeaders) => informational.push(early[':status'] ?? 0))
    stream.on('response', (final: FinalHeaders) => (headers = final))
    stream.on('trailers', (last: IncomingHttpHeaders) => (trailers = last))
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('error', reject)
    stream.on('end', () => (ended = true))
    stream.on('close', () => {
      // Cancelled streams raise no error.
      if (!ended || stream.rstCode !== 0) reject(new Error(`reset: ${stream.rstCode}`))
      const body = Buffer.concat(pieces)
      resolve({ status: headers[':status'], headers, informational, body, trailers })
    })
  })
}

/** Sends a request with a body, if there is one, and gives its response. */
export function askOver(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<H2Response> {
  const named = { ':authority': 'pointsman.test', ...headers }
  const stream = session.request(named, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  return responseTo(stream)
}
