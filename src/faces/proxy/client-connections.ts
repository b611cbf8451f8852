import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ServerHttp2Session } from 'node:http2'
import type { ErrorCode } from '../../core/errors.js'
import { ClientConnection, type ConnectionHold } from './client-connection.js'
import type { Deadlines } from './deadlines.js'
import { HalfCloseProbe } from './half-close.js'
import type { ServerRequest } from './inbound.js'
import type { NodeServer } from './server.js'
import { codeOf } from './transport/target-errors.js'

/** What Node's parser and its watch give up for; whatever else they name is a malformed request. */
const PARSER_CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'REQUEST_HEAD_TOO_LARGE',
}

/** The clients connected to one server, and what happens to them outside of requests. */
export class ClientConnections {
  private readonly known = new Map<object, ClientConnection>()
  private readonly server: NodeServer
  private readonly deadlines: Deadlines
  private readonly onRefused: (code: ErrorCode) => void

  /** @param onRefused told of requests that were answered with an error before they were whole */
  constructor(
    server: NodeServer,
    isSecure: boolean,
    deadlines: Deadlines,
    onRefused: (code: ErrorCode) => void,
  ) {
    this.server = server
    this.deadlines = deadlines
    this.onRefused = onRefused
    server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => {
      // Of HTTP/2, the session is the connection.
      if (!(socket instanceof TLSSocket && socket.alpnProtocol === 'h2')) this.add(socket, isSecure)
    })
    server.on('session', (session: ServerHttp2Session) => this.addSession(session))
    server.on('clientError', (error: Error, socket: Socket) => this.fail(error, socket))
    // Nothing was asked yet: there is nobody to answer, and the handshake's failure is the client's own.
    server.on('tlsClientError', (_error: Error, socket: Socket) => void socket.destroy())
    server.on('sessionError', () => undefined)
  }

  get size(): number {
    return this.known.size
  }

  [Symbol.iterator](): Iterator<ClientConnection> {
    return this.known.values()
  }

  /** Who sent `request`; undefined when the connection is gone already. */
  of(request: ServerRequest): ClientConnection | undefined {
    const hold = 'stream' in request ? request.stream.session : request.socket
    return hold && this.known.get(hold)
  }

  /** Refuses what came by a connection that Node has handed over. */
  refuse(socket: Socket, code: ErrorCode): void {
    this.known.get(socket)?.fail(code)
  }

  private add(socket: Socket, isSecure: boolean): void {
    // A request whose upgrade is ignored brings its socket in a second time.
    if (this.known.has(socket)) return
    const connection = this.remember(socket, socket, isSecure)
    // What Node calls at the end of a last answer: its own would not wait for the client, and reset what is still on the way.
    socket.destroySoon = () => connection.end()
    // Node listens only while it parses; an upgraded connection may fail as well.
    socket.on('error', () => undefined)
    if (isSecure) return
    socket.on('end', () => {
      if (connection.active.size > 0) new HalfCloseProbe(connection, this.deadlines).start()
    })
  }

  private addSession(session: ServerHttp2Session): void {
    const connection = this.remember(session, session.socket, true)
    const { server } = this
    session.on('error', () => undefined)
    // As Node does it for HTTP/1.1: so long for the first request, and so long between two.
    session.setTimeout(server.headersTimeout)
    session.once('stream', () => session.setTimeout(server.keepAliveTimeout))
    session.on('timeout', () => {
      if (connection.active.size === 0) session.close()
    })
  }

  private remember(
    hold: ConnectionHold & { once(event: 'close', action: () => void): unknown },
    { remoteAddress, localPort }: Socket,
    isSecure: boolean,
  ): ClientConnection {
    const peer = { remoteAddress, localPort, isSecure }
    const connection = new ClientConnection(peer, hold, this.deadlines, this.onRefused)
    this.known.set(hold, connection)
    hold.once('close', () => this.known.delete(hold))
    return connection
  }

  private fail(error: Error, socket: Socket): void {
    const connection = this.known.get(socket)
    const code = codeOf(error)
    const isProtocol = code.startsWith('HPE_') || code in PARSER_CODES
    if (connection && isProtocol) connection.fail(PARSER_CODES[code] ?? 'REQUEST_MALFORMED')
    else socket.destroy()
  }
}
