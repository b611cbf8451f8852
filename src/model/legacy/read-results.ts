import type { Destination, Server, ServerGroup, UrlParameters } from '../document.js'
import { MOST_CONDITIONS, MOST_QUERY_PAIRS } from '../limits.js'
import { quoted } from '../problems.js'
import type { LegacyElement } from './xml.js'

/** What Redirector's own configuration fills in where neither a rule nor the defaults say anything. */
const FALLBACKS: Required<UrlParameters> = {
  protocol: 'xre',
  urn: 'shell',
  port: 10_004,
  ipVersion: 4,
}

/** Reads what is inside of `return`; undefined when it cannot be read, with the reason among the notes. */
export type ReadReturn<Result> = (element: LegacyElement) => Result | undefined

function readQuery(query: LegacyElement | undefined): Readonly<Record<string, string>> {
  if (!query) return {}
  query.expect([], ['entry'])
  const pairs = new Map<string, string>()
  for (const entry of query.all('entry')) {
    entry.expect(['key', 'value'])
    const key = entry.textOf('key')
    if (key === undefined || key === '__proto__' || pairs.size >= MOST_QUERY_PAIRS)
      entry.note('QueryNameInvalid', `${quoted(key ?? '')} cannot name a part of a query; left out`)
    else pairs.set(key, entry.textOf('value') ?? '')
  }
  return Object.fromEntries(pairs)
}

/** A server; undefined when it has no URL. */
export function readServer(element: LegacyElement): Server | undefined {
  element.expect(['name', 'url', 'secureUrl', 'path', 'description', 'query'])
  element.expectAttributes(['isNonWhitelisted'])
  const url = element.textOf('url')
  if (url === undefined) {
    element.note('ServerUrlMissed', 'url is missing')
    return undefined
  }
  const path = element.textOf('path')
  const isTemplate = url.includes('{host}')
  if (path !== undefined && !isTemplate)
    element.note('PathIgnored', `path ${quoted(path)} means nothing for a URL without {host}`)
  const secureUrl = element.textOf('secureUrl')
  return {
    name: element.textOf('name') ?? '',
    description: element.textOf('description') ?? '',
    url,
    ...(secureUrl !== undefined && { secureUrl }),
    ...(path !== undefined && isTemplate && { path }),
    query: readQuery(element.child('query')),
    nonWhitelisted: element.flag('isNonWhitelisted', false),
  }
}

function readGroup(element: LegacyElement): ServerGroup | undefined {
  element.expect([], ['server'])
  element.expectAttributes(['enablePrivate', 'countDownTime'])
  const found = element.all('server')
  if (found.length > MOST_CONDITIONS) {
    element.note('TooLarge', `has ${found.length} servers; ${MOST_CONDITIONS} are the most`)
    return undefined
  }
  const servers = found.map(readServer)
  const time = element.attribute('countDownTime') ?? '-1'
  if (!/^-?\d{1,9}$/.test(time)) {
    element.note('ServerGroupCountDown', `${quoted(time)} is no whole number`)
    return undefined
  }
  if (servers.includes(undefined)) return undefined
  return {
    servers: servers.filter((server) => server !== undefined),
    enablePrivate: element.flag('enablePrivate', true),
    countDownTime: Number(time),
  }
}

/** What a flavor rule leads to: one server, several, or a bare URL. */
export function readDestination(element: LegacyElement): Destination | undefined {
  element.expect(['server', 'serverGroup'])
  const [found] = element.children
  if (found?.name === 'server') {
    const server = readServer(found)
    return server && { kind: 'server', server }
  }
  if (found?.name === 'serverGroup') {
    const group = readGroup(found)
    return group && { kind: 'group', group }
  }
  const url = element.text
  if (found || url === '') {
    element.note('ServerIsMissed', 'there is neither a server nor a serverGroup')
    return undefined
  }
  const server = { name: '', description: '', url, query: {}, nonWhitelisted: false }
  return { kind: 'server', server }
}

function readNumber(element: LegacyElement, name: string, code: string): number | undefined {
  const text = element.textOf(name)
  if (text === undefined) return 0
  if (/^\d{1,9}$/.test(text)) return Number(text)
  element.note(code, `${name} ${quoted(text)} is no number`)
  return undefined
}

/** The contents of `urlRule`; 0 is absent. */
export function readUrlParameters(element: LegacyElement): UrlParameters | undefined {
  element.expect(['urn', 'protocol', 'port', 'ipProtocolVersion'])
  const protocol = element.textOf('protocol')
  const urn = element.textOf('urn')
  const port = readNumber(element, 'port', 'PortIsInvalid')
  const ipVersion = readNumber(element, 'ipProtocolVersion', 'ValueIPV6_4TypeError')
  if (port === undefined || ipVersion === undefined) return undefined
  if (ipVersion !== 0 && ipVersion !== 4 && ipVersion !== 6) {
    element.note('ValueIPV6_4TypeError', `ipProtocolVersion must be 4 or 6, and is ${ipVersion}`)
    return undefined
  }
  return {
    ...(protocol !== undefined && { protocol }),
    ...(urn !== undefined && { urn }),
    ...(port !== 0 && { port }),
    ...(ipVersion !== 0 && { ipVersion }),
  }
}

/** What a URL rule leads to. */
export function readUrlReturn(element: LegacyElement): UrlParameters | undefined {
  element.expect(['urlRule'])
  const found = element.child('urlRule')
  if (found) return readUrlParameters(found)
  element.note('AllReturnURLParamsMissed', 'there is no urlRule')
  return undefined
}

/** Default parameters, with what Redirector's own configuration would add. */
export function readUrlDefaults(
  element: LegacyElement | undefined,
  root: LegacyElement,
): UrlParameters {
  const found = (element && readUrlParameters(element)) ?? {}
  for (const key of ['protocol', 'urn', 'port', 'ipVersion'] as const)
    if (found[key] === undefined) {
      const message = `there is no default ${key}; ${FALLBACKS[key]} is taken, as Redirector does`
      root.note('UrlDefaultFilledIn', message)
    }
  return { ...FALLBACKS, ...found }
}
