import { NO_SERVER } from './defaults.js'
import { type Condition, type Destination, type Server, type UrlParameters } from './document.js'

/** An object of a JSON document. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** The entries that say something else than the defaults. */
export function without(defaults: JsonRecord, entries: JsonRecord): JsonRecord {
  const said = Object.entries(entries).filter(
    ([key, value]) => value !== undefined && value !== defaults[key],
  )
  return Object.fromEntries(said)
}

const CONDITION_DEFAULTS = { type: 'none', caseSensitive: false, negated: false }

/** The JSON form of a condition. */
export function writeCondition(condition: Condition): JsonRecord {
  if ('of' in condition)
    return { kind: condition.kind, of: condition.of.map((each) => writeCondition(each)) }
  if (!('values' in condition)) return without(CONDITION_DEFAULTS, { ...condition })
  const { values, lists, ...others } = condition
  return {
    ...without(CONDITION_DEFAULTS, others),
    ...(values.length > 0 && { values }),
    ...(lists.length > 0 && { lists }),
  }
}

/** The JSON form of a server. */
export function writeServer({ query, ...server }: Server): JsonRecord {
  const { url, ...defaults } = NO_SERVER
  const hasQuery = Object.keys(query).length > 0
  return {
    ...without(server.path === undefined ? defaults : { ...defaults, url }, server),
    ...(hasQuery && { query }),
  }
}

/** The JSON form of what a flavor rule leads to. */
export function writeDestination(destination: Destination): JsonRecord {
  if (destination.kind === 'server') return { server: writeServer(destination.server) }
  const { servers, enablePrivate, countDownTime } = destination.group
  const others = without({ countDownTime: -1 }, { enablePrivate, countDownTime })
  return { group: { servers: servers.map(writeServer), ...others } }
}

/** The JSON form of what a URL rule leads to. */
export function writeUrlResult(parameters: UrlParameters): JsonRecord {
  return { parameters: { ...parameters } }
}
