import { isIPv6 } from 'node:net'
import type { TrustedPeers } from '../../core/client-address.js'
import { hostField, type Target } from '../../core/target.js'
import { FieldNames, isNamed, isToken } from './field-syntax.js'
import type { Inbound } from './inbound.js'
import type { ListenerRule, ProxySettings } from './settings.js'
import { newTraceparent } from './trace-context.js'

/** Fields that concern one connection only (RFC 9110 §7.6.1), and those of framing, which the proxy writes itself. */
const CONNECTION_FIELDS = new FieldNames([
  'connection',
  'content-length',
  // Of the way from HTTP/1.1 to HTTP/2, which nobody goes here; Node throws where HTTP/2 would carry it.
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Whether a field ends at this hop; `nominated` holds the lower-case names that `Connection` lists. */
export function endsHere(name: string, nominated: readonly string[]): boolean {
  if (CONNECTION_FIELDS.has(name)) return true
  return nominated.length > 0 && nominated.includes(name.toLowerCase())
}

/** What `X-Forwarded-*` and `Forwarded` a trusted peer sent. */
interface Incoming {
  for: string[]
  proto: string | undefined
  host: string | undefined
  port: string | undefined
  forwarded: string[]
}

function takeForwarded(incoming: Incoming, name: string, value: string): void {
  switch (name) {
    case 'x-forwarded-for':
      incoming.for.push(value)
      break
    case 'x-forwarded-proto':
      incoming.proto ??= value
      break
    case 'x-forwarded-host':
      incoming.host ??= value
      break
    case 'x-forwarded-port':
      incoming.port ??= value
      break
    case 'forwarded':
      incoming.forwarded.push(value)
  }
}

const FORWARDED_NAMES = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]
const FORWARDED_FIELDS = new FieldNames(FORWARDED_NAMES)

/** RFC 7239 §4: what is not a token is quoted. */
function forwardedValue(value: string): string {
  return isToken(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** RFC 7239 §6: IPv6 stands in brackets. */
function forwardedNode(address: string): string {
  return forwardedValue(isIPv6(address) ? `[${address}]` : address)
}

/** What the writing of request fields depends on besides the request. */
export interface FieldTerms {
  readonly trusted: TrustedPeers
  readonly settings: Pick<ProxySettings, 'forwarded' | 'trace'>
}

function pushForwarded(fields: string[], inbound: Inbound, incoming: Incoming): void {
  const proto = incoming.proto ?? (inbound.connection.isSecure ? 'https' : 'http')
  const host = incoming.host ?? inbound.hostField
  // What a trusted peer knows only as a list of addresses is kept, in the other spelling.
  const before =
    incoming.forwarded.length > 0
      ? incoming.forwarded
      : incoming.for
          .flatMap((list) => list.split(','))
          .map((member) => member.trim())
          .filter((member) => member !== '')
          .map((member) => `for=${forwardedNode(member)}`)
  const own = `for=${forwardedNode(inbound.connection.address)}`
  const named = host === '' ? own : `${own};host=${forwardedValue(host)}`
  fields.push('Forwarded', [...before, `${named};proto=${forwardedValue(proto)}`].join(', '))
}

function pushXForwarded(fields: string[], inbound: Inbound, incoming: Incoming): void {
  const { connection } = inbound
  const list =
    incoming.for.length > 0
      ? `${incoming.for.join(', ')}, ${connection.address}`
      : connection.address
  const host = incoming.host ?? inbound.hostField
  fields.push('X-Forwarded-For', list)
  fields.push('X-Forwarded-Proto', incoming.proto ?? (connection.isSecure ? 'https' : 'http'))
  if (host !== '') fields.push('X-Forwarded-Host', host)
  fields.push('X-Forwarded-Port', incoming.port ?? connection.localPort)
}

const NOTHING_INCOMING: Incoming = {
  for: [],
  proto: undefined,
  host: undefined,
  port: undefined,
  forwarded: [],
}

/**
 * The fields a target gets: the client's without those of its connection, and what this hop adds. The result holds for
 * every target of the group but for `Host`, its first field.
 */
export function requestFields(inbound: Inbound, { trusted, settings }: FieldTerms): string[] {
  const { fields, nominated } = inbound
  const isTrusted = trusted.includes(inbound.connection.address)
  const incoming = isTrusted ? { ...NOTHING_INCOMING, for: [], forwarded: [] } : NOTHING_INCOMING
  const kept: string[] = ['Host', '']
  const cookies: string[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    if (endsHere(name, nominated)) continue
    if (isNamed(name, 'host') || (isNamed(name, 'expect') && !inbound.expectsContinue)) continue
    if (FORWARDED_FIELDS.has(name)) {
      if (isTrusted) takeForwarded(incoming, name.toLowerCase(), value)
      if (!isTrusted || settings.forwarded || !isNamed(name, 'forwarded')) continue
    }
    // HTTP/2 clients cut cookies up; HTTP/1.1 has them in one field (RFC 9113 §8.2.3).
    if (inbound.request.version === '2' && isNamed(name, 'cookie')) cookies.push(value)
    else kept.push(name, value)
  }
  if (cookies.length > 0) kept.push('cookie', cookies.join('; '))
  if (settings.forwarded) pushForwarded(kept, inbound, incoming)
  else pushXForwarded(kept, inbound, incoming)
  if (settings.trace && inbound.header('traceparent') === undefined) {
    kept.push('traceparent', newTraceparent())
  }
  kept.push('Via', `${inbound.request.version} pointsman`)
  return kept
}

/** Puts in the `Host` that `target` expects, or the client's. */
export function setHost(
  fields: string[],
  rule: ListenerRule,
  target: Target,
  inbound: Inbound,
): void {
  const own = hostField(target)
  fields[1] = rule.preserveHost && inbound.hostField !== '' ? inbound.hostField : own
}

/**
 * Fields that must not stand in a trailer section (RFC 9110 §6.5.1), besides those of the connection: of routing, of whom to
 * believe, and of how to read the body. A target that takes trailers for fields would believe them.
 */
const NEVER_TRAILERS = new FieldNames([
  ...FORWARDED_NAMES,
  'authorization',
  'content-encoding',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'host',
  'set-cookie',
  'trailer',
])

/** Trailers as the other side may have them. */
export function trailerFields(fields: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (endsHere(name, []) || NEVER_TRAILERS.has(name)) continue
    kept.push(name, fields[i + 1] ?? '')
  }
  return kept
}
