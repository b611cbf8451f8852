import type { HealthCheckSettings } from '../checks/settings.js'
import { ALGORITHMS, type Algorithm } from '../core/balancers/registry.js'
import type { GroupSettings } from '../core/group-settings.js'
import { targetAt, type TargetScheme, type TargetSpec } from '../core/target.js'
import { readFamily, type Family, type FamilyMember } from './family.js'
import { balancingMembers, balancingSettings, checkBalancing } from './group-balancing.js'
import { resilienceMembers, resilienceSettings } from './group-resilience.js'
import { checkList, sourceMembers, withSource } from './group-source.js'
import { healthCheckMembers } from './health-check-members.js'
import {
  checkHealthCheck,
  healthCheck,
  healthThresholds,
  roleOf,
  usualScheme,
} from './health-checks.js'
import { milliseconds, oneOf } from './parsers.js'
import type { Findings } from './problem.js'
import {
  checkSentinels,
  isSentinelSource,
  sentinelConfig,
  sentinelMembers,
  type SentinelConfig,
} from './redis-sentinel.js'
import { parseTargets, repeatedTargets, targetSpecs } from './target-list.js'
import { targetTls, tlsMembers } from './target-tls.js'
import type { Values, Variables } from './variable.js'
import { isZookeeperSource, zookeeperPath, type ZookeeperConfig } from './zookeeper.js'

/** A target group as configured; host names among its targets are not resolved yet. */
export interface GroupConfig {
  readonly settings: GroupSettings
  readonly targets: readonly TargetSpec[]
  /** Who tells the targets in place of the list. */
  readonly sentinel?: SentinelConfig
  /** Likewise: those that registered themselves below a node. */
  readonly zookeeper?: {
    readonly ensemble: ZookeeperConfig
    readonly path: string
    /** Of targets that do not ask for TLS. */
    readonly scheme: TargetScheme
  }
  readonly healthCheck: HealthCheckSettings
}

/** What holds for groups that say nothing else. */
export interface GroupDefaults {
  readonly algorithm: Algorithm
  /** Undefined when there is none. */
  readonly ensemble: ZookeeperConfig | undefined
}

const SHORTEST_REFRESH_MS = 100

/** A name that can stand in a cookie's name, a metric's label and a URL as it is. */
function groupName(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text))
    throw new Error('must be 1 to 64 letters, digits, dots, hyphens or underscores')
  return text
}

/** What holds for all target groups. */
export const targetVariables = {
  LOAD_BALANCING_ALGORITHM: {
    parse: oneOf(ALGORITHMS),
    default: 'ROUND_ROBIN',
    meaning: 'algorithm of the groups that name none of their own',
    example: 'LEAST_REQUESTS',
  },
  DNS_REFRESH: {
    parse: milliseconds(SHORTEST_REFRESH_MS),
    default: '30000',
    unit: 'ms',
    meaning:
      'how often the host names of targets are resolved anew; a failure keeps the last addresses',
    example: '10000',
  },
} as const satisfies Variables

/** The target groups: `TARGET_GROUP_<N>_…`. */
export const targetGroups = {
  prefix: 'TARGET_GROUP_',
  members: {
    NAME: {
      parse: groupName,
      required: true,
      meaning:
        'what rules and logs call the group; unique; letters, digits, `.`, `-` and `_`, 64 at most',
      example: 'web',
    },
    TARGETS: {
      parse: parseTargets,
      unset: 'required',
      mayBeEmpty: true,
      meaning:
        'comma list of targets, see [below](#targets-in-a-list); may be empty, which is warned about and answered 503; none with `redis-sentinel` and `zookeeper`',
      example: '10.0.0.1:8080, 10.0.0.2:8080;weight=3',
    },
    ...sourceMembers,
    ...balancingMembers,
    ...resilienceMembers,
    TRANSPORT: {
      parse: oneOf(['auto', 'wire', 'reply-from']),
      default: 'auto',
      meaning:
        '`wire` speaks HTTP/1.1, `reply-from` HTTP/1.1 and HTTP/2; `auto` is `reply-from` for `h2` and `h2c` targets and `wire` for others',
      example: 'reply-from',
    },
    ...tlsMembers,
    ...healthCheckMembers,
    ...sentinelMembers,
  },
} as const satisfies Family

/** One target group as read. */
export type GroupMember = FamilyMember<typeof targetGroups.members>

function checkName(
  { prefix, partial: { NAME } }: GroupMember,
  owners: Map<string, string>,
  findings: Findings,
): void {
  if (NAME === undefined) return
  const owner = owners.get(NAME)
  if (owner) findings.problem(`${prefix}NAME`, NAME, `${owner} has this name already`)
  else owners.set(NAME, `${prefix}NAME`)
}

function checkTargets({ prefix, partial }: GroupMember, findings: Findings): void {
  const { TRANSPORT } = partial
  const TARGETS = partial.TARGETS && targetSpecs(partial.TARGETS, usualScheme(partial.HEALTH_CHECK))
  for (const id of repeatedTargets(TARGETS ?? []))
    findings.problem(`${prefix}TARGETS`, undefined, `${id} is listed twice`)
  if (TARGETS?.length === 0)
    findings.warning(
      `${prefix}TARGETS`,
      undefined,
      'is empty; requests for this group are answered 503',
    )
  const http2 = TARGETS?.find(({ scheme }) => scheme === 'h2' || scheme === 'h2c')
  if (TRANSPORT === 'wire' && http2)
    findings.problem(
      `${prefix}TRANSPORT`,
      TRANSPORT,
      `wire does not speak HTTP/2, which ${targetAt(http2, http2.host).id} asks for; use auto or reply-from`,
    )
}

function groupConfig(
  values: Values<typeof targetGroups.members>,
  { algorithm, ensemble }: GroupDefaults,
): GroupConfig {
  const tls = targetTls({
    verify: values.TLS_VERIFY,
    ca: values.TLS_CA_FILE,
    serverName: values.TLS_SERVER_NAME,
  })
  const check = healthCheck(values, tls)
  return {
    settings: {
      name: values.NAME,
      algorithm: values.ALGORITHM ?? algorithm,
      ...balancingSettings(values),
      ...resilienceSettings(values),
      ...healthThresholds(values),
      role: roleOf(check),
      transport: values.TRANSPORT,
      tls,
    },
    targets: targetSpecs(values.TARGETS ?? [], usualScheme(values.HEALTH_CHECK)),
    ...(isSentinelSource(values.SOURCE) && {
      sentinel: sentinelConfig(values.SOURCE, values, tls),
    }),
    ...(ensemble &&
      isZookeeperSource(values.SOURCE) && {
        zookeeper: {
          ensemble,
          path: zookeeperPath(values.SOURCE),
          scheme: usualScheme(values.HEALTH_CHECK),
        },
      }),
    healthCheck: check,
  }
}

/**
 * Reads and checks the target groups, by their numbers.
 * @param fallback algorithm of those that name none; undefined when it is none itself
 */
export function readTargetGroups(
  environment: NodeJS.ProcessEnv,
  fallback: Algorithm | undefined,
  findings: Findings,
): readonly GroupMember[] {
  const members = readFamily(targetGroups, environment, findings).map((member) =>
    withSource(member.prefix, member, findings),
  )
  const owners = new Map<string, string>()
  for (const member of members) {
    const { prefix, partial } = member
    const algorithm = partial.ALGORITHM ?? fallback
    checkName(member, owners, findings)
    checkList(prefix, partial.SOURCE, member.given.TARGETS, findings)
    checkTargets(member, findings)
    checkSentinels(prefix, partial.SOURCE, member, findings)
    if (algorithm) checkBalancing(prefix, algorithm, member, findings)
    checkHealthCheck(prefix, member, findings)
  }
  return members
}

/** The groups in which nothing was wrong. */
export function groupConfigs(
  members: readonly GroupMember[],
  defaults: GroupDefaults,
): readonly GroupConfig[] {
  return members.flatMap(({ whole }) => (whole ? [groupConfig(whole, defaults)] : []))
}
