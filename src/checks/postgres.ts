import { connect, isIP, type Socket } from 'node:net'
import { createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls'
import { PointsmanError } from '../core/errors.js'
import type { Target } from '../core/target.js'
import { attempt } from './attempt.js'
import type { Checker } from './checker.js'
import type { PostgresCheckSettings } from './settings.js'

/** What a server says of itself, by the names of the columns. */
type Row = Readonly<Record<string, unknown>>

const ROLE = 'pg_is_in_recovery() AS in_recovery'

/**
 * A server that has replayed all it received is at most as old as the way from its primary, also when nothing has been
 * written there for hours; else what was replayed last tells its age. After a restart it counts as received what begins the
 * segment until more is written, which is before what it has replayed: the two need not be equal.
 */
const LAG = `CASE WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
  ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) * 1000 END::float8 AS lag_ms`

/** All but the process id is null for those who may not see it; no row is there when nothing receives. */
const RECEIVER = `coalesce((SELECT coalesce(status, 'hidden') FROM pg_stat_wal_receiver), 'none') AS receiver`

function queryFor({ maxLagMs, requireStreaming }: PostgresCheckSettings): string {
  const columns = [ROLE, ...(maxLagMs > 0 ? [LAG] : []), ...(requireStreaming ? [RECEIVER] : [])]
  return `SELECT ${columns.join(', ')}`
}

function unexpected(message: string): PointsmanError {
  return new PointsmanError('RESPONSE_UNEXPECTED', message)
}

/**
 * A target is well when it lets a user in, answers a query, and is what is asked for: the primary, or a replica that keeps up.
 *
 * Each check logs in anew. A connection that is kept would not find out that the server takes no new ones, because it hangs,
 * has none left, or refuses the login: that is what clients come to feel.
 */
export class PostgresChecker implements Checker {
  private readonly settings: PostgresCheckSettings
  private readonly query: string
  /** Loaded with the first checker: most services have no use for it. */
  private readonly client = import('../clients/postgres/ask.js')
  private secureContext: SecureContext | undefined

  constructor(settings: PostgresCheckSettings) {
    this.settings = settings
    this.query = queryFor(settings)
  }

  async check(target: Target, signal: AbortSignal): Promise<void> {
    const { port = target.port, login } = this.settings
    const inquiry = { login, tls: this.tlsFor(target), query: this.query }
    const { ask } = await this.client
    const open = (): Socket => connect({ host: target.address, port })
    const row = await attempt<Row>(signal, open, (socket, { pass, fail }) => {
      ask(socket, inquiry).then(pass, fail)
    })
    this.judge(row)
  }

  /** Sessions are not resumed: each check sees the certificate that a new client would see. */
  private tlsFor({ host, address }: Target): ConnectionOptions | undefined {
    const { tls } = this.settings
    if (!tls) return undefined
    const { verify, ca, serverName = host } = tls
    this.secureContext ??= createSecureContext(ca === undefined ? {} : { ca })
    return {
      host: address,
      ...(isIP(serverName) === 0 && { servername: serverName }),
      secureContext: this.secureContext,
      rejectUnauthorized: verify,
    }
  }

  private judge(row: Row): void {
    const { role } = this.settings
    const { in_recovery: inRecovery } = row
    if (typeof inRecovery !== 'boolean') throw unexpected('answer does not say its role')
    const found = inRecovery ? 'replica' : 'primary'
    if (role !== 'any' && role !== found)
      throw new PointsmanError('ROLE_MISMATCH', `role is ${found}, expected ${role}`)
    if (inRecovery) this.judgeReplica(row)
  }

  private judgeReplica({ lag_ms: lagMs, receiver }: Row): void {
    const { maxLagMs, requireStreaming, login } = this.settings
    if (requireStreaming && receiver === 'hidden')
      throw unexpected(
        `whether it streams is hidden from user ${login.user}: grant it pg_read_all_stats`,
      )
    if (requireStreaming && receiver !== 'streaming')
      throw unexpected(`does not stream from its primary (receiver: ${String(receiver)})`)
    if (maxLagMs === 0) return
    if (typeof lagMs !== 'number')
      throw unexpected('lag is unknown: nothing was replayed since the server started')
    if (lagMs > maxLagMs)
      throw unexpected(`lag is ${Math.round(lagMs)} ms, allowed are ${maxLagMs} ms`)
  }
}
