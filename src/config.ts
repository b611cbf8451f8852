import { parse } from 'dotenv'
import { dnsSettings, readDnsRecords, type DnsRecordMember } from './config/dns.js'
import {
  checkLookedAfter,
  hostsSettings,
  readHostsEntries,
  type HostsMember,
} from './config/hosts.js'
import { gatewayConfig, type GatewayConfig } from './config/gateway.js'
import { checkListener, proxySettings } from './config/listener.js'
import { readListenerRules } from './config/listener-rules.js'
import { checkManagement, managementConfig, type ManagementConfig } from './config/management.js'
import { fileText } from './config/parsers.js'
import { Findings, type Problem } from './config/problem.js'
import {
  groupConfigs,
  readTargetGroups,
  type GroupConfig,
  type GroupMember,
} from './config/target-groups.js'
import { refuseUnknown } from './config/unknown-variables.js'
import { isGiven, readVariables, type Values } from './config/variable.js'
import { PLAIN_VARIABLES } from './config/variables.js'
import { checkZookeeper, zookeeperConfig, type ZookeeperConfig } from './config/zookeeper.js'
import type { DnsSettings } from './faces/dns/settings.js'
import type { HostsSettings } from './faces/hosts/settings.js'
import type { ListenerRule, ProxySettings } from './faces/proxy/settings.js'

/** Everything an operator decides; frozen through and through. */
export interface Config {
  /** Processes that serve clients; 0 = the one there is does. */
  readonly workers: number
  readonly logLevel: Values<typeof PLAIN_VARIABLES>['LOG_LEVEL']
  readonly shutdownGraceMs: number
  readonly dnsRefreshMs: number
  readonly groups: readonly GroupConfig[]
  /** Undefined when nothing is said of an ensemble. */
  readonly zookeeper: ZookeeperConfig | undefined
  /** Undefined when no rule asks for the proxy. */
  readonly proxy: ProxySettings | undefined
  /** Undefined when no client is steered by the model of an application, and no operator can ask for one. */
  readonly gateway: GatewayConfig | undefined
  /** Undefined when there is no zone to answer for. */
  readonly dns: DnsSettings | undefined
  /** Undefined when no name is to be kept in the hosts file. */
  readonly hosts: HostsSettings | undefined
  /** Undefined when operators are not listened to. */
  readonly management: ManagementConfig | undefined
  /** Signs bundles of models, in PEM; undefined when none are made. */
  readonly signingKey: string | undefined
}

/** A configuration without mistakes, or every mistake in it. */
export type ReadResult =
  | { readonly config: Config; readonly warnings: readonly string[] }
  | { readonly problems: readonly Problem[] }

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}

/** What was read for each face. */
interface ReadFaces {
  readonly rules: readonly ListenerRule[]
  readonly records: readonly DnsRecordMember[]
  readonly names: readonly HostsMember[]
}

function buildConfig(
  values: Values<typeof PLAIN_VARIABLES>,
  groups: readonly GroupConfig[],
  { rules, records, names }: ReadFaces,
): Config {
  return deepFreeze({
    workers: values.WORKERS,
    logLevel: values.LOG_LEVEL,
    shutdownGraceMs: values.SHUTDOWN_GRACE,
    dnsRefreshMs: values.DNS_REFRESH,
    groups,
    zookeeper: zookeeperConfig(values),
    proxy: rules.length > 0 ? proxySettings(values, rules) : undefined,
    gateway: gatewayConfig(values, {
      rules: rules.some(({ application }) => application !== undefined),
      operators: values.MANAGEMENT_PORT !== undefined,
    }),
    dns: dnsSettings(values, records),
    hosts: hostsSettings(values, names, groups),
    management: managementConfig(values),
    signingKey: values.MANAGEMENT_SIGNING_KEY,
  })
}

/** Each of these makes a face start, or is for a process that only manages others. */
const FACE_PREFIXES = [
  'LISTENER_RULE_',
  'GATEWAY_PORT',
  'DNS_ZONE',
  'DNS_RECORD_',
  'HOSTS_ENTRY_',
  'MANAGEMENT_PORT',
]

function requireFace(environment: NodeJS.ProcessEnv, findings: Findings): void {
  const startsFace = ([name, text]: [string, string | undefined]): boolean =>
    FACE_PREFIXES.some((prefix) => name.startsWith(prefix)) && isGiven(undefined, text)
  if (Object.entries(environment).some(startsFace)) return
  findings.problem(
    'LISTENER_RULE_1_PATH_PREFIX',
    undefined,
    'there is nothing to serve: set this, LISTENER_RULE_1_TARGET_GROUP, TARGET_GROUP_1_NAME and TARGET_GROUP_1_TARGETS',
  )
}

/** What the groups say of their sources, by the variables that say so. */
function sourcesOf(members: readonly GroupMember[]): ReadonlyMap<string, string> {
  return new Map(
    members.map(({ prefix, partial }) => [`${prefix}SOURCE`, partial.SOURCE ?? 'static']),
  )
}

/** Reads the configuration; reports everything that is wrong with it at once. Files it names are read. */
export function readConfig(environment: NodeJS.ProcessEnv): ReadResult {
  const findings = new Findings()
  refuseUnknown(environment, findings)
  requireFace(environment, findings)
  const plain = readVariables(PLAIN_VARIABLES, environment, findings)
  checkListener(plain, findings)
  checkManagement(plain, findings)
  const members = readTargetGroups(environment, plain.partial.LOAD_BALANCING_ALGORITHM, findings)
  checkZookeeper(plain, sourcesOf(members), findings)
  const groupNames = new Set(members.flatMap(({ partial }) => partial.NAME ?? []))
  const rules = readListenerRules(environment, groupNames, findings)
  const records = readDnsRecords(environment, plain, groupNames, findings)
  const names = readHostsEntries(environment, groupNames, findings)
  const served = new Set(rules.map(({ targetGroup }) => targetGroup))
  checkLookedAfter(names, members, served, findings)
  const { problems, warnings } = findings
  if (problems.length > 0 || !plain.whole) return { problems }
  const groups = groupConfigs(members, {
    algorithm: plain.whole.LOAD_BALANCING_ALGORITHM,
    ensemble: zookeeperConfig(plain.whole),
  })
  return { config: buildConfig(plain.whole, groups, { rules, records, names }), warnings }
}

/** The variables of the process over those of the file that its `ENV_FILE` names, or why that file cannot be read. */
export function loadEnvironment(
  own: NodeJS.ProcessEnv = process.env,
): { readonly environment: NodeJS.ProcessEnv } | { readonly problems: readonly Problem[] } {
  const file = own['ENV_FILE']?.trim()
  if (!file) return { environment: own }
  try {
    return { environment: { ...parse(fileText(file)), ...own } }
  } catch (error) {
    const rule = error instanceof Error ? error.message : String(error)
    return { problems: [{ variable: 'ENV_FILE', value: file, rule }] }
  }
}

/** Reads the configuration from where the operator put it; call it again on SIGHUP. */
export function loadConfig(own: NodeJS.ProcessEnv = process.env): ReadResult {
  const loaded = loadEnvironment(own)
  return 'problems' in loaded ? loaded : readConfig(loaded.environment)
}
