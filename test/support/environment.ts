import type { Environment } from './pointsman.js'

/** A listener rule with a target group of its own. */
export interface Rule {
  readonly prefix: string
  readonly targets: string
  /** Further variables of the rule, by the last part of their names: `{ PATH_REWRITE: '/api' }`. */
  readonly rule?: Environment
  /** Further variables of the target group: `{ RETRIES: '0' }`. */
  readonly group?: Environment
}

function prefixed(prefix: string, variables: Environment): [string, string][] {
  return Object.entries(variables).map(([name, value]) => [`${prefix}_${name}`, value])
}

/** The variables of `rules`, numbered from 1, each with the target group `group-<N>`; and `others` as they are. */
export function environment(rules: readonly Rule[], others: Environment = {}): Environment {
  const variables = rules.flatMap(({ prefix, targets, rule = {}, group = {} }, index) => {
    const number = index + 1
    const name = `group-${number}`
    return [
      ...prefixed(`LISTENER_RULE_${number}`, { PATH_PREFIX: prefix, TARGET_GROUP: name, ...rule }),
      ...prefixed(`TARGET_GROUP_${number}`, { NAME: name, TARGETS: targets, ...group }),
    ]
  })
  return { ...Object.fromEntries(variables), ...others }
}
