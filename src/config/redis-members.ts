import { REDIS_ROLES, type RedisCheckSettings } from '../checks/settings.js'
import type { TargetTls } from '../core/group-settings.js'
import { anyText, flag, oneOf } from './parsers.js'
import type { Findings } from './problem.js'
import { secret } from './secret.js'
import type { Reading, Values, Variables } from './variable.js'

/** How Redis servers are spoken to, and which of them are wanted: by their checks, and by a source that sentinels tell. */
export const redisMembers = {
  REDIS_USERNAME: {
    parse: anyText,
    unset: 'the user `default`',
    meaning: 'user who logs in; see [what it has to be allowed](redis.md#the-user)',
    example: 'pointsman',
  },
  ...secret('REDIS_PASSWORD', {
    parse: anyText,
    unset: 'none',
    meaning: 'password of the user, as it is; nobody logs in without one',
    example: 'p@ss:w/o%rd',
  }),
  REDIS_TLS: {
    parse: flag,
    default: 'false',
    meaning:
      "whether TLS is spoken, by the group's `TLS_VERIFY`, `TLS_CA_FILE` and `TLS_SERVER_NAME`",
    example: 'true',
  },
  REDIS_ROLE: {
    parse: oneOf(REDIS_ROLES),
    unset: '`any`; `master` with `redis-sentinel`',
    meaning:
      'what a server must be to serve: `master`, `replica` or `any`; with `redis-sentinel` one of the first two',
    example: 'replica',
  },
} as const satisfies Variables

/** What a Redis check looks at. */
export function redisSettings(
  values: Values<typeof redisMembers>,
  tls: TargetTls,
): Omit<RedisCheckSettings, 'kind' | 'intervalMs' | 'timeoutMs' | 'port'> {
  return {
    login: { username: values.REDIS_USERNAME, password: values.REDIS_PASSWORD },
    role: values.REDIS_ROLE ?? 'any',
    tls: values.REDIS_TLS ? tls : undefined,
  }
}

/** Checks what no variable of Redis can tell alone. */
export function checkRedis(
  prefix: string,
  { given }: Pick<Reading<typeof redisMembers>, 'given'>,
  findings: Findings,
): void {
  const password = given.REDIS_PASSWORD ?? given.REDIS_PASSWORD_FILE
  if (given.REDIS_USERNAME !== undefined && password === undefined)
    findings.problem(
      `${prefix}REDIS_USERNAME`,
      given.REDIS_USERNAME,
      `needs ${prefix}REDIS_PASSWORD or ${prefix}REDIS_PASSWORD_FILE`,
    )
}
