import {
  defaultPort,
  isServiceName,
  SCHEMES,
  targetAt,
  type Scheme,
  type TargetScheme,
  type TargetSpec,
} from '../core/target.js'
import { parseAuthority } from './authority.js'
import { about, commaList, oneOf, urlPath, wholeNumber } from './parsers.js'

/** What RFC 3986 allows in a path, without the comma and the semicolon that mean something in a list. */
const BASE_PATH = /^(?:[\w\-.~!$&'()*+=:@/]|%[0-9a-f]{2})*$/i

/** A target of a list, of which the rest of the group says what it speaks when the list does not. */
export interface ListedTarget extends Omit<TargetSpec, 'scheme' | 'port'> {
  readonly scheme: TargetScheme | undefined
  /** Undefined when none was given; 0 for an SRV name (`_service._proto.name`), whose records give the ports. */
  readonly port: number | undefined
}

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

function parseScheme(text: string | undefined): Scheme | undefined {
  if (text === undefined) return undefined
  const scheme = SCHEMES.find((each) => each === text.toLowerCase())
  if (!scheme) throw new Error(`has an unknown scheme; known: ${SCHEMES.join(', ')}`)
  return scheme
}

function parsePort(text: string | undefined, host: string): number | undefined {
  const isService = isServiceName(host)
  if (text === undefined) return isService ? 0 : undefined
  if (isService) throw new Error('must not have a port: its SRV records give the ports')
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

/** Reads `[scheme://]<host>[:<port>][/<base-uri>][;weight=<1-100>]`. */
export function parseTarget(text: string): ListedTarget {
  if (/[?#]/.test(text)) throw new Error('must not contain ? or #')
  const { scheme: schemeText, authority, path, parameters } = parts(text)
  const scheme = parseScheme(schemeText)
  const { host, port } = parseAuthority(authority)
  return {
    scheme,
    host,
    port: parsePort(port, host),
    basePath: parseBasePath(path),
    weight: parseWeight(parameters),
  }
}

/** Reads a comma list of targets; an empty text is an empty list. */
export function parseTargets(text: string): readonly ListedTarget[] {
  return text === '' ? [] : commaList(parseTarget)(text)
}

/**
 * Targets with their schemes and ports.
 * @param scheme of those without one
 */
export function targetSpecs(
  targets: readonly ListedTarget[],
  scheme: TargetScheme,
): readonly TargetSpec[] {
  return targets.map((target) => {
    const own = target.scheme ?? scheme
    return { ...target, scheme: own, port: target.port ?? defaultPort(own) }
  })
}

/** The targets that stand before in the list already: same scheme, host, port and base URI. */
export function repeatedTargets(targets: readonly TargetSpec[]): readonly string[] {
  const ids = targets.map((target) => targetAt(target, target.host).id)
  return ids.filter((id, i) => ids.indexOf(id) < i)
}
