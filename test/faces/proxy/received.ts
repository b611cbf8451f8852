import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { ClientConnection, TrustedPeers } from '../../../src/faces/proxy/client-connection.js'
import { Deadlines } from '../../../src/faces/proxy/deadlines.js'
import { Inbound } from '../../../src/faces/proxy/inbound.js'
import { ManualClock } from '../../support/clock.js'

/** A request as Node's parser hands it on. */
export interface Received {
  readonly method?: string
  readonly url?: string
  readonly version?: string
  /** Names and values in turn. */
  readonly fields?: readonly string[]
  /** Whose connection it came by. */
  readonly from?: string
  readonly isSecure?: boolean
}

export const HOST = ['Host', 'h.test'] as const

/** A connection of the client at `address` to port 8080, which is nowhere. */
export function connectionFrom(address: string, isSecure = false): ClientConnection {
  const peer = { remoteAddress: address, localPort: 8080, isSecure }
  const deadlines = new Deadlines(new ManualClock())
  return new ClientConnection(peer, { destroy: () => undefined }, deadlines, () => undefined)
}

/** A request without a body, as Node would have parsed it. */
export function messageOf({ method = 'GET', url = '/', ...rest }: Received): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  const [major = 1, minor = 1] = (rest.version ?? '1.1').split('.').map(Number)
  Object.assign(message, {
    method,
    url,
    httpVersion: rest.version ?? '1.1',
    httpVersionMajor: major,
    httpVersionMinor: minor,
    rawHeaders: [...(rest.fields ?? HOST)],
  })
  return message
}

/** A request that was not checked yet. */
export function inboundOf(received: Received = {}): Inbound {
  const connection = connectionFrom(received.from ?? '192.0.2.7', received.isSecure)
  return new Inbound(messageOf(received), connection, received.url ?? '/', new TrustedPeers([]))
}
