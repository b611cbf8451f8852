import type { Checker } from './checker.js'
import { HttpChecker } from './http.js'
import { PostgresChecker } from './postgres.js'
import { RedisChecker } from './redis.js'
import type { ActiveCheckSettings } from './settings.js'
import { TcpChecker } from './tcp.js'

/** The checker that `settings` ask for. */
export function createChecker(settings: ActiveCheckSettings): Checker {
  switch (settings.kind) {
    case 'tcp':
      return new TcpChecker(settings)
    case 'http':
      return new HttpChecker(settings)
    case 'postgres':
      return new PostgresChecker(settings)
    case 'redis':
      return new RedisChecker(settings)
  }
}
