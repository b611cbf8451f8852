import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import http2, { type ServerHttp2Session } from 'node:http2'
import https from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Scheme } from '../../../src/core/target.js'
import { selfSigned } from '../certificate.js'
import { Changes } from '../changes.js'

/** Answers a request; node:http2 gives its own two classes, which look the same. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** The host name that every peer's certificate is for. */
export const PEER_HOST = 'target.test'

/** Made once for all peers. */
export const certificate = selfSigned(PEER_HOST)

function createServer(scheme: Scheme): Server {
  switch (scheme) {
    case 'http':
      return http.createServer()
    case 'https':
      return https.createServer(certificate)
    case 'h2c':
      return http2.createServer()
    case 'h2':
      return http2.createSecureServer(certificate)
  }
}

/** Node's own server for a scheme, which counts its connections. */
export class Peer {
  /** Everything that was asked, as `GET /path`. */
  readonly requests: string[] = []
  readonly sessions: ServerHttp2Session[] = []
  /** Names that clients asked for in TLS, in the order of connections; false = none. */
  readonly serverNames: (string | false | null | undefined)[] = []
  /** TCP connections that there ever were. */
  connections = 0
  /** Exchanges that ended before their handler ended the answer. */
  abandoned = 0
  private readonly sockets = new Set<Socket>()
  private readonly server: Server
  private readonly changes = new Changes()

  private constructor(scheme: Scheme, handler: Handler) {
    this.server = createServer(scheme)
    this.server.on('connection', (socket: Socket) => this.accept(socket))
    this.server.on('secureConnection', (socket: TLSSocket) => {
      this.serverNames.push(socket.servername)
      socket.on('error', () => undefined)
    })
    this.server.on('session', (session: ServerHttp2Session) => {
      this.sessions.push(session)
      session.on('error', () => undefined)
    })
    const take: Handler = (request, response) => {
      this.requests.push(`${request.method ?? ''} ${request.url ?? ''}`)
      // What becomes of a request that the other side gives up is the case's business.
      request.on('error', () => undefined)
      response.on('error', () => undefined)
      response.once('close', () => {
        if (!response.writableEnded) this.abandoned++
        this.changes.notify()
      })
      handler(request, response)
      this.changes.notify()
    }
    this.server.on('request', take)
    // Else Node says 100 by itself.
    this.server.on('checkContinue', take)
  }

  /** A server on a free port of 127.0.0.1. */
  static async start(scheme: Scheme, handler: Handler): Promise<Peer> {
    const peer = new Peer(scheme, handler)
    peer.server.listen(0, '127.0.0.1')
    await once(peer.server, 'listening')
    return peer
  }

  get port(): number {
    // Listening on TCP, the address is an AddressInfo.
    return (this.server.address() as AddressInfo).port
  }

  get openConnections(): number {
    return this.sockets.size
  }

  /** Cuts every connection with RST. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  /** Ends every connection with FIN, whatever is under way. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** Resolves when `condition` holds; asked whenever a request comes or a connection opens or closes. */
  async until(condition: () => boolean, what: string): Promise<void> {
    await this.changes.until(
      () => (condition() ? true : undefined),
      () =>
        `no ${what}; ${this.openConnections} connections open, asked: ${this.requests.join(', ')}`,
    )
  }

  /** Resolves when every client has left. */
  async deserted(): Promise<void> {
    await this.until(() => this.openConnections === 0, 'end of all connections')
  }

  close(): void {
    this.server.close()
    this.cut()
  }

  private accept(socket: Socket): void {
    this.connections++
    this.sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.sockets.delete(socket)
      this.changes.notify()
    })
    this.changes.notify()
  }
}
