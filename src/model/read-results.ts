import { NO_SERVER } from './defaults.js'
import {
  URL_TEMPLATE,
  type Destination,
  type Server,
  type ServerGroup,
  type UrlParameters,
} from './document.js'
import type { JsonField, JsonObject } from './json-field.js'
import { MOST_CONDITIONS, MOST_QUERY_PAIRS } from './limits.js'

/** How what a rule leads to is read. */
export interface ResultForm<Result> {
  /** The keys that tell it, of which there is one. */
  readonly keys: readonly string[]
  /** Code of the problem that a rule leads to nothing. */
  readonly missed: string
  /** Stands in for a result with problems. */
  readonly nothing: Result
  /** Undefined when none of the keys is there. */
  read(object: JsonObject): Result | undefined
}

function readQuery(field: JsonField): Readonly<Record<string, string>> {
  const pairs = field.entries(MOST_QUERY_PAIRS).map(([name, value]) => {
    if (name === '__proto__') value.complain('QueryNameInvalid', 'a query cannot name __proto__')
    return [name, value.text()] as const
  })
  return Object.fromEntries(pairs)
}

function readUrl(object: JsonObject, path: string | undefined): string {
  const url = object.at('url') ?? (path === undefined && object.need('url', 'ServerUrlMissed'))
  return url ? url.text() : URL_TEMPLATE
}

/** A server; the template is the URL of one that has a path and no URL. */
export function readServer(field: JsonField): Server {
  const object = field.object()
  if (!object) return NO_SERVER
  object.allow(['name', 'description', 'url', 'secureUrl', 'path', 'query', 'nonWhitelisted'])
  const path = object.at('path')?.text()
  const secureUrl = object.at('secureUrl')?.text()
  const query = object.at('query')
  return {
    name: object.text('name', ''),
    description: object.text('description', ''),
    url: readUrl(object, path),
    ...(secureUrl !== undefined && { secureUrl }),
    ...(path !== undefined && { path }),
    query: query ? readQuery(query) : {},
    nonWhitelisted: object.flag('nonWhitelisted', false),
  }
}

function readGroup(field: JsonField): ServerGroup {
  const object = field.object()
  object?.allow(['servers', 'enablePrivate', 'countDownTime'])
  const servers = object?.need('servers', 'ServerIsMissed')?.items(MOST_CONDITIONS) ?? []
  const isPrivate = object?.need('enablePrivate', 'ServerGroupEnablePrivateMissed')
  return {
    servers: servers.map(readServer),
    enablePrivate: isPrivate?.flag('ServerGroupEnablePrivateInvalid') ?? false,
    countDownTime: object?.at('countDownTime')?.whole('ServerGroupCountDown') ?? -1,
  }
}

/** What a flavor rule leads to: `server` or `group`. */
export const DESTINATION: ResultForm<Destination> = {
  keys: ['server', 'group'],
  missed: 'ServerIsMissed',
  nothing: { kind: 'server', server: NO_SERVER },
  read(object) {
    const server = object.at('server')
    if (server) return { kind: 'server', server: readServer(server) }
    const group = object.at('group')
    return group && { kind: 'group', group: readGroup(group) }
  },
}

/** What fills the template of a URL. */
export function readUrlParameters(field: JsonField): UrlParameters {
  const object = field.object()
  object?.allow(['protocol', 'urn', 'port', 'ipVersion'])
  const protocol = object?.at('protocol')?.text()
  const urn = object?.at('urn')?.text()
  const port = object?.at('port')?.whole('PortIsInvalid')
  const ipVersion = object?.at('ipVersion')?.choice([4, 6] as const)
  return {
    ...(protocol !== undefined && { protocol }),
    ...(urn !== undefined && { urn }),
    ...(port !== undefined && { port }),
    ...(ipVersion !== undefined && { ipVersion }),
  }
}

/** What a URL rule leads to: `parameters`. */
export const URL_PARAMETERS: ResultForm<UrlParameters> = {
  keys: ['parameters'],
  missed: 'AllReturnURLParamsMissed',
  nothing: {},
  read(object) {
    const parameters = object.at('parameters')
    return parameters && readUrlParameters(parameters)
  },
}
