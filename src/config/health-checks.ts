import type { HealthCheckSettings } from '../checks/settings.js'
import type { HealthSettings, Role, TargetTls } from '../core/group-settings.js'
import type { TargetScheme } from '../core/target.js'
import type { resilienceMembers } from './group-resilience.js'
import type { sourceMembers } from './group-source.js'
import { anyCheckMembers, healthCheckMembers, httpCheckMembers } from './health-check-members.js'
import {
  checkPostgresCheck,
  postgresCheckMembers,
  postgresSettings,
} from './postgres-check-members.js'
import type { Findings } from './problem.js'
import { checkRedis, redisMembers, redisSettings } from './redis-members.js'
import { isSentinelSource } from './redis-sentinel.js'
import { targetTls } from './target-tls.js'
import type { Reading, Values } from './variable.js'

type HealthCheckValues = Values<typeof healthCheckMembers>

type Kind = HealthCheckValues['HEALTH_CHECK']

/** When checks change the mind about a target. */
export function healthThresholds(
  values: HealthCheckValues,
): Required<Pick<HealthSettings, 'rise' | 'fall'>> {
  return { rise: values.HEALTH_RISE, fall: values.HEALTH_FALL }
}

/**
 * How the targets of a group are checked.
 * @param tls of the group, where the check says nothing else
 */
export function healthCheck(values: HealthCheckValues, tls: TargetTls): HealthCheckSettings {
  const { HEALTH_CHECK: kind } = values
  if (kind === 'none') return { kind }
  const common = {
    intervalMs: values.HEALTH_INTERVAL,
    timeoutMs: values.HEALTH_TIMEOUT,
    port: values.HEALTH_PORT,
  }
  if (kind === 'tcp') return { kind, ...common }
  if (kind === 'postgres') return { kind, ...common, ...postgresSettings(values, tls) }
  if (kind === 'redis') return { kind, ...common, ...redisSettings(values, tls) }
  return {
    kind,
    ...common,
    method: values.HEALTH_METHOD,
    path: values.HEALTH_PATH,
    statuses: values.HEALTH_STATUS,
    body: values.HEALTH_BODY,
    fields: values.HEALTH_HEADERS ?? [],
    host: values.HEALTH_HOST,
    scheme: values.HEALTH_SCHEME,
    tls: targetTls({
      verify: values.HEALTH_TLS_VERIFY ?? tls.verify,
      ca: values.HEALTH_CA_FILE ?? tls.ca,
      serverName: values.HEALTH_SERVER_NAME ?? tls.serverName,
    }),
  }
}

/** Of a primary or master with its replicas there is one. */
const EXCLUSIVE_ROLES: ReadonlySet<string> = new Set(['primary', 'master'])

/** The role that a check looks for; undefined when it does not care. */
export function roleOf(check: HealthCheckSettings): Role | undefined {
  const name = 'role' in check ? check.role : 'any'
  return name === 'any' ? undefined : { name, exclusive: EXCLUSIVE_ROLES.has(name) }
}

/** What targets speak that are checked so, unless they say so themselves. */
export function usualScheme(kind: Kind | undefined): TargetScheme {
  return kind === 'postgres' || kind === 'redis' ? kind : 'http'
}

type HealthCheckReading = Pick<
  Reading<typeof healthCheckMembers & typeof sourceMembers & typeof resilienceMembers>,
  'given' | 'partial'
>

/** Variables that one kind of check alone has a use for. */
const MEMBERS_OF: Readonly<Partial<Record<Kind, object>>> = {
  http: httpCheckMembers,
  postgres: postgresCheckMembers,
  redis: redisMembers,
}

function kindsFor(member: string): readonly string[] {
  const owner = Object.entries(MEMBERS_OF).find(([, members]) => Object.hasOwn(members, member))
  if (owner) return [owner[0]]
  return Object.hasOwn(anyCheckMembers, member) ? ['tcp', ...Object.keys(MEMBERS_OF)] : []
}

/** The source of a group may have a use for a variable, whatever the checks are. */
function isForSource(member: string, source: string | undefined): boolean {
  const mayBeSentinels = source === undefined || isSentinelSource(source)
  return mayBeSentinels && Object.hasOwn(redisMembers, member)
}

function checkKinds(
  prefix: string,
  { given, partial }: HealthCheckReading,
  findings: Findings,
): void {
  const name = `${prefix}HEALTH_CHECK`
  const { HEALTH_CHECK: kind, SOURCE } = partial
  for (const [member, text] of Object.entries(given)) {
    const variable = prefix + member
    const kinds = kindsFor(member)
    if (kind === undefined || kinds.length === 0 || kinds.includes(kind)) continue
    if (isForSource(member, SOURCE)) continue
    if (kind !== 'none')
      findings.problem(
        variable,
        text,
        `is for ${kinds.join()} checks alone, and ${name} is ${kind}`,
      )
    // Whoever wrote it believes that targets are checked, unless the opposite is written as well.
    else if (given.HEALTH_CHECK === undefined)
      findings.problem(
        variable,
        text,
        `does nothing without ${name}: set that to ${kinds.join(' or ')}`,
      )
    else findings.warning(variable, text, `does nothing while ${name} is none`)
  }
}

function checkAllDown(
  prefix: string,
  { HEALTH_CHECK, POSTGRES_ROLE, REDIS_ROLE, ALL_DOWN }: HealthCheckReading['partial'],
  findings: Findings,
): void {
  const roles = { none: 'any', tcp: 'any', http: 'any', postgres: POSTGRES_ROLE, redis: REDIS_ROLE }
  const role = (HEALTH_CHECK && roles[HEALTH_CHECK]) ?? 'any'
  if (role !== 'any' && (ALL_DOWN === 'all' || ALL_DOWN === 'last'))
    findings.warning(
      `${prefix}ALL_DOWN`,
      ALL_DOWN,
      `does nothing: only targets in which checks find the role ${role} serve`,
    )
}

/** Checks what no variable of a check can tell alone: that it means something to the kind of check there is. */
export function checkHealthCheck(
  prefix: string,
  { given, partial }: HealthCheckReading,
  findings: Findings,
): void {
  checkKinds(prefix, { given, partial }, findings)
  checkAllDown(prefix, partial, findings)
  if (partial.HEALTH_METHOD === 'HEAD' && given.HEALTH_BODY !== undefined)
    findings.problem(`${prefix}HEALTH_BODY`, given.HEALTH_BODY, 'matches no answer to HEAD')
  const { HEALTH_CHECK: kind, SOURCE } = partial
  if (kind === 'postgres') checkPostgresCheck(prefix, { given, partial }, findings)
  if (kind === 'redis' || isSentinelSource(SOURCE)) checkRedis(prefix, { given }, findings)
}
