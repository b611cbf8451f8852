import type { Findings } from './problem.js'
import type { healthCheckMembers } from './health-check-members.js'
import { isSentinelSource, parseSentinelSource, type SentinelSource } from './redis-sentinel.js'
import type { Reading, Values, Variables } from './variable.js'
import { isZookeeperSource, parseZookeeperSource, type ZookeeperSourceName } from './zookeeper.js'

/** Where the targets of a group come from, and which of them are wanted, besides sentinels and ZooKeeper. */
export const GROUP_SOURCES = ['static', 'postgres:primary', 'postgres:replica'] as const

/** One of these, a name that sentinels know, or a node of ZooKeeper. */
export type GroupSource = (typeof GROUP_SOURCES)[number] | SentinelSource | ZookeeperSourceName

function parseSource(text: string): GroupSource {
  if (isSentinelSource(text)) return parseSentinelSource(text)
  if (isZookeeperSource(text)) return parseZookeeperSource(text)
  const source = GROUP_SOURCES.find((each) => each === text)
  if (source) return source
  throw new Error(
    `must be one of ${GROUP_SOURCES.join(', ')}, redis-sentinel:<master-name>, zookeeper:<path>`,
  )
}

/** The variable that says so. */
export const sourceMembers = {
  SOURCE: {
    parse: parseSource,
    default: 'static',
    meaning:
      'where the targets come from: `static` from the list; `postgres:primary` and `postgres:replica` too, but only servers of that role serve, which [PostgreSQL checks](postgres.md) find out; `redis-sentinel:<master-name>` from [Redis Sentinel](redis.md); `zookeeper:<path>` from the nodes below one of [ZooKeeper](zookeeper.md)',
    example: 'postgres:primary',
  },
} as const satisfies Variables

type CheckReading = Reading<typeof sourceMembers & typeof healthCheckMembers>

type SourceReading = Pick<CheckReading, 'given' | 'partial' | 'whole'>

/** What a source says in place of other variables of its group. */
type Implied = Partial<Values<typeof healthCheckMembers>>

function impliedByPostgres(
  prefix: string,
  source: 'postgres:primary' | 'postgres:replica',
  { given }: Pick<CheckReading, 'given'>,
  findings: Findings,
): Implied {
  const role = source === 'postgres:primary' ? 'primary' : 'replica'
  const implied = { HEALTH_CHECK: 'postgres', POSTGRES_ROLE: role } as const
  for (const member of ['HEALTH_CHECK', 'POSTGRES_ROLE'] as const)
    if (given[member] !== undefined && given[member] !== implied[member])
      findings.problem(
        prefix + member,
        given[member],
        `must be ${implied[member]}, or not set, with ${prefix}SOURCE=${source}`,
      )
  return implied
}

/** Other checks may be wanted, or none: sentinels look after the servers as well. */
function impliedBySentinels({ given }: Pick<CheckReading, 'given'>): Implied {
  return {
    ...(given.HEALTH_CHECK === undefined && { HEALTH_CHECK: 'redis' }),
    ...(given.REDIS_ROLE === undefined && { REDIS_ROLE: 'master' }),
  }
}

/** What a group has said when its source says a part of it: that there are checks, and which role they look for. */
export function withSource<R extends SourceReading>(
  prefix: string,
  reading: R,
  findings: Findings,
): R {
  const { partial, whole } = reading
  const { SOURCE } = partial
  if (SOURCE === undefined || SOURCE === 'static' || isZookeeperSource(SOURCE)) return reading
  const implied = isSentinelSource(SOURCE)
    ? impliedBySentinels(reading)
    : impliedByPostgres(prefix, SOURCE, reading, findings)
  return {
    ...reading,
    partial: { ...partial, ...implied },
    whole: whole && { ...whole, ...implied },
  }
}

/** Who tells the targets in place of the list, with the verb. */
function tellerOf(source: GroupSource): string | undefined {
  if (isSentinelSource(source)) return 'the sentinels tell'
  return isZookeeperSource(source) ? 'ZooKeeper tells' : undefined
}

/**
 * Checks that there is a list of targets where the source needs one, and none where it does not.
 * @param given the list, as written
 */
export function checkList(
  prefix: string,
  source: GroupSource | undefined,
  given: string | undefined,
  findings: Findings,
): void {
  if (source === undefined) return
  const teller = tellerOf(source)
  if (teller === undefined) {
    if (given === undefined) findings.problem(`${prefix}TARGETS`, undefined, 'is required')
  } else if (given !== undefined) {
    findings.problem(
      `${prefix}TARGETS`,
      given,
      `must not be set with ${prefix}SOURCE=${source}: ${teller} the targets`,
    )
  }
}
