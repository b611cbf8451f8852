import { TrustedPeers } from '../../../src/core/client-address.js'
import { ClientConnection } from '../../../src/faces/proxy/client-connection.js'
import type {
  BodyReader,
  HttpVersion,
  ServerRequest,
  SwitchedClient,
} from '../../../src/faces/proxy/client-message.js'
import { Deadlines } from '../../../src/faces/proxy/deadlines.js'
import { Inbound } from '../../../src/faces/proxy/inbound.js'
import type { FlatFields } from '../../../src/faces/proxy/transport/transport.js'
import { ManualClock } from '../../support/clock.js'

/** A request as a client sends it. */
export interface Received {
  readonly method?: string
  readonly url?: string
  readonly version?: HttpVersion
  /** Names and values in turn. */
  readonly fields?: readonly string[]
  /** Whose connection it came by. */
  readonly from?: string
  readonly isSecure?: boolean
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

/** A request whose body is in the test's hands. */
export class ReceivedRequest implements ServerRequest {
  readonly version: HttpVersion
  readonly method: string
  readonly url: string
  readonly fields: FlatFields
  readonly authority: string
  readonly endsWithHead: boolean
  isComplete = false
  isRead = false
  isDiscarded = false
  reader: BodyReader | undefined
  private unread: Buffer[] = []
  private trailers: FlatFields | undefined

  constructor({ method = 'GET', url = '/', version, fields = HOST, http2 }: Received) {
    this.version = version ?? (http2 ? '2' : '1.1')
    this.method = method
    this.url = url
    this.fields = fields
    this.authority = http2?.authority ?? ''
    this.endsWithHead = http2?.hasBody !== true
  }

  /** The client sends a piece of the body, or its end. */
  push(piece: string | FlatFields): void {
    if (typeof piece === 'string') this.unread.push(Buffer.from(piece, 'latin1'))
    else {
      this.trailers = piece
      this.isComplete = true
    }
    this.flow()
  }

  private flow(): void {
    while (this.reader && this.unread.length > 0) {
      const piece = this.unread.shift()
      if (piece && !this.reader.onPiece(piece)) this.reader = undefined
    }
    if (!this.reader || !this.trailers) return
    const { reader } = this
    this.reader = undefined
    this.isRead = true
    reader.onBodyComplete(this.trailers)
  }

  expectBody(): void {
    // Whatever the test pushes is the body.
  }

  readBody(reader: BodyReader): void {
    this.reader = reader
    this.flow()
  }

  pauseBody(): void {
    this.reader = undefined
  }

  discardBody(): void {
    this.isDiscarded = true
  }

  switchProtocol(): SwitchedClient {
    throw new Error('there is none')
  }
}

/** A request that was not checked yet. */
export function inboundOf(received: Received = {}, trusted = NOBODY): Inbound {
  const connection = connectionFrom(received.from ?? '192.0.2.7', received.isSecure)
  return new Inbound(new ReceivedRequest(received), connection, trusted)
}

/** A request that was checked, and found good. */
export function checked(received: Received = {}): Inbound {
  const inbound = inboundOf(received)
  const problem = inbound.check(16_384)
  if (problem) throw new Error(problem)
  return inbound
}
