import { bundleVariables } from './bundles.js'
import { dnsRecords, dnsVariables } from './dns-variables.js'
import type { Family } from './family.js'
import { gatewayVariables } from './gateway.js'
import { hostsEntries, hostsVariables } from './hosts.js'
import { listenerRules } from './listener-rules.js'
import { listenerVariables } from './listener-variables.js'
import { managementVariables } from './management.js'
import { processVariables } from './processes.js'
import { targetGroups, targetVariables } from './target-groups.js'
import type { Variable, Variables } from './variable.js'
import { zookeeperVariables } from './zookeeper.js'

/** Every variable that stands alone. */
export const PLAIN_VARIABLES = {
  ...processVariables,
  ...targetVariables,
  ...listenerVariables,
  ...gatewayVariables,
  ...zookeeperVariables,
  ...dnsVariables,
  ...hostsVariables,
  ...managementVariables,
  ...bundleVariables,
} as const satisfies Variables

/** Every family of variables with numbers. */
export const FAMILIES: readonly Family[] = [targetGroups, listenerRules, dnsRecords, hostsEntries]

/** Every variable there is, by its name in the documents: `LISTENER_PORT`, `TARGET_GROUP_<N>_NAME`. */
export const VARIABLES: ReadonlyMap<string, Variable> = new Map([
  ...Object.entries<Variable>(PLAIN_VARIABLES),
  ...FAMILIES.flatMap(({ prefix, members }) =>
    Object.entries(members).map(([member, variable]): [string, Variable] => [
      `${prefix}<N>_${member}`,
      variable,
    ]),
  ),
])
