import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { DnsTraffic } from '../../telemetry/dns-traffic.js'
import type { Log } from '../../telemetry/log.js'
import { QueryMeter } from './query-meter.js'
import type { Responder } from './responder.js'

/** Asked of the system, which gives what it allows: what comes while this process does something else waits there. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

/** Answers that the system does not take at once wait here; when so many bytes do, more are dropped, as a network would. */
const MOST_WAITING_BYTES = 1024 * 1024

/** What a server of either transport works with. */
export interface ServerSurroundings {
  readonly responder: Responder
  readonly traffic: DnsTraffic
  readonly log: Log
}

/** Only literals of the socket's own family are ever sent to: nobody has to be asked for them, nor waited for. */
function lookupLiteral(
  address: string,
  family: unknown,
  done: (error: null, address: string, family: number) => void,
): void {
  done(null, address, Number(family))
}

/** Answers datagrams. */
export class UdpServer {
  private readonly socket: Socket
  private readonly responder: Responder
  private readonly meter: QueryMeter
  private isClosed = false

  private constructor(socket: Socket, { responder, traffic, log }: ServerSurroundings) {
    this.socket = socket
    this.responder = responder
    this.meter = new QueryMeter(traffic, 'udp')
    socket.on('message', (message, remote) => this.answer(message, remote))
    socket.on('error', (error) => log.error({ err: error }, 'UDP socket'))
  }

  /**
   * @param address IP literal
   * @throws what the system says when it cannot be bound
   */
  static async open(
    address: string,
    port: number,
    surroundings: ServerSurroundings,
  ): Promise<UdpServer> {
    const socket = createSocket({
      type: isIPv6(address) ? 'udp6' : 'udp4',
      lookup: lookupLiteral,
    })
    try {
      // Rejects with an error that comes first.
      const listening = once(socket, 'listening')
      socket.bind(port, address)
      await listening
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
    } catch (error) {
      socket.close()
      throw error
    }
    return new UdpServer(socket, surroundings)
  }

  get port(): number {
    return this.socket.address().port
  }

  /** Answers what was asked so far, and lets the address go; waits no longer when `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort')
    await Promise.race([this.responder.settled(), aborted])
    this.isClosed = true
    const closed = once(this.socket, 'close')
    this.socket.close()
    await closed
  }

  private answer(message: Buffer, { address, port }: RemoteInfo): void {
    // Nobody can be there: the address is forged.
    if (port === 0) return
    const response = this.responder.respond(message, address, this.meter)
    if (response instanceof Promise) void response.then((late) => this.send(late, port, address))
    else if (response) this.send(response, port, address)
  }

  private send(response: Buffer, port: number, address: string): void {
    const { socket } = this
    // An answer that took too long may find it closed.
    if (this.isClosed || socket.getSendQueueSize() > MOST_WAITING_BYTES) return
    socket.send(response, port, address)
  }
}
