import type { OnReadOpts, Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** What an HTTP check asks, in either version of HTTP. */
export interface Question {
  readonly scheme: 'http' | 'https'
  readonly method: string
  readonly path: string
  /** Value of Host, or of `:authority`. */
  readonly host: string
  /** Names and values in turn, without Host and without framing. */
  readonly fields: readonly string[]
  /** How much of the body is wanted at most; 0 when the head is enough. */
  readonly bodyBytes: number
}

/** What a target said. */
export interface Answer {
  readonly status: number
  /** UTF-8; as much as was wanted, or all there was. */
  readonly body: string
}

/** Begins to connect; what comes is handed to `onread` if there is one, else it is read from the socket. */
export type Open = (onread?: OnReadOpts) => Socket

/** The first bytes of a body; rejects when it breaks off before there are as many. */
export async function beginningOf(body: Readable, sizeBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let receivedBytes = 0
  if (sizeBytes === 0) return ''
  // Without an encoding a stream of bytes gives buffers, which its type does not say.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    receivedBytes += chunk.length
    if (receivedBytes >= sizeBytes) break
  }
  return Buffer.concat(chunks).subarray(0, sizeBytes).toString()
}
