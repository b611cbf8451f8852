import type { Server } from 'node:net'
import tls from 'node:tls'
import { hostAndPort } from '../../core/target.js'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import { CertificateWatch } from '../../disk/certificate-watch.js'
import { ClientConnections, type ClientEvents } from './client-connections.js'
import type { Deadlines } from './deadlines.js'
import { createServer } from './server.js'
import type { ProxySettings } from './settings.js'

/** While draining, a client that has been quiet for this long is not about to send a request. */
const QUIET_MS = 1000
const DRAIN_CHECK_MS = 100
const BACKLOG = 4096

/** What a listener hands on. */
export interface ListenerEvents extends ClientEvents {
  /** A replaced certificate could not be taken; the old one stays. */
  readonly onCertificateError: (error: unknown) => void
}

/** A bound socket, and the clients connected to it. */
export class Listener {
  readonly connections: ClientConnections
  private readonly server: Server
  private readonly settings: ProxySettings
  private readonly clock: Clock
  private readonly certificate: CertificateWatch | undefined

  private constructor(
    server: Server,
    settings: ProxySettings,
    events: ListenerEvents,
    time: { readonly clock: Clock; readonly deadlines: Deadlines },
  ) {
    this.server = server
    this.settings = settings
    this.clock = time.clock
    this.connections = new ClientConnections(server, settings, time.deadlines, events)
    if (settings.tls && server instanceof tls.Server)
      this.certificate = new CertificateWatch(server, settings.tls, events.onCertificateError)
  }

  /** @throws PointsmanError LISTEN_FAILED when the address cannot be bound, or the certificate not be used */
  static async open(
    settings: ProxySettings,
    events: ListenerEvents,
    time: { readonly clock: Clock; readonly deadlines: Deadlines },
  ): Promise<Listener> {
    try {
      const listener = new Listener(createServer(settings), settings, events, time)
      await listener.bind()
      return listener
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const text = `Cannot listen on ${settings.host}:${settings.port}: ${reason}`
      throw new PointsmanError('LISTEN_FAILED', text, error)
    }
  }

  private async bind(): Promise<void> {
    const { server, settings } = this
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: settings.host, port: settings.port, backlog: BACKLOG }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  }

  /** `host:port` as the socket has it. */
  get address(): string {
    const bound = this.server.address()
    return bound === null || typeof bound === 'string' ? '' : hostAndPort(bound.address, bound.port)
  }

  /** Whether it is bound where `settings` want it, in the way they want it. */
  fits({ host, port, tls }: ProxySettings): boolean {
    const own = this.settings
    const sameTls = tls?.certFile === own.tls?.certFile && tls?.keyFile === own.tls?.keyFile
    return host === own.host && port === own.port && sameTls
  }

  /** Takes over what a bound server can. */
  apply(settings: ProxySettings): void {
    this.connections.apply(settings)
  }

  /** Accepts no more, tells the clients, and resolves when the last has gone; cuts them when `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    this.certificate?.stop()
    for (const connection of this.connections) connection.startDraining()
    // Behind the poll phase the kernel's queue of new connections is as good as empty: none of them is refused.
    await new Promise((resolve) => setImmediate(resolve))
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve())
    })
    const cut = (): void => {
      for (const connection of this.connections) connection.cut()
    }
    signal.addEventListener('abort', cut)
    if (signal.aborted) cut()
    this.closeQuiet()
    await closed
    // What was cut with the last connections has its last words one turn later.
    await new Promise((resolve) => setImmediate(resolve))
    signal.removeEventListener('abort', cut)
  }

  private closeQuiet(): void {
    for (const connection of this.connections) {
      if (connection.idleMs >= QUIET_MS) connection.cut()
    }
    if (this.connections.size > 0) this.clock.after(DRAIN_CHECK_MS, () => this.closeQuiet())
  }
}
