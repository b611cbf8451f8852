import {
  Agent,
  request,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Duplex } from 'node:stream'
import type { ReadingOptions } from './reading.js'
import type { Understood } from './understood.js'

const GET = { host: 'h', method: 'GET' }
const HEAD = { host: 'h', method: 'HEAD' }
const UPGRADE = { host: 'h', method: 'GET', headers: { Connection: 'Upgrade', Upgrade: 'chat' } }

/** In place of a socket: gives the pieces when the request has been sent, and ends when nothing follows from them any more. */
class Source extends Duplex {
  wasOffered = false
  private isAsked = false
  private readonly pieces: readonly Buffer[]

  constructor(pieces: readonly Buffer[]) {
    super()
    this.pieces = pieces
  }

  override _read(): void {
    // Pushed when it is time.
  }

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    done()
    if (this.isAsked) return
    this.isAsked = true
    for (const piece of this.pieces) this.push(piece)
    // What the client makes of them it does before the next turn.
    setImmediate(() => {
      if (!this.destroyed) this.push(null)
    })
  }
}

interface Asking extends RequestOptions {
  readonly source: Source
}

/** Keeps no connection, but tells each whether it might have been. */
class OfferedOnly extends Agent {
  constructor() {
    super({ keepAlive: true, maxSockets: Infinity })
  }

  override createConnection({ source }: Asking): Duplex {
    return source
  }

  override keepSocketAlive(source: Source): boolean {
    source.wasOffered = true
    return false
  }
}

const agent = new OfferedOnly()

/** One reading by Node's client. */
class NodeReading {
  private readonly informational: [status: number, ...fields: string[]][] = []
  private body = ''
  private response: IncomingMessage | undefined
  private isWhole = false
  private switched: Understood | undefined
  private readonly source: Source

  constructor(source: Source, asked: ClientRequest) {
    this.source = source
    asked.on('error', () => undefined)
    asked.on('information', ({ statusCode, rawHeaders }) =>
      this.informational.push([statusCode, ...rawHeaders]),
    )
    asked.on('upgrade', ({ rawHeaders }, _socket, head) => {
      const { informational } = this
      let early = head.toString('latin1')
      for (let rest: unknown; (rest = source.read()) instanceof Buffer;)
        early += rest.toString('latin1')
      this.switched = { informational, switched: rawHeaders, early }
      source.destroy()
    })
    asked.on('response', (response) => this.takeResponse(response))
  }

  private takeResponse(response: IncomingMessage): void {
    this.response = response
    response.setEncoding('latin1')
    response.on('data', (piece: string) => (this.body += piece))
    response.on('error', () => undefined)
    response.on('end', () => (this.isWhole = true))
  }

  /** When the connection is gone. */
  get understood(): Understood | undefined {
    const { response, informational, body } = this
    if (this.switched) return this.switched
    if (!response || !this.isWhole) return undefined
    const { statusCode: status = 0, statusMessage: reason = '', rawHeaders, rawTrailers } = response
    const isReusable = this.source.wasOffered
    return {
      informational,
      status,
      reason,
      fields: rawHeaders,
      body,
      trailers: rawTrailers,
      isReusable,
    }
  }
}

/**
 * What Node's client makes of bytes (latin1) that come in these pieces, after which the connection ends; undefined when it
 * does not believe them, or they are not whole.
 */
export function readByNode(
  pieces: readonly string[],
  { isHead = false, mayUpgrade = false }: ReadingOptions,
): Promise<Understood | undefined> {
  return new Promise((resolve) => {
    const source = new Source(pieces.map((piece) => Buffer.from(piece, 'latin1')))
    const asking: Asking = { ...(isHead ? HEAD : mayUpgrade ? UPGRADE : GET), agent, source }
    const asked = request(asking)
    const reading = new NodeReading(source, asked)
    source.on('close', () => resolve(reading.understood))
    asked.end()
  })
}
