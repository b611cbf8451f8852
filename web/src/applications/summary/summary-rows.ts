import type {
  ApplicationModel,
  Branch,
  Destination,
  Outcome,
  Server,
} from '../../../../src/model/document.js'
import { listsOf } from '../../../../src/model/lists-of.js'
import { hostsOf, remainderOf, type KnownStack } from '../distribution/slice-rows.js'

/** Who gets what: one line of the summary. */
export interface SummaryRow {
  readonly kind: 'default' | 'slice' | 'rule'
  /** Id of a rule; the name of a server otherwise. */
  readonly name: string
  /** Flavors, paths or URLs. */
  readonly servers: readonly string[]
  /** Undefined for rules: who they take depends on the clients. */
  readonly percent: number | undefined
  readonly lists: readonly string[]
  /** Undefined when nothing is known of the servers. */
  readonly hosts: number | undefined
}

function serversOfOutcome(outcome: Outcome<Destination> | undefined): readonly Server[] {
  if (!outcome) return []
  if (outcome.kind === 'branch') return serversOf(outcome.branch)
  const { result } = outcome
  return result.kind === 'server' ? [result.server] : result.group.servers
}

function serversOf({ then, otherwise }: Branch<Destination>): readonly Server[] {
  return [...serversOfOutcome(then), ...serversOfOutcome(otherwise)]
}

function placesOf(servers: readonly Server[]): readonly string[] {
  return [...new Set(servers.map(({ path, url }) => path ?? url))]
}

/** The hosts of several servers together; those of one path count once. */
function hostsOfAll(
  servers: readonly Server[],
  stacks: readonly KnownStack[],
  whitelist: readonly string[],
): number | undefined {
  const byPlace = new Map(
    servers.map((server) => [`${server.nonWhitelisted}${server.path ?? ''}`, server]),
  )
  const counts = [...byPlace.values()].flatMap((server) => hostsOf(server, stacks, whitelist) ?? [])
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0)
}

/**
 * The default server, every slice, and every rule that names lists.
 * @param list only rules that name this one; empty for all that name any
 */
export function summaryRows(
  model: ApplicationModel,
  stacks: readonly KnownStack[],
  list: string,
): readonly SummaryRow[] {
  const { rules, templates, distribution, defaultServer, whitelist } = model
  const rowOf = (kind: 'default' | 'slice', server: Server, percent: number): SummaryRow => ({
    kind,
    name: server.name,
    servers: placesOf([server]),
    percent,
    lists: [],
    hosts: hostsOf(server, stacks, whitelist),
  })
  const ofRules = rules.map((rule): SummaryRow => {
    const used = templates.filter(({ id }) => id === rule.template)
    const alone = { ...model, rules: [rule], templates: used, urlRules: [], urlTemplates: [] }
    const servers = serversOf(rule)
    return {
      kind: 'rule',
      name: rule.id,
      servers: placesOf(servers),
      percent: undefined,
      lists: [...listsOf(alone)],
      hosts: hostsOfAll(servers, stacks, whitelist),
    }
  })
  return [
    rowOf('default', defaultServer, remainderOf(distribution)),
    ...distribution.map(({ server, percent }) => rowOf('slice', server, percent)),
    ...ofRules.filter(({ lists }) => (list === '' ? lists.length > 0 : lists.includes(list))),
  ]
}
