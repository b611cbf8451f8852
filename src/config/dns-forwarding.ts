import { randomBytes } from 'node:crypto'
import { hostAndPort } from '../core/target.js'
import type { ForwarderAddress } from '../faces/dns/forwarder/channel.js'
import type { ForwardingSettings } from '../faces/dns/forwarder/settings.js'
import { parseAuthority } from './authority.js'
import { about, commaList, ipVersion, wholeNumber } from './parsers.js'
import type { Findings } from './problem.js'
import type { Values, Variables } from './variable.js'

const DNS_PORT = 53
const MOST_ANSWERS = 1_000_000
const INSTANCE_BYTES = 16

/** `<address>[:<port>]`; IPv6 in brackets, also without a port. */
function forwarderAddress(text: string): ForwarderAddress {
  const { host, port } = ipVersion(text) === 6 ? parseAuthority(`[${text}]`) : parseAuthority(text)
  if (ipVersion(host) === 0)
    throw new Error('must be an IP address: this is the server that names are asked of')
  if (/^0\.0\.0\.0$|^::$/.test(host)) throw new Error('is no address of a server')
  return { host, port: port === undefined ? DNS_PORT : about('port', wholeNumber(1, 65535), port) }
}

function forwarderAddresses(text: string): readonly ForwarderAddress[] {
  const seen = new Set<string>()
  return commaList((part) => {
    const forwarder = forwarderAddress(part)
    const name = hostAndPort(forwarder.host, forwarder.port)
    if (seen.has(name)) throw new Error('is listed twice')
    seen.add(name)
    return forwarder
  })(text)
}

/** Who is asked for names outside the zone. */
export const dnsForwardingVariables = {
  DNS_FORWARDERS: {
    parse: forwarderAddresses,
    unset: 'names outside the zone are refused',
    meaning:
      'comma list of the resolvers that names outside the zone are passed to, the first one first: `<address>[:<port>]`, port 53 by default, IPv6 in brackets',
    example: '10.0.0.2, [fd00::2]:5353',
  },
  DNS_CACHE_SIZE: {
    parse: wholeNumber(0, MOST_ANSWERS),
    default: '10000',
    meaning: 'answers of forwarders that are kept while their TTLs last; `0` = none',
    example: '50000',
  },
} as const satisfies Variables

/** Whether what listens on `own` is reached at `host`, as far as the addresses alone tell. */
function reaches(host: string, own: string | undefined): boolean {
  if (host === own) return true
  if (own === '::' && host === '::1') return true
  return (own === '::' || own === '0.0.0.0') && host.startsWith('127.')
}

/** What of the DNS face matters to its forwarders. */
export interface ForwardingReading {
  readonly given: Readonly<{ DNS_FORWARDERS?: string }>
  readonly partial: Readonly<{
    DNS_FORWARDERS?: readonly ForwarderAddress[] | undefined
    DNS_HOST?: string
    DNS_PORT?: number
  }>
}

/** A forwarder must not be the server itself; that it leads back by way of others is found out when it runs. */
export function checkForwarders(
  {
    given: { DNS_FORWARDERS: given },
    partial: { DNS_FORWARDERS: forwarders = [], DNS_HOST: own, DNS_PORT: ownPort },
  }: ForwardingReading,
  findings: Findings,
): void {
  for (const { host, port } of forwarders) {
    if (port !== ownPort) continue
    if (reaches(host, own))
      findings.problem(
        'DNS_FORWARDERS',
        given,
        `${hostAndPort(host, port)} is where this server itself listens`,
      )
  }
}

/** Who is asked; undefined when nobody is. */
export function forwardingSettings({
  DNS_FORWARDERS: forwarders,
  DNS_CACHE_SIZE: cacheSize,
}: Values<typeof dnsForwardingVariables>): ForwardingSettings | undefined {
  if (forwarders === undefined) return undefined
  return { forwarders, cacheSize, instance: randomBytes(INSTANCE_BYTES).toString('hex') }
}
