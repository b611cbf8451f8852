import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../core/ports.js'
import { QueryMeter } from './query-meter.js'
import { TcpClient, type TcpClientSurroundings } from './tcp-client.js'
import type { ServerSurroundings } from './udp-server.js'

/** Connections of all clients together, and of one address; others are closed at once (RFC 7766 section 6.2.2). */
export const MOST_CONNECTIONS = 1024
export const MOST_CONNECTIONS_PER_CLIENT = 128

const BACKLOG = 1024

/** What a TCP server works with. */
export interface TcpServerSurroundings extends ServerSurroundings {
  readonly clock: Clock
}

/** Answers over TCP. */
export class TcpServer {
  private readonly server: Server
  private readonly clients = new Set<TcpClient>()
  private readonly perAddress = new Map<string, number>()
  private readonly surroundings: TcpServerSurroundings & TcpClientSurroundings

  private constructor(server: Server, surroundings: TcpServerSurroundings) {
    this.server = server
    const meter = new QueryMeter(surroundings.traffic, 'tcp')
    this.surroundings = { ...surroundings, meter }
    server.on('connection', (socket) => this.accept(socket))
    server.on('error', (error) => surroundings.log.error({ err: error }, 'TCP socket'))
  }

  /**
   * @param address IP literal
   * @throws what the system says when it cannot be bound
   */
  static async open(
    address: string,
    port: number,
    surroundings: TcpServerSurroundings,
  ): Promise<TcpServer> {
    const server = createServer({ allowHalfOpen: true })
    const opened = new TcpServer(server, surroundings)
    const listening = once(server, 'listening')
    server.listen({ host: address, port, backlog: BACKLOG })
    await listening
    return opened
  }

  /** Accepts no more, answers what was asked, and resolves when the last client has gone; cuts them when `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    for (const client of this.clients) client.leave()
    const cut = (): void => {
      for (const client of this.clients) client.cut()
    }
    signal.addEventListener('abort', cut)
    if (signal.aborted) cut()
    await closed
    signal.removeEventListener('abort', cut)
  }

  private accept(socket: Socket): void {
    const { traffic } = this.surroundings
    const address = socket.remoteAddress ?? ''
    const ofAddress = this.perAddress.get(address) ?? 0
    const isFull = this.clients.size >= MOST_CONNECTIONS
    if (isFull || ofAddress >= MOST_CONNECTIONS_PER_CLIENT) {
      traffic.counter('refusedConnections', isFull ? 'total' : 'client').count++
      socket.destroy()
      return
    }
    const client = new TcpClient(socket, this.surroundings)
    this.clients.add(client)
    this.perAddress.set(address, ofAddress + 1)
    traffic.tcpConnections++
    socket.on('close', () => {
      this.clients.delete(client)
      this.release(address)
      traffic.tcpConnections--
    })
  }

  private release(address: string): void {
    const left = (this.perAddress.get(address) ?? 1) - 1
    if (left > 0) this.perAddress.set(address, left)
    else this.perAddress.delete(address)
  }
}
