import type { TargetTls } from '../../../../core/group-settings.js'
import type { Target } from '../../../../core/target.js'
import type { SessionCache } from './dial.js'

/** What the pool knows of a connection that nobody uses at the moment. */
export interface IdleConnection {
  /** Clock time from which on it is not used again. */
  readonly expiresAt: number
  close(): void
}

/** Idle connections kept for one target; those beyond it are closed. */
const MAX_IDLE = 512

/** The idle connections to one target: the last used is the first taken, so that the others may age and go. */
export class Pool<C extends IdleConnection> implements SessionCache {
  session: Buffer | undefined
  readonly target: Target
  readonly tls: TargetTls
  private readonly idle: C[] = []
  private retired = false

  constructor(target: Target, tls: TargetTls) {
    this.target = target
    this.tls = tls
  }

  take(now: number): C | undefined {
    for (let found = this.idle.pop(); found; found = this.idle.pop()) {
      if (found.expiresAt > now) return found
      found.close()
    }
    return undefined
  }

  put(connection: C): void {
    if (this.retired || this.idle.length >= MAX_IDLE) connection.close()
    else this.idle.push(connection)
  }

  remove(connection: C): void {
    const at = this.idle.lastIndexOf(connection)
    if (at >= 0) this.idle.splice(at, 1)
  }

  closeExpired(now: number): void {
    for (const connection of this.idle.filter(({ expiresAt }) => expiresAt <= now)) {
      this.remove(connection)
      connection.close()
    }
  }

  /** Closes what is idle, and from now on whatever comes back. */
  retire(): void {
    this.retired = true
    for (const connection of this.idle.splice(0)) connection.close()
  }
}
