import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A target that counts. */
export interface CountingTarget {
  readonly address: string
  /** Requests so far. */
  count: number
  /** Requests under way, and the most there ever were. */
  underWay: number
  most: number
  /** How long each takes. */
  delayMs: number
  /** Hangs up instead of answering. */
  resets: boolean
  close(): void
}

/** Starts a target on a free port that answers with its own address, closed when the test ends. */
export async function startCountingTarget(t: Test, delayMs = 0): Promise<CountingTarget> {
  const server = createServer((request, response) => {
    target.count++
    target.most = Math.max(target.most, ++target.underWay)
    response.on('close', () => target.underWay--)
    request.resume()
    if (target.resets) request.socket.destroy()
    else if (target.delayMs === 0) response.end(target.address)
    else setTimeout(() => response.end(target.address), target.delayMs)
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  t.teardown(close)
  // Listening on TCP, the address is an AddressInfo.
  const { port } = server.address() as AddressInfo
  const address = `127.0.0.1:${port}`
  const target = { address, count: 0, underWay: 0, most: 0, delayMs, resets: false, close }
  return target
}
