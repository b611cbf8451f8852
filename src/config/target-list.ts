import { defaultPort, targetAt, type Scheme, type TargetSpec } from '../core/target.js'
import { commaList, hostName, ipVersion, oneOf, urlPath, wholeNumber } from './parsers.js'

const SCHEMES: readonly Scheme[] = ['http', 'https', 'h2', 'h2c']

/** What RFC 3986 allows in a path, without the comma and the semicolon that mean something in a list. */
const BASE_PATH = /^(?:[\w\-.~!$&'()*+=:@/]|%[0-9a-f]{2})*$/i

const SRV_NAME = /^_[^.]+\._[^.]+\../

interface Parts {
  readonly scheme: string | undefined
  readonly authority: string
  readonly path: string
  readonly parameters: readonly string[]
}

function parts(text: string): Parts {
  const [address = '', ...parameters] = text.split(';')
  const scheme = /^([^/]*):\/\//.exec(address)?.[1]
  const rest = scheme === undefined ? address : address.slice(scheme.length + 3)
  const slash = rest.indexOf('/')
  return {
    scheme,
    authority: slash < 0 ? rest : rest.slice(0, slash),
    path: slash < 0 ? '' : rest.slice(slash),
    parameters,
  }
}

function parseScheme(text: string | undefined): Scheme {
  if (text === undefined) return 'http'
  const scheme = SCHEMES.find((each) => each === text.toLowerCase())
  if (!scheme) throw new Error(`has an unknown scheme; known: ${SCHEMES.join(', ')}`)
  return scheme
}

function parseBracketed(authority: string): { host: string; port: string | undefined } {
  const [, address = '', port] = /^\[([^\]]*)\](?::(.*))?$/.exec(authority) ?? []
  if (ipVersion(address) !== 6)
    throw new Error('its brackets must hold an IPv6 address, like [::1]:80')
  // The one spelling of RFC 5952, so that two spellings of an address count as the same target.
  return { host: new URL(`http://[${address}]`).hostname.slice(1, -1), port }
}

function parseAuthority(authority: string): { host: string; port: string | undefined } {
  if (authority.includes('@')) throw new Error('must not contain a user name or a password')
  if (authority.startsWith('[')) return parseBracketed(authority)
  const [host = '', port, ...more] = authority.split(':')
  if (more.length > 0)
    throw new Error(`has too many colons: an IPv6 address is written in brackets, like [::1]:80`)
  if (host === '') throw new Error('has no host')
  return { host: about('host', hostName, host), port }
}

/** Says which part of a target a rule is about. */
function about<T>(part: string, parse: (text: string) => T, text: string): T {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new Error(`its ${part} ${error.message}`, { cause: error })
  }
}

function parsePort(text: string | undefined, host: string, scheme: Scheme): number {
  const isSrv = SRV_NAME.test(host)
  if (text === undefined) return isSrv ? 0 : defaultPort(scheme)
  if (isSrv) throw new Error('must not have a port: its SRV records give the ports')
  return about('port', wholeNumber(1, 65535), text)
}

function parseBasePath(path: string): string {
  const base = path.replace(/\/+$/, '')
  if (base === '') return ''
  about('base URI', urlPath, base)
  if (!BASE_PATH.test(base))
    throw new Error('has characters in its base URI that must be percent-encoded')
  return base
}

function parseWeight(parameters: readonly string[]): number {
  const [parameter, ...more] = parameters
  if (parameter === undefined) return 1
  const [name = '', value = ''] = parameter.split('=', 2)
  about('parameter', oneOf(['weight']), name)
  if (more.length > 0)
    throw new Error('has more than one parameter: only ;weight=<1-100> may follow')
  return about('weight', wholeNumber(1, 100), value)
}

/**
 * Reads `[scheme://]<host>[:<port>][/<base-uri>][;weight=<1-100>]`.
 * @returns port 0 for an SRV name (`_service._proto.name`), whose records give the ports
 */
export function parseTarget(text: string): TargetSpec {
  if (/[?#]/.test(text)) throw new Error('must not contain ? or #')
  const { scheme: schemeText, authority, path, parameters } = parts(text)
  const scheme = parseScheme(schemeText)
  const { host, port } = parseAuthority(authority)
  return {
    scheme,
    host,
    port: parsePort(port, host, scheme),
    basePath: parseBasePath(path),
    weight: parseWeight(parameters),
  }
}

/** Reads a comma list of targets, none of them twice; an empty text is an empty list. */
export function parseTargets(text: string): readonly TargetSpec[] {
  if (text === '') return []
  const seen = new Set<string>()
  return commaList((part) => {
    const target = parseTarget(part)
    const { id } = targetAt(target, target.host)
    if (seen.has(id)) throw new Error('is listed twice')
    seen.add(id)
    return target
  })(text)
}
