import type { Login } from '../clients/postgres/ask.js'
import type { RedisLogin } from '../clients/redis/open-redis.js'
import type { TargetTls } from '../core/group-settings.js'
import type { Scheme } from '../core/target.js'

/** What every kind of check is told. Plain data, so that two can be compared. */
interface ActiveCheck {
  /** Time between the beginnings of two checks of one target, give or take a tenth. */
  readonly intervalMs: number
  /** A check that has no answer by then has failed. */
  readonly timeoutMs: number
  /** Instead of the target's. */
  readonly port: number | undefined
}

/** A target is well when it accepts a connection. */
export interface TcpCheckSettings extends ActiveCheck {
  readonly kind: 'tcp'
}

/** Status codes from the first to the last, both included. */
export interface StatusRange {
  readonly from: number
  readonly to: number
}

/** Methods that ask nothing of a target but an answer. */
export const CHECK_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST'] as const

/** A target is well when it answers a request as expected; redirects are answers, and are not followed. */
export interface HttpCheckSettings extends ActiveCheck {
  readonly kind: 'http'
  readonly method: (typeof CHECK_METHODS)[number]
  /** Path and query; the base path of a target is not put in front. */
  readonly path: string
  readonly statuses: readonly StatusRange[]
  /** Source of a regular expression that the body must match somewhere in its first 64 KiB. */
  readonly body: string | undefined
  /** Names and values in turn, sent besides Host. */
  readonly fields: readonly string[]
  /** The Host field, instead of the target's own. */
  readonly host: string | undefined
  /** Instead of the target's. */
  readonly scheme: Scheme | undefined
  readonly tls: TargetTls
}

/** What a PostgreSQL server can be asked to be. */
export const POSTGRES_ROLES = ['any', 'primary', 'replica'] as const

/** A target is well when it lets a user in and has the role. */
export interface PostgresCheckSettings extends ActiveCheck {
  readonly kind: 'postgres'
  readonly login: Login
  readonly role: (typeof POSTGRES_ROLES)[number]
  /** Undefined to go without TLS. */
  readonly tls: TargetTls | undefined
  /** How old a replica's data may be; 0 for any age. */
  readonly maxLagMs: number
  /** Whether a replica must be connected to its primary. */
  readonly requireStreaming: boolean
}

/** What a Redis server can be asked to be. */
export const REDIS_ROLES = ['any', 'master', 'replica'] as const

/** A target is well when it lets a user in, answers PING, and has the role. */
export interface RedisCheckSettings extends ActiveCheck {
  readonly kind: 'redis'
  readonly login: RedisLogin
  readonly role: (typeof REDIS_ROLES)[number]
  /** Undefined to go without TLS. */
  readonly tls: TargetTls | undefined
}

/** Checks that are made, of whatever kind. */
export type ActiveCheckSettings =
  TcpCheckSettings | HttpCheckSettings | PostgresCheckSettings | RedisCheckSettings

/** How the health of a group's targets is checked. */
export type HealthCheckSettings = { readonly kind: 'none' } | ActiveCheckSettings
