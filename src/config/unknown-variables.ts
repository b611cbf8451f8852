import { splitName } from './family.js'
import { nearest } from './nearest.js'
import type { Findings } from './problem.js'
import { FAMILIES, PLAIN_VARIABLES, VARIABLES } from './variables.js'

/** Beginnings of names that nothing but this program uses, the longest first: what is not known there is a mistake. */
const OWN_PREFIXES = [
  'LISTENER_RULE_',
  'TARGET_GROUP_',
  'HOSTS_ENTRY_',
  'DNS_RECORD_',
  'MANAGEMENT_',
  'LISTENER_',
  'GATEWAY_',
  'HOSTS_',
]

/** Likewise where that one is set; others may have variables of this kind, which are nothing to those who do not use it. */
const SHARED_PREFIXES = { DNS_ZONE: 'DNS_', ZOOKEEPER_HOSTS: 'ZOOKEEPER_' }

function isKnown(name: string): boolean {
  if (Object.hasOwn(PLAIN_VARIABLES, name)) return true
  return FAMILIES.some((family) => {
    const split = splitName(family, name)
    return split !== undefined && Object.hasOwn(family.members, split.member)
  })
}

function ruleFor(name: string, ownPrefix: string): string {
  const number = /_0*([1-9]\d{0,5})_/.exec(name)?.[1] ?? '1'
  const names = [...VARIABLES.keys()].map((each) => each.replace('<N>', number))
  const inFamily = FAMILIES.some(({ prefix }) => prefix === ownPrefix)
  const misnumbered =
    inFamily && !/^[1-9]\d{0,5}_/.test(name.slice(ownPrefix.length))
      ? `needs a number from 1 to 999999, without leading zeros, after ${ownPrefix}`
      : 'is not a variable'
  const near = nearest(name, names)
  if (near !== undefined) return `${misnumbered}; did you mean ${near}?`
  const known = names.filter((each) => each.startsWith(ownPrefix))
  return `${misnumbered}; known: ${known.join(', ')}`
}

/**
 * Reports the variables that look like this program's own and are not. Their values are not shown: one may be a secret
 * under a misspelt name.
 */
export function refuseUnknown(environment: NodeJS.ProcessEnv, findings: Findings): void {
  const shared = Object.entries(SHARED_PREFIXES).filter(([name]) => environment[name]?.trim())
  const ownPrefixes = [...OWN_PREFIXES, ...shared.map(([, prefix]) => prefix)]
  for (const name of Object.keys(environment)) {
    const prefix = ownPrefixes.find((each) => name.startsWith(each))
    if (prefix !== undefined && !isKnown(name))
      findings.problem(name, undefined, ruleFor(name, prefix))
  }
}
