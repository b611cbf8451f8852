import type { Environment } from './pointsman.js'

/** A name of the zone with a target group of its own, of the same name. */
export interface Followed {
  readonly name: string
  /** Undefined when the group has another source. */
  readonly targets?: string
  /** Further variables of the group, by the last part of their names: `{ ALGORITHM: 'SEQUENTIAL' }`. */
  readonly group?: Environment
  readonly answers?: string
}

/** The variables of the zone `ha.test` at a port of 127.0.0.1, with these names. */
export function dnsEnvironment(port: number, followed: readonly Followed[]): Environment {
  const variables: Record<string, string> = {
    DNS_HOST: '127.0.0.1',
    DNS_PORT: String(port),
    DNS_ZONE: 'ha.test',
  }
  for (const [at, { name, targets, group = {}, answers = '1' }] of followed.entries()) {
    const number = at + 1
    variables[`DNS_RECORD_${number}_NAME`] = name
    variables[`DNS_RECORD_${number}_TARGET_GROUP`] = name
    variables[`DNS_RECORD_${number}_ANSWERS`] = answers
    variables[`TARGET_GROUP_${number}_NAME`] = name
    if (targets !== undefined) variables[`TARGET_GROUP_${number}_TARGETS`] = targets
    for (const [member, value] of Object.entries(group))
      variables[`TARGET_GROUP_${number}_${member}`] = value
  }
  return variables
}
