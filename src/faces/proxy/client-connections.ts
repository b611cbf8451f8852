import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2'
import type { Server, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ErrorCode } from '../../core/errors.js'
import { ClientConnection } from './client-connection.js'
import type { ServerReply, ServerRequest } from './client-message.js'
import type { Deadlines } from './deadlines.js'
import { Http1Session, type Http1Terms } from './http1/http1-session.js'
import { Http2Reply } from './http2/http2-reply.js'
import { Http2Request } from './http2/http2-request.js'
import { createHttp2Server } from './server.js'
import type { ProxySettings } from './settings.js'

/** What clients ask. */
export interface ClientEvents {
  onRequest(request: ServerRequest, reply: ServerReply, connection: ClientConnection): void
  /** Something that never became a request was answered with an error. */
  onRefused(code: ErrorCode): void
}

/** The clients connected to one server, in whichever version of HTTP they speak. */
export class ClientConnections {
  private readonly known = new Set<ClientConnection>()
  private readonly sessions = new WeakMap<ServerHttp2Session, ClientConnection>()
  private readonly events: ClientEvents
  private readonly deadlines: Deadlines
  private readonly isSecure: boolean
  private settings: ProxySettings
  private terms: Http1Terms

  constructor(server: Server, settings: ProxySettings, deadlines: Deadlines, events: ClientEvents) {
    this.events = events
    this.deadlines = deadlines
    this.isSecure = settings.tls !== undefined
    this.settings = settings
    this.terms = this.http1Terms(settings)
    if (settings.tls) this.listenSecurely(server, settings)
    else server.on('connection', (socket) => this.addSocket(socket))
  }

  /** Takes over what concerns clients that come from now on. */
  apply(settings: ProxySettings): void {
    this.settings = settings
    this.terms = this.http1Terms(settings)
  }

  get size(): number {
    return this.known.size
  }

  [Symbol.iterator](): Iterator<ClientConnection> {
    return this.known.values()
  }

  private http1Terms(settings: ProxySettings): Http1Terms {
    const { headersTimeoutMs, keepAliveTimeoutMs, maxHeaderSizeBytes } = settings
    return {
      deadlines: this.deadlines,
      isSecure: this.isSecure,
      headersTimeoutMs,
      keepAliveTimeoutMs,
      keepAlive: `timeout=${Math.floor(keepAliveTimeoutMs / 1000)}`,
      maxHeadBytes: maxHeaderSizeBytes,
    }
  }

  private listenSecurely(server: Server, settings: ProxySettings): void {
    const http2 = createHttp2Server(settings)
    http2.on('session', (session) => this.addSession(session))
    http2.on('sessionError', () => undefined)
    // These two would be answered otherwise by Node itself, and CONNECT not at all.
    for (const event of ['request', 'checkContinue', 'checkExpectation', 'connect'])
      http2.on(event, (request: Http2ServerRequest, reply: Http2ServerResponse) =>
        this.takeHttp2(request, reply),
      )
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') http2.emit('connection', socket)
      else this.addSocket(socket)
    })
    // Nothing was asked yet: there is nobody to answer, and the handshake's failure is the client's own.
    server.on('tlsClientError', (_error: Error, socket: Socket) => void socket.destroy())
  }

  private takeHttp2(request: Http2ServerRequest, reply: Http2ServerResponse): void {
    const { session } = request.stream
    const connection = session && this.sessions.get(session as ServerHttp2Session)
    if (connection)
      this.events.onRequest(new Http2Request(request), new Http2Reply(reply), connection)
  }

  private addSocket(socket: Socket): void {
    const { connection } = new Http1Session(socket, this.terms, this.events)
    this.remember(connection, socket)
  }

  private addSession(session: ServerHttp2Session): void {
    const { remoteAddress, localPort } = session.socket
    const peer = { remoteAddress, localPort, isSecure: true }
    const connection = new ClientConnection(peer, session, this.deadlines, (code) =>
      this.events.onRefused(code),
    )
    this.sessions.set(session, connection)
    this.remember(connection, session)
    const { headersTimeoutMs, keepAliveTimeoutMs } = this.settings
    session.on('error', () => undefined)
    // As with HTTP/1: so long for the first request, and so long between two.
    session.setTimeout(headersTimeoutMs)
    session.once('stream', () => session.setTimeout(keepAliveTimeoutMs))
    session.on('timeout', () => {
      if (connection.active.size === 0) session.close()
    })
  }

  private remember(
    connection: ClientConnection,
    hold: { once(event: 'close', action: () => void): unknown },
  ): void {
    this.known.add(connection)
    hold.once('close', () => this.known.delete(connection))
  }
}
