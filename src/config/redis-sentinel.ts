import type { TargetTls } from '../core/group-settings.js'
import { hostAndPort } from '../core/target.js'
import { parseAuthority } from './authority.js'
import { about, anyText, commaList, wholeNumber } from './parsers.js'
import type { Findings } from './problem.js'
import { redisSettings, type redisMembers } from './redis-members.js'
import { secret } from './secret.js'
import type { Reading, Values, Variables } from './variable.js'

const SENTINEL_PORT = 26379

/** Where a sentinel listens. */
export interface SentinelAddress {
  readonly host: string
  readonly port: number
}

/** The sentinels that tell who the targets of a group are, and how they and the servers are spoken to. */
export interface SentinelConfig {
  readonly masterName: string
  readonly sentinels: readonly SentinelAddress[]
  readonly password: string | undefined
  readonly role: 'master' | 'replica'
  readonly access: {
    readonly username: string | undefined
    readonly password: string | undefined
    /** Undefined to go without TLS. */
    readonly tls: TargetTls | undefined
  }
}

function parseSentinel(text: string): SentinelAddress {
  const { host, port } = parseAuthority(text)
  return {
    host,
    port: port === undefined ? SENTINEL_PORT : about('port', wholeNumber(1, 65535), port),
  }
}

/** A sentinel that stood there twice would be heard twice, and be a majority with itself. */
function parseSentinels(text: string): readonly SentinelAddress[] {
  const sentinels = commaList(parseSentinel)(text)
  const names = sentinels.map(({ host, port }) => hostAndPort(host, port))
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new Error(`lists ${twice} twice`)
  return sentinels
}

/** What is told of the sentinels that watch over Redis servers. */
export const sentinelMembers = {
  REDIS_SENTINELS: {
    parse: parseSentinels,
    unset: 'required',
    meaning:
      'comma list of all sentinels, `<host>[:<port>]`; port 26379 by default; a majority of them is believed',
    example: '10.0.0.1:26379, 10.0.0.2:26379, 10.0.0.3:26379',
  },
  ...secret('REDIS_SENTINEL_PASSWORD', {
    parse: anyText,
    unset: 'none',
    meaning: 'password of the sentinels, as it is',
    example: 'p@ss:w/o%rd',
  }),
} as const satisfies Variables

const PREFIX = 'redis-sentinel:'

/** The source of targets that sentinels know. */
export type SentinelSource = `${typeof PREFIX}${string}`

/** Whether a source is such a one, whatever name it has. */
export function isSentinelSource(source: string | undefined): source is SentinelSource {
  return source?.startsWith(PREFIX) ?? false
}

/** Reads `redis-sentinel:<master-name>`. */
export function parseSentinelSource(text: SentinelSource): SentinelSource {
  // What Sentinel itself allows.
  if (!/^[\w.-]+$/.test(text.slice(PREFIX.length)))
    throw new Error(
      'must have the name of the master behind its colon, as the sentinels call it: letters, digits, . - and _',
    )
  return text
}

/** What the source is told; values without sentinels, or with any role, are refused by `checkSentinels`. */
export function sentinelConfig(
  source: SentinelSource,
  values: Values<typeof sentinelMembers & typeof redisMembers>,
  tls: TargetTls,
): SentinelConfig {
  const { role, login, ...access } = redisSettings(values, tls)
  return {
    masterName: source.slice(PREFIX.length),
    sentinels: values.REDIS_SENTINELS ?? [],
    password: values.REDIS_SENTINEL_PASSWORD,
    role: role === 'replica' ? role : 'master',
    access: { ...login, ...access },
  }
}

/**
 * Checks what a group says of sentinels against its source.
 * @param source undefined when that is wrong in itself
 */
export function checkSentinels(
  prefix: string,
  source: string | undefined,
  { given }: Pick<Reading<typeof sentinelMembers & typeof redisMembers>, 'given'>,
  findings: Findings,
): void {
  if (source === undefined) return
  if (!isSentinelSource(source)) {
    for (const [member, text] of Object.entries(given))
      if (Object.hasOwn(sentinelMembers, member))
        findings.problem(
          prefix + member,
          text,
          `does nothing with ${prefix}SOURCE=${source}: it is for ${PREFIX}<master-name>`,
        )
    return
  }
  if (given.REDIS_SENTINELS === undefined)
    findings.problem(
      `${prefix}REDIS_SENTINELS`,
      undefined,
      `is required with ${prefix}SOURCE=${source}`,
    )
  if (given.REDIS_ROLE === 'any')
    findings.problem(
      `${prefix}REDIS_ROLE`,
      given.REDIS_ROLE,
      `must be master or replica with ${prefix}SOURCE=${source}`,
    )
}
