import { POSTGRES_ROLES, type PostgresCheckSettings } from '../checks/settings.js'
import type { TargetTls } from '../core/group-settings.js'
import { anyText, flag, milliseconds, oneOf } from './parsers.js'
import type { Findings } from './problem.js'
import { secret } from './secret.js'
import type { Reading, Values, Variables } from './variable.js'

/** What PostgreSQL checks are told. */
export const postgresCheckMembers = {
  POSTGRES_USER: {
    parse: anyText,
    unset: 'required',
    meaning: 'user who logs in; see [what it has to be allowed](postgres.md#the-user)',
    example: 'pointsman',
  },
  ...secret('POSTGRES_PASSWORD', {
    parse: anyText,
    unset: 'none',
    meaning: 'password of the user, as it is: nothing in it has to be encoded',
    example: 'p@ss:w/o%rd',
  }),
  POSTGRES_DATABASE: {
    parse: anyText,
    default: 'postgres',
    meaning: 'database that is logged in to',
    example: 'shop',
  },
  POSTGRES_TLS: {
    parse: flag,
    default: 'false',
    meaning:
      "whether TLS is spoken, by the group's `TLS_VERIFY`, `TLS_CA_FILE` and `TLS_SERVER_NAME`; a server that offers none fails then",
    example: 'true',
  },
  POSTGRES_ROLE: {
    parse: oneOf(POSTGRES_ROLES),
    default: 'any',
    meaning: 'what a server must be to serve: `primary`, `replica` or `any`',
    example: 'primary',
  },
  POSTGRES_MAX_LAG: {
    parse: milliseconds(0),
    default: '0',
    unit: 'ms',
    meaning: 'how old the data of a replica may be; `0` = any age will do',
    example: '10000',
  },
  POSTGRES_REQUIRE_STREAMING: {
    parse: flag,
    default: 'false',
    meaning: 'whether a replica must be connected to its primary',
    example: 'true',
  },
} as const satisfies Variables

type PostgresCheckValues = Values<typeof postgresCheckMembers>

/** What a PostgreSQL check looks at; values without a user are refused by `checkPostgresCheck`. */
export function postgresSettings(
  values: PostgresCheckValues,
  tls: TargetTls,
): Omit<PostgresCheckSettings, 'kind' | 'intervalMs' | 'timeoutMs' | 'port'> {
  return {
    login: {
      user: values.POSTGRES_USER ?? '',
      password: values.POSTGRES_PASSWORD,
      database: values.POSTGRES_DATABASE,
    },
    role: values.POSTGRES_ROLE,
    tls: values.POSTGRES_TLS ? tls : undefined,
    maxLagMs: values.POSTGRES_MAX_LAG,
    requireStreaming: values.POSTGRES_REQUIRE_STREAMING,
  }
}

const OF_REPLICAS = ['POSTGRES_MAX_LAG', 'POSTGRES_REQUIRE_STREAMING'] as const

/** Checks what no variable of a PostgreSQL check can tell alone. */
export function checkPostgresCheck(
  prefix: string,
  { given, partial }: Pick<Reading<typeof postgresCheckMembers>, 'given' | 'partial'>,
  findings: Findings,
): void {
  if (given.POSTGRES_USER === undefined)
    findings.problem(`${prefix}POSTGRES_USER`, undefined, 'is required for postgres checks')
  if (partial.POSTGRES_ROLE !== 'primary') return
  for (const member of OF_REPLICAS)
    if (given[member] !== undefined)
      findings.warning(prefix + member, given[member], 'does nothing: it is for replicas')
}
