import type { Server, ServerGroup, UrlParameters } from './document.js'
import type { KnownHosts } from './known-hosts.js'
import { below, quoted, type Problems } from './problems.js'
import { isBlank } from './text.js'
import { isServerPath } from './values.js'

const PLACEHOLDERS = ['{protocol}', '{host}', '{port}', '{urn}']

/** A scheme (RFC 3986 section 3.1) and something behind it, on one line. */
const ABSOLUTE_URL = /^[a-z][a-z\d+.-]*:\/\/[^\s\p{Cc}/?#{}][^\s\p{Cc}]*$/iu
const SCHEME = /^[a-z][a-z\d+.-]*$/i

/** What a path is made of (RFC 3986 section 3.3), with `/` between its segments. */
const URN = /^([\w.~!$&'()*+,;=:@/-]|%[\da-f]{2})+$/i

function isAbsoluteUrl(text: string): boolean {
  return ABSOLUTE_URL.test(text) && URL.canParse(text)
}

/** What a template gives for some client. */
function filled(template: string): string {
  const values = ['http', 'host', '80', 'urn']
  return PLACEHOLDERS.reduce(
    (text, placeholder, index) => text.replaceAll(placeholder, values[index] ?? ''),
    template,
  )
}

/** Whether a server's URL is a template, to be filled with a host of its path. */
function isTemplate({ url, path }: Server): boolean {
  return path !== undefined || url.includes('{host}')
}

function checkTemplate({ url, path }: Server, place: string, problems: Problems): void {
  if (path === undefined || isBlank(path))
    problems.add('ServerPathMissed', below(place, 'path'), `path is missing, which ${url} needs`)
  else if (!isServerPath(path)) {
    const message = `${quoted(path)} is neither a flavor nor /DC/AZ/flavor`
    problems.add('ServerPathInvalid', below(place, 'path'), message)
  }
  const text = filled(url)
  if (!url.includes('{host}') || /[{}]/.test(text) || !isAbsoluteUrl(text)) {
    const message = `${quoted(url)} is no URL with {host}; it may have ${PLACEHOLDERS.join(', ')}`
    problems.add('SimpleServerInvalidUrl', below(place, 'url'), message)
  }
}

/** Looks at servers, and at whether there are hosts for them. */
export class ServersValidation {
  /** What the templates of the servers so far are filled with. */
  readonly needed = new Set<keyof UrlParameters>()
  private readonly problems: Problems
  private readonly hosts: KnownHosts | undefined

  /** @param hosts undefined when they are not to be looked at */
  constructor(problems: Problems, hosts: KnownHosts | undefined) {
    this.problems = problems
    this.hosts = hosts
  }

  check(server: Server, place: string): void {
    const { problems } = this
    const { url, secureUrl, path } = server
    this.need(server)
    if (isBlank(url)) problems.add('ServerUrlMissed', below(place, 'url'), 'url is missing')
    else if (isTemplate(server)) checkTemplate(server, place, problems)
    else if (!isAbsoluteUrl(url)) this.invalidUrl(url, below(place, 'url'))
    if (secureUrl !== undefined && !isAbsoluteUrl(filled(secureUrl)))
      this.invalidUrl(secureUrl, below(place, 'secureUrl'))
    if (path !== undefined && isServerPath(path)) this.checkHosts(path, server, place)
  }

  checkGroup({ servers, countDownTime }: ServerGroup, place: string): void {
    if (servers.length === 0)
      this.problems.add('ServerIsMissed', below(place, 'servers'), 'the group has no servers')
    for (const [index, server] of servers.entries())
      this.check(server, below(below(place, 'servers'), index))
    if (countDownTime >= -1) return
    const message = `must be -1 or more, and is ${countDownTime}`
    this.problems.add('ServerGroupCountDown', below(place, 'countDownTime'), message)
  }

  private need(server: Server): void {
    if (!isTemplate(server)) return
    this.needed.add('ipVersion')
    for (const key of ['protocol', 'urn', 'port'] as const)
      if (`${server.url} ${server.secureUrl ?? ''}`.includes(`{${key}}`)) this.needed.add(key)
  }

  private checkHosts(path: string, { nonWhitelisted }: Server, place: string): void {
    if (!this.hosts) return
    const { whitelisted, others } = this.hosts.of(path)
    if ((nonWhitelisted ? others : whitelisted) > 0) return
    if (!nonWhitelisted && others > 0) {
      const message = `no stack with hosts of ${quoted(path)} is whitelisted`
      this.problems.add('NonWhitelistedPathError', below(place, 'path'), message)
      return
    }
    const kind = nonWhitelisted ? 'a host that is not whitelisted' : 'a host'
    const message = `there is not ${kind} of ${quoted(path)} that takes clients`
    this.problems.add('InactivePathError', below(place, 'path'), message)
  }

  private invalidUrl(url: string, place: string): void {
    this.problems.add('ServerUrlInvalid', place, `${quoted(url)} is not protocol://host[:port][/…]`)
  }
}

/** Looks at what fills templates. */
export function validateUrlParameters(
  { protocol, urn, port }: UrlParameters,
  place: string,
  problems: Problems,
): void {
  if (protocol !== undefined && !SCHEME.test(protocol)) {
    const message = `${quoted(protocol)} is not the scheme of a URL`
    problems.add('ProtocolIsInvalid', below(place, 'protocol'), message)
  }
  if (urn !== undefined && !URN.test(urn)) {
    const message = `${quoted(urn)} is not the path of a URL`
    problems.add('UrnIsInvalid', below(place, 'urn'), message)
  }
  if (port !== undefined) validatePort(port, below(place, 'port'), problems)
}

/** Looks at a port that something listens on. */
export function validatePort(port: number, place: string, problems: Problems): void {
  if (port >= 1 && port <= 65_535) return
  problems.add('PortIsInvalid', place, `must be 1 to 65535, and is ${port}`)
}
