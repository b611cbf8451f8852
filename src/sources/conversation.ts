import { openRedis, type RedisServer } from '../clients/redis/open-redis.js'
import type { RedisConnection } from '../clients/redis/redis-connection.js'
import { PointsmanError } from '../core/errors.js'
import type { Clock } from '../core/ports.js'
import type { Bell } from '../core/wait.js'

const ANSWER_TIMEOUT_MS = 1500

/** The connections to one server, which stand and fall together: RESP2 needs one of its own for a channel. */
export class Conversation {
  private readonly server: RedisServer
  private readonly clock: Clock
  private readonly bell: Bell
  private readonly connections: RedisConnection[] = []
  private reason: Error | undefined

  /** @param bell rings when a message comes, and when a connection has ended */
  constructor(server: RedisServer, clock: Clock, bell: Bell) {
    this.server = server
    this.clock = clock
    this.bell = bell
  }

  /**
   * One more connection, logged in.
   * @throws as `inTime` does, PointsmanError, or the error of the socket
   */
  async open(signal: AbortSignal): Promise<RedisConnection> {
    const connection = await this.inTime((late) => openRedis(this.server, late), signal)
    this.connections.push(connection)
    void connection.closed.then((reason) => {
      this.reason ??= reason
      this.bell.ring()
    })
    return connection
  }

  /**
   * Rings at every message of a channel.
   * @throws as `open` does
   */
  async listen(channel: string, signal: AbortSignal): Promise<void> {
    const listener = await this.open(signal)
    listener.onPush(() => this.bell.ring())
    await this.inTime(() => listener.command('SUBSCRIBE', channel), signal)
  }

  /** @throws the reason when one of the connections has ended */
  check(): void {
    if (this.reason) throw this.reason
  }

  /**
   * What comes of `work`, if it comes in time.
   * @throws RESPONSE_TIMEOUT; the signal's reason when it aborted; what `work` throws
   */
  async inTime<R>(work: (late: AbortSignal) => Promise<R>, signal: AbortSignal): Promise<R> {
    const stop = new AbortController()
    const timer = this.clock.after(ANSWER_TIMEOUT_MS, () => stop.abort(late()))
    const end = (): void => stop.abort(signal.reason)
    const cut = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error))
    })
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    try {
      return await Promise.race([work(stop.signal), cut])
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', end)
    }
  }

  end(): void {
    for (const connection of this.connections) connection.close()
  }
}

function late(): PointsmanError {
  return new PointsmanError('RESPONSE_TIMEOUT', `no answer within ${ANSWER_TIMEOUT_MS} ms`)
}
