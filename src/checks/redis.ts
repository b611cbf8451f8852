import { dialRedis, logIn } from '../clients/redis/open-redis.js'
import { RedisConnection } from '../clients/redis/redis-connection.js'
import { role as askRole, type RedisRole } from '../clients/redis/role.js'
import type { Reply } from '../clients/redis/reply.js'
import { PointsmanError } from '../core/errors.js'
import type { Target } from '../core/target.js'
import { attempt } from './attempt.js'
import type { Checker } from './checker.js'
import type { RedisCheckSettings } from './settings.js'

interface Findings {
  readonly pong: Reply
  readonly role: RedisRole
}

/** What Redis calls a slave is a replica to those who configure it. */
const ROLE_NAMES = { master: 'master', slave: 'replica' } as const

function unexpected(message: string): PointsmanError {
  return new PointsmanError('RESPONSE_UNEXPECTED', message)
}

/**
 * A target is well when it lets a user in, answers PING, and is what is asked for: the master, or a replica.
 *
 * Each check connects anew, for a connection that is kept would not find out that the server takes no new ones.
 */
export class RedisChecker implements Checker {
  private readonly settings: RedisCheckSettings

  constructor(settings: RedisCheckSettings) {
    this.settings = settings
  }

  async check(target: Target, signal: AbortSignal): Promise<void> {
    const { login, tls, port = target.port } = this.settings
    const server = { ...login, host: target.address, port, tls, name: target.host }
    const dial = () => dialRedis(server)
    const findings = await attempt<Findings>(signal, dial, (socket, { pass, fail }) => {
      this.ask(new RedisConnection(socket)).then(pass, fail)
    })
    this.judge(findings)
  }

  private async ask(connection: RedisConnection): Promise<Findings> {
    await logIn(connection, this.settings.login)
    const pong = await connection.command('PING')
    return { pong, role: await askRole(connection) }
  }

  private judge({ pong, role: { role: said } }: Findings): void {
    const { role } = this.settings
    if (pong !== 'PONG') throw unexpected('answer to PING is not PONG')
    if (said === 'sentinel') throw unexpected('is a Redis Sentinel, not a Redis server')
    const found = ROLE_NAMES[said]
    if (role !== 'any' && role !== found)
      throw new PointsmanError('ROLE_MISMATCH', `role is ${found}, expected ${role}`)
  }
}
