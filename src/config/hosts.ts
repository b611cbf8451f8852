import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import type { HostsSettings } from '../faces/hosts/settings.js'
import { readFamily, type Family, type FamilyMember } from './family.js'
import { checkGroup } from './group-reference.js'
import { anyText, flag, hostName } from './parsers.js'
import type { Findings } from './problem.js'
import type { GroupConfig, GroupMember } from './target-groups.js'
import type { Values, Variables } from './variable.js'

function absolutePath(text: string): string {
  if (!isAbsolute(text)) throw new Error('must be an absolute path: it begins with /')
  return text
}

function name(text: string): string {
  if (isIP(text) !== 0) throw new Error('must be a name, not an address')
  return hostName(text)
}

/** What holds for all names in the hosts file. */
export const hostsVariables = {
  HOSTS_FILE: {
    parse: absolutePath,
    default: '/etc/hosts',
    meaning: 'the hosts file; a symbolic link is followed, and stays one',
    example: '/etc/hosts',
  },
  HOSTS_PERSIST: {
    parse: flag,
    default: 'true',
    meaning: 'whether the names stay in the file after a clean stop',
    example: 'false',
  },
} as const satisfies Variables

/** The names in the hosts file: `HOSTS_ENTRY_<N>_…`. */
export const hostsEntries = {
  prefix: 'HOSTS_ENTRY_',
  members: {
    HOSTNAME: {
      parse: name,
      required: true,
      meaning: 'name that is kept in the file; unique',
      example: 'db.internal',
    },
    TARGET_GROUP: {
      parse: anyText,
      required: true,
      meaning: 'name of the group that its address comes from; several names may share one',
      example: 'db',
    },
  },
} as const satisfies Family

/** One name as read. */
export type HostsMember = FamilyMember<typeof hostsEntries.members>

function checkUnique(
  { prefix, partial: { HOSTNAME } }: HostsMember,
  owners: Map<string, string>,
  findings: Findings,
): void {
  if (HOSTNAME === undefined) return
  const owner = owners.get(HOSTNAME)
  if (owner) findings.problem(`${prefix}HOSTNAME`, HOSTNAME, `${owner} is the same name already`)
  else owners.set(HOSTNAME, `${prefix}HOSTNAME`)
}

/**
 * Reads and checks the names in the hosts file, by their numbers.
 * @param groups names that may be used
 */
export function readHostsEntries(
  environment: NodeJS.ProcessEnv,
  groups: ReadonlySet<string>,
  findings: Findings,
): readonly HostsMember[] {
  const members = readFamily(hostsEntries, environment, findings)
  const owners = new Map<string, string>()
  for (const member of members) {
    checkUnique(member, owners, findings)
    checkGroup(`${member.prefix}TARGET_GROUP`, member.partial.TARGET_GROUP, groups, findings)
  }
  return members
}

/**
 * Warns of groups whose targets nobody looks after: names in the hosts file would stay with a target that is dead.
 * @param served names of groups that have requests, which find out about targets as well
 */
export function checkLookedAfter(
  entries: readonly HostsMember[],
  groups: readonly GroupMember[],
  served: ReadonlySet<string>,
  findings: Findings,
): void {
  const used = new Set(entries.map(({ partial }) => partial.TARGET_GROUP))
  for (const { prefix, partial } of groups) {
    if (partial.HEALTH_CHECK !== 'none' || partial.NAME === undefined) continue
    if (used.has(partial.NAME) && !served.has(partial.NAME))
      findings.warning(
        `${prefix}HEALTH_CHECK`,
        partial.HEALTH_CHECK,
        'nobody finds out when a target is down: the names of this group in the hosts file stay with it',
      )
  }
}

/** What the hosts face is to do; undefined without names. */
export function hostsSettings(
  { HOSTS_FILE: file, HOSTS_PERSIST: persist }: Values<typeof hostsVariables>,
  members: readonly HostsMember[],
  groups: readonly GroupConfig[],
): HostsSettings | undefined {
  const checked = new Set(
    groups
      .filter(({ healthCheck }) => healthCheck.kind !== 'none')
      .map(({ settings }) => settings.name),
  )
  const entries = members.flatMap(({ whole }) =>
    whole
      ? {
          hostname: whole.HOSTNAME,
          group: whole.TARGET_GROUP,
          isChecked: checked.has(whole.TARGET_GROUP),
        }
      : [],
  )
  return entries.length > 0 ? { file, persist, entries } : undefined
}
