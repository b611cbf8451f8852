import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { ClientConnection, TrustedPeers } from '../../../src/faces/proxy/client-connection.js'
import { Deadlines } from '../../../src/faces/proxy/deadlines.js'
import { Inbound, type ServerRequest } from '../../../src/faces/proxy/inbound.js'
import { ManualClock } from '../../support/clock.js'

/** A request as Node hands it on. */
export interface Received {
  readonly method?: string
  readonly url?: string
  readonly version?: string
  /** Names and values in turn. */
  readonly fields?: readonly string[]
  /** Whose connection it came by. */
  readonly from?: string
  readonly isSecure?: boolean
  /** Node's parser took it for one. */
  readonly upgrade?: boolean
  /** Of a request over HTTP/2: its `:authority`, and whether a body follows. */
  readonly http2?: { readonly authority?: string; readonly hasBody?: boolean }
}

export const HOST = ['Host', 'h.test'] as const

const NOBODY = new TrustedPeers([])

/** A connection of the client at `address` to port 8080, which is nowhere. */
export function connectionFrom(address: string, isSecure = false): ClientConnection {
  const peer = { remoteAddress: address, localPort: 8080, isSecure }
  const deadlines = new Deadlines(new ManualClock())
  return new ClientConnection(peer, { destroy: () => undefined }, deadlines, () => undefined)
}

/** Fields as Node joins them. */
function joined(fields: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = (fields[i] ?? '').toLowerCase()
    const before = headers[name]
    const separator = name === 'cookie' ? '; ' : ', '
    headers[name] = (before === undefined ? '' : before + separator) + (fields[i + 1] ?? '')
  }
  return headers
}

/** A request without a body, as Node would have parsed it. */
function messageOf({ fields = HOST, http2, ...rest }: Received): ServerRequest {
  const { method = 'GET', url = '/', version = http2 ? '2.0' : '1.1', upgrade = false } = rest
  const rawHeaders = [...(http2 ? [':method', method, ':path', url] : []), ...fields]
  const told = { method, url, httpVersion: version, rawHeaders, headers: joined(fields), upgrade }
  const { authority = '', hasBody = false } = http2 ?? {}
  const ofHttp2 = http2 && { stream: { endAfterHeaders: !hasBody }, authority }
  return Object.assign(new IncomingMessage(new Socket()), told, ofHttp2)
}

/** A request that was not checked yet. */
export function inboundOf(received: Received = {}, trusted = NOBODY): Inbound {
  const connection = connectionFrom(received.from ?? '192.0.2.7', received.isSecure)
  return new Inbound(messageOf(received), connection, received.url ?? '/', trusted)
}

/** A request that was checked, and found good. */
export function checked(received: Received = {}): Inbound {
  const inbound = inboundOf(received)
  const problem = inbound.check(16_384)
  if (problem) throw new Error(problem)
  return inbound
}
