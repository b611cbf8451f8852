import { once } from 'node:events'
import { createServer, request as sendRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Test } from 'tap'
import { environment } from './environment.js'
import { startPointsman, type Pointsman } from './pointsman.js'

/** What became of a large body. */
export interface Poured {
  /** How many bytes arrived at the other end. */
  readonly sizeBytes: number
  /** The proxy's largest resident memory meanwhile. */
  readonly peakRssBytes: number
}

function* pieces(sizeBytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(64 * 1024, 'x')
  for (let left = sizeBytes; left > 0; left -= piece.length) yield piece.subarray(0, left)
}

/** Writes so many bytes, no faster than they are taken, and ends; fewer when the stream is destroyed. */
export async function pour(stream: Writable, sizeBytes: number): Promise<void> {
  // Whoever is to get them counts them.
  await pipeline(pieces(sizeBytes), stream).catch(() => undefined)
}

async function drain(stream: AsyncIterable<Buffer>): Promise<number> {
  let size = 0
  for await (const piece of stream) size += piece.length
  return size
}

async function watchRss(proxy: Pointsman, size: Promise<number>): Promise<Poured> {
  let peakRssBytes = proxy.rssBytes()
  const sampling = setInterval(() => (peakRssBytes = Math.max(peakRssBytes, proxy.rssBytes())), 20)
  return { sizeBytes: await size.finally(() => clearInterval(sampling)), peakRssBytes }
}

/** The proxy before a target that sends so many bytes to a GET, and counts what others bring. */
export async function startPouring(t: Test, sizeBytes: number): Promise<Pointsman> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') void pour(response, sizeBytes)
    else void drain(request).then((size) => response.end(String(size)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close().closeAllConnections())
  // Listening on TCP, the address is an AddressInfo.
  const { port } = server.address() as AddressInfo
  return startPointsman(t, environment([{ prefix: '/', targets: `127.0.0.1:${port}` }]))
}

/** Gets the target's bytes. */
export async function download(proxy: Pointsman): Promise<Poured> {
  const request = sendRequest(proxy.url).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return watchRss(proxy, drain(response))
}

/** Sends the target so many bytes, with a length or in chunks. */
export function upload(proxy: Pointsman, sizeBytes: number, chunked: boolean): Promise<Poured> {
  const headers = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': sizeBytes }
  const request = sendRequest(proxy.url, { method: 'POST', headers })
  const counted = once(request, 'response').then(async (args) => {
    // As node:http documents the event, and streams without an encoding.
    const [response] = args as [IncomingMessage]
    return Number(Buffer.concat((await response.toArray()) as Buffer[]).toString())
  })
  void pour(request, sizeBytes)
  return watchRss(proxy, counted)
}
