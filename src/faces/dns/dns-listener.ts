import { lookup } from 'node:dns/promises'
import { PointsmanError } from '../../core/errors.js'
import { hostAndPort } from '../../core/target.js'
import type { DnsSettings } from './settings.js'
import { TcpServer, type TcpServerSurroundings } from './tcp-server.js'
import { UdpServer } from './udp-server.js'

const MOST_ATTEMPTS = 20

/** An address bound for UDP and for TCP. */
export class DnsListener {
  /** `host:port` as the sockets have it. */
  readonly address: string
  private readonly host: string
  private readonly port: number
  private readonly udp: UdpServer
  private readonly tcp: TcpServer

  private constructor(
    { host, port }: DnsSettings,
    address: string,
    servers: { readonly udp: UdpServer; readonly tcp: TcpServer },
  ) {
    this.host = host
    this.port = port
    this.address = address
    this.udp = servers.udp
    this.tcp = servers.tcp
  }

  /** @throws PointsmanError LISTEN_FAILED when the address cannot be bound for either */
  static async open(
    settings: DnsSettings,
    surroundings: TcpServerSurroundings,
  ): Promise<DnsListener> {
    const { host, port } = settings
    try {
      const { address } = await lookup(host)
      for (let attempt = 1; ; attempt++) {
        try {
          return await DnsListener.bind(settings, address, surroundings)
        } catch (error) {
          // A port that the system chose for UDP may be somebody else's for TCP.
          if (port !== 0 || attempt === MOST_ATTEMPTS) throw error
        }
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const text = `Cannot listen on ${hostAndPort(host, port)} for DNS: ${reason}`
      throw new PointsmanError('LISTEN_FAILED', text, error)
    }
  }

  private static async bind(
    settings: DnsSettings,
    address: string,
    surroundings: TcpServerSurroundings,
  ): Promise<DnsListener> {
    const udp = await UdpServer.open(address, settings.port, surroundings)
    try {
      const tcp = await TcpServer.open(address, udp.port, surroundings)
      return new DnsListener(settings, hostAndPort(address, udp.port), { udp, tcp })
    } catch (error) {
      await udp.drain(AbortSignal.abort())
      throw error
    }
  }

  /** Whether it is bound where `settings` want it. */
  fits({ host, port }: DnsSettings): boolean {
    return host === this.host && port === this.port
  }

  /** Answers what was asked so far, and lets the address go; cuts what takes longer when `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    await Promise.all([this.udp.drain(signal), this.tcp.drain(signal)])
  }
}
