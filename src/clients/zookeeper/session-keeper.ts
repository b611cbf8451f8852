import type { Clock, Random } from '../../core/ports.js'
import { backoffMs, pause } from '../../core/wait.js'
import { setWatches } from './requests.js'
import { Watches } from './watches.js'
import { NO_TICKET, ZookeeperConnection } from './zookeeper-connection.js'
import { ZookeeperError } from './zookeeper-error.js'

const BACKOFF_MIN_MS = 250
const BACKOFF_MAX_MS = 10_000
/** Of the session's time, at most: whoever waits longer between two attempts loses the session. */
const LONGEST_BACKOFF = 1 / 4

/** Of the session's time, for all servers together. */
const CONNECT_SHARE = 2 / 3
const CONNECT_MIN_MS = 500

/** An ensemble, and how it is spoken to. */
export interface ZookeeperSettings {
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
  /** All paths are below it; `/` for none. */
  readonly basePath: string
  /** After so long without a word from us the ensemble ends the session, and with it our ephemeral nodes. */
  readonly sessionTimeoutMs: number
  /** `user:password` (digest scheme); undefined to go without. */
  readonly login: string | undefined
}

/** What happens to a session. */
export type SessionEvent =
  /** `isNew`: it is another session than before; nodes are read anew, and ephemeral ones made again. */
  | { readonly kind: 'connected'; readonly isNew: boolean }
  /** No connection for now, or still none; what was read last may be out of date. */
  | { readonly kind: 'suspended'; readonly error: ZookeeperError }
  /** The ensemble has ended the session; the next `connected` will be a new one. */
  | { readonly kind: 'expired' }

/** What a session works with. */
export interface ZookeeperPorts {
  readonly clock: Clock
  readonly random: Random
}

/** Keeps a session alive: on one server of the ensemble after the other, and when it has expired with a new one. */
export class SessionKeeper {
  /** Set again on each connection of the session, and forgotten with it. */
  readonly watches = new Watches()
  /** Why there is no connection; the latest reason if there is one. */
  error = new ZookeeperError('lost', 'ZooKeeper: not connected yet')
  connection: ZookeeperConnection | undefined
  ticket = NO_TICKET
  private readonly settings: ZookeeperSettings
  private readonly ports: ZookeeperPorts
  private readonly tell: (event: SessionEvent) => void
  private agreedTimeoutMs: number
  private lastZxid = 0n
  private lostAt = 0

  /** @param tell must not throw */
  constructor(
    settings: ZookeeperSettings,
    ports: ZookeeperPorts,
    tell: (event: SessionEvent) => void,
  ) {
    this.settings = settings
    this.ports = ports
    this.tell = tell
    this.agreedTimeoutMs = settings.sessionTimeoutMs
  }

  /** For how long there has been no connection, from when one was wanted; 0 while there is one. */
  get lostForMs(): number {
    return this.connection ? 0 : this.ports.clock.now() - this.lostAt
  }

  /** Resolves when `signal` has aborted and the connection is gone, which is not closed by that. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.ports
    const { hosts } = this.settings
    let server = Math.floor(random.next() * hosts.length)
    let failures = 0
    this.lostAt = clock.now()
    while (!signal.aborted) {
      const startedAt = clock.now()
      const reason = await this.live(server++, signal)
      this.suspend(reason)
      failures = clock.now() - startedAt >= BACKOFF_MAX_MS ? 1 : failures + 1
      const maxMs = Math.min(BACKOFF_MAX_MS, this.agreedTimeoutMs * LONGEST_BACKOFF)
      // Anywhere in the whole time ("full jitter"): clients that lost the ensemble together come back apart.
      const waitMs = random.next() * backoffMs(failures, BACKOFF_MIN_MS, maxMs)
      await pause(clock, waitMs, signal)
    }
  }

  /** Connects to one server, and lasts as long as the connection does. */
  private async live(server: number, signal: AbortSignal): Promise<ZookeeperError> {
    try {
      const connection = await this.open(server, signal)
      if (signal.aborted) connection.close()
      else this.resume(connection)
      const reason = await connection.closed
      // What this server knew, and no more: watches are set again from here.
      if (connection.lastZxid > 0n) this.lastZxid = connection.lastZxid
      return reason
    } catch (error) {
      if (error instanceof ZookeeperError) return error
      return new ZookeeperError('lost', `ZooKeeper: ${String(error)}`, error)
    }
  }

  private async open(server: number, signal: AbortSignal): Promise<ZookeeperConnection> {
    const { clock } = this.ports
    const { hosts, sessionTimeoutMs, login } = this.settings
    const address = hosts[server % hosts.length]
    if (!address) throw new ZookeeperError('lost', 'ZooKeeper: no server is configured')
    const tooLate = new AbortController()
    const giveUp = (): void => tooLate.abort()
    const patienceMs = Math.max(CONNECT_MIN_MS, (sessionTimeoutMs * CONNECT_SHARE) / hosts.length)
    const timer = clock.after(patienceMs, giveUp)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    // An ensemble that has lost its data knows less than we do, for ever: after a while we take that.
    const isPatient = clock.now() - this.lostAt < this.agreedTimeoutMs
    const options = {
      ...address,
      ticket: this.ticket,
      lastZxid: isPatient ? this.lastZxid : 0n,
      sessionTimeoutMs,
      login,
      clock,
      onEvent: (type: number, path: string) => this.watches.fire(type, path),
    }
    try {
      return await ZookeeperConnection.open(options, tooLate.signal)
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', giveUp)
    }
  }

  private resume(connection: ZookeeperConnection): void {
    const isNew = connection.ticket.id !== this.ticket.id
    this.ticket = connection.ticket
    this.agreedTimeoutMs = connection.sessionTimeoutMs
    if (isNew) this.watches.clear()
    // Before anything else is asked, so that no change in between is lost.
    for (const paths of this.watches.batches())
      connection.ask(setWatches(this.lastZxid, paths)).catch(() => connection.close())
    this.connection = connection
    this.tell({ kind: 'connected', isNew })
  }

  private suspend(error: ZookeeperError): void {
    this.error = error
    if (this.connection) this.lostAt = this.ports.clock.now()
    this.connection = undefined
    if (error.reason === 'expired') {
      this.ticket = NO_TICKET
      this.lastZxid = 0n
      this.tell({ kind: 'expired' })
    }
    this.tell({ kind: 'suspended', error })
  }
}
