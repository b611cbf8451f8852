import type { Target } from '../../core/target.js'
import { URL_TEMPLATE, type UrlParameters, type Server } from '../../model/document.js'

/** A server that a client is sent to, with everything that its URL is made of. */
export interface Destination {
  readonly server: Server
  /** Undefined for an absolute URL. */
  readonly host: Target | undefined
  readonly url: Required<UrlParameters>
  /** The rule that chose it; undefined when the URL is not to tell it. */
  readonly ruleName: string | undefined
  /** The client came by TLS. */
  readonly isSecure: boolean
  /** Query that the client asked for; may be empty. */
  readonly connectQuery: string
}

/** A server as a body tells it; the names and the texts are those of Redirector. */
export interface Location {
  readonly destination: string
  readonly description: string
  readonly protocol: string
  readonly port: string
  readonly context: Readonly<Record<string, string>>
}

/** The address of the family that is asked for; empty when the host has none, or there is no host. */
export function addressOf({ host, url }: Pick<Destination, 'host' | 'url'>): string {
  return (url.ipVersion === 4 ? host?.instance?.ipv4 : host?.instance?.ipv6) ?? ''
}

function filled(template: string, destination: Destination): string {
  const { url } = destination
  const address = addressOf(destination)
  const host = address.includes(':') ? `[${address}]` : address
  // Nearly all servers have this one.
  if (template === URL_TEMPLATE) return `${url.protocol}://${host}:${url.port}/${url.urn}`
  return template
    .replace('{protocol}', () => url.protocol)
    .replace('{host}', () => host)
    .replace('{port}', () => String(url.port))
    .replace('{urn}', () => url.urn)
}

/** As in a form (application/x-www-form-urlencoded). */
function encoded(text: string): string {
  return /^[\w.*-]*$/.test(text) ? text : new URLSearchParams({ '': text }).toString().slice(1)
}

/** What the server and the rule want to be told behind the URL. */
function contextOf({ server, ruleName }: Destination): Readonly<Record<string, string>> {
  return ruleName === undefined ? server.query : { ...server.query, ruleName }
}

/** Nothing but visible ASCII ends in a header field: other characters are percent-encoded. */
function visible(url: string): string {
  if (/^[!-~]*$/.test(url)) return url
  return url.replace(/[^!-~]+/g, (run) =>
    Array.from(Buffer.from(run), (byte) => `%${byte.toString(16).padStart(2, '0')}`)
      .join('')
      .toUpperCase(),
  )
}

/** The whole URL: the server's with its parts filled in, then its query, the name of the rule, and the client's query. */
export function fullUrl(destination: Destination): string {
  const { server, host, isSecure, connectQuery } = destination
  const template = (isSecure ? server.secureUrl : undefined) ?? server.url
  const base = host ? filled(template, destination) : template
  let query = ''
  for (const [name, value] of Object.entries(contextOf(destination)))
    query += `&${encoded(name)}=${encoded(value)}`
  if (connectQuery !== '') query += `&${connectQuery}`
  if (query === '') return visible(base)
  return visible(base.includes('?') ? base + query : `${base}?${query.slice(1)}`)
}

const AUTHORITY = /^([^:/?#]*):\/\/([^/?#]*)/

/** A server that is an absolute URL. */
function absolute(destination: Destination): Location {
  const [, protocol = '', authority = ''] = AUTHORITY.exec(fullUrl(destination)) ?? []
  const colon = /:\d*$/.exec(authority)?.index ?? authority.length
  return {
    destination: authority.slice(0, colon),
    description: destination.ruleName ?? destination.server.name,
    protocol,
    port: authority.slice(colon + 1),
    context: contextOf(destination),
  }
}

/** A server that was chosen alone. */
export function locationOf(destination: Destination): Location {
  const { host, url } = destination
  if (!host) return absolute(destination)
  const stack = host.instance?.stack ?? ''
  return {
    destination: addressOf(destination),
    description: stack.slice(0, stack.lastIndexOf('/')),
    protocol: url.protocol,
    port: String(url.port),
    context: contextOf(destination),
  }
}

/** One of a group of servers. */
export function memberLocation(destination: Destination): Location {
  return {
    destination: fullUrl(destination),
    description: destination.server.path ?? '',
    protocol: '',
    port: '',
    context: contextOf(destination),
  }
}

/** The redirect of Redirector, to a location of any kind; what it lacks is missing there too. */
export function legacyUrl({ protocol, destination, port }: Location): string {
  return `${protocol}://${destination}:${port}`
}

/** Where nobody serves: Redirector tells this place, and sends clients to `://:`. */
export const NOWHERE: Location = {
  destination: '',
  description: '',
  protocol: '',
  port: '',
  context: {},
}
