import { realpathSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { answers } from './http-target/answers.js'
import { describe, type SeenRequest } from './http-target/seen-request.js'
import { PARAMETERS, readSwitches, VARIABLES, type Switches } from './http-target/switches.js'

/** Where a target listens, what it calls itself, and the switches that hold for every request. */
export interface HttpTargetOptions extends Switches {
  /** 0, the default, takes any free port. */
  readonly port?: number
  readonly host?: string
  /** `target-<port>` unless told. */
  readonly name?: string
}

/** A target that listens. */
export interface HttpTarget {
  readonly name: string
  readonly port: number
  readonly url: string
  /** The newest requests that were read to their end, oldest first, at most {@link KEPT_REQUESTS}. */
  readonly requests: readonly SeenRequest[]
  /** All requests that were read to their end. */
  readonly requestCount: number
  /** Cuts every connection; resolves when the port is free. */
  close(): Promise<void>
}

/** How one request is answered, and with which document. */
interface Chosen {
  readonly switches: Switches
  readonly document: object
}

/** Bound of {@link HttpTarget.requests}: a target under load must not grow. */
export const KEPT_REQUESTS = 1000

const USAGE =
  'usage: node http-target.js <port>; environment: MOCK_HOST, MOCK_NAME, ' +
  Object.values(VARIABLES).join(', ')
const DEFAULT_DRIP_MS = 100
// Longer than clients keep idle connections, so that a mock never closes one first unless asked to.
const KEEP_ALIVE_MS = 3_600_000
const MAX_HEADER_BYTES = 65_536

/**
 * Starts a stand-in for an HTTP/1.1 server that answers each request with what it saw of it, once
 * the request has been read to its end. Switches in a request's query override the options for that
 * one. A body is counted as it streams by and never kept.
 * @throws the error of listen, such as EADDRINUSE
 */
export async function startHttpTarget(options: HttpTargetOptions = {}): Promise<HttpTarget> {
  const host = options.host ?? '127.0.0.1'
  const server = createServer({ requestTimeout: 0, maxHeaderSize: MAX_HEADER_BYTES })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.maxHeadersCount = 0
  const port = await listen(server, host, options.port ?? 0)
  const name = options.name ?? `target-${port}`
  const requests: SeenRequest[] = []
  let requestCount = 0

  server.on('request', (request, response) => {
    let bodyBytes = 0
    request.on('data', (chunk: Buffer) => (bodyBytes += chunk.length))
    request.on('end', () => {
      const seen = describe(request, name, bodyBytes)
      requestCount++
      if (requests.push(seen) > KEPT_REQUESTS) requests.shift()
      answer(request, response, choose(seen, options))
    })
  })
  return {
    name,
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    requests,
    get requestCount() {
      return requestCount
    },
    close: () => close(server),
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      // A TCP server's address is never the string that a pipe has.
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function answer(request: IncomingMessage, response: ServerResponse, chosen: Chosen): void {
  const { delayMs = 0, errorCode = 200, breakage } = chosen.switches
  const reply = () =>
    answers[breakage ?? 'whole']({
      response,
      socket: request.socket,
      status: errorCode,
      body: Buffer.from(`${JSON.stringify(chosen.document, null, 2)}\n`),
      dripMs: delayMs || DEFAULT_DRIP_MS,
    })
  if (delayMs === 0) {
    reply()
    return
  }
  const timer = setTimeout(reply, delayMs)
  response.once('close', () => clearTimeout(timer))
}

function choose(seen: SeenRequest, defaults: Switches): Chosen {
  const parameters = new URLSearchParams(seen.query)
  try {
    const asked = readSwitches(PARAMETERS, (name) => parameters.get(name))
    return { switches: { ...defaults, ...asked }, document: seen }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { switches: { errorCode: 400 }, document: { error: error.message } }
  }
}

/** Runs a target by hand: port from the arguments, the rest from the environment. */
async function main(): Promise<void> {
  const { MOCK_HOST: host, MOCK_NAME: name } = process.env
  const port = Number(process.argv[2] ?? NaN)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(USAGE)
  const target = await startHttpTarget({
    ...readSwitches(VARIABLES, (name) => process.env[name]),
    ...(host && { host }),
    ...(name && { name }),
    port,
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))
  console.log(`${target.name} listens on ${target.url}`)
}

// import.meta.main needs Node 24.2; npm and bash may start this file through a symbolic link.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(`http-target: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(1)
  })
}
