import { RCODES, TYPES } from '../codes.js'
import type { Question } from '../message.js'
import { keyOf, nameBytes } from '../names.js'
import { ownResponse, pointerTo, type OwnRecord } from './own-response.js'

/** TTL of everything here, and the last fields of each SOA, as RFC 6303 section 3 has them. */
const TTL_SECONDS = 10_800
const SERIAL_TO_MINIMUM = [1, 3600, 1200, 604_800, TTL_SECONDS]

/** `from` to `to`, both included. */
function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, nth) => from + nth)
}

/** What other resolvers cannot know, or must not be asked: RFC 6761, 6762 and 7686; RFC 6303 and 7793 for the reverse. */
const EMPTY_ZONES: readonly string[] = [
  'invalid',
  'local',
  'onion',
  '0.in-addr.arpa',
  '10.in-addr.arpa',
  ...range(64, 127).map((number) => `${number}.100.in-addr.arpa`),
  '127.in-addr.arpa',
  '254.169.in-addr.arpa',
  ...range(16, 31).map((number) => `${number}.172.in-addr.arpa`),
  '2.0.192.in-addr.arpa',
  '168.192.in-addr.arpa',
  '100.51.198.in-addr.arpa',
  '113.0.203.in-addr.arpa',
  '255.255.255.255.in-addr.arpa',
  `${'0.'.repeat(32)}ip6.arpa`,
  `1.${'0.'.repeat(31)}ip6.arpa`,
  ...['8', '9', 'a', 'b'].map((digit) => `${digit}.e.f.ip6.arpa`),
  'd.f.ip6.arpa',
  '8.b.d.0.1.0.0.2.ip6.arpa',
]

const LOOPBACK: ReadonlyMap<number, Buffer> = new Map([
  [TYPES.A, Buffer.from([127, 0, 0, 1])],
  [TYPES.AAAA, Buffer.from([...Buffer.alloc(15), 1])],
])

const LOCALHOST = keyOf('localhost')
const ZONES: ReadonlySet<string> = new Set([LOCALHOST, ...EMPTY_ZONES.map(keyOf)])

/** Where in a name the zone begins that it belongs to; undefined when it is in none of them. */
function zoneAt(name: string): number | undefined {
  for (let at = 0; at < name.length; at += name.charCodeAt(at) + 1)
    if (ZONES.has(name.slice(at))) return at
  return undefined
}

function soaData(zone: number): Buffer {
  const numbers = Buffer.alloc(4 * SERIAL_TO_MINIMUM.length)
  SERIAL_TO_MINIMUM.forEach((number, nth) => numbers.writeUInt32BE(number, 4 * nth))
  return Buffer.concat([pointerTo(zone), nameBytes(keyOf('nobody.invalid')), numbers])
}

function answersTo(type: number, zone: number, isLocalhost: boolean): readonly OwnRecord[] {
  const record = (data: Buffer, nameAt: number): OwnRecord[] => [
    { nameAt, type, ttlSeconds: TTL_SECONDS, data },
  ]
  const address = isLocalhost ? LOOPBACK.get(type) : undefined
  if (address) return record(address, 0)
  if (zone > 0) return []
  if (type === TYPES.SOA) return record(soaData(zone), zone)
  return type === TYPES.NS ? record(pointerTo(zone), zone) : []
}

/**
 * The response to a question about a name that is never passed on: the address of this machine for `localhost` and what is
 * below it, and that there is nothing for the others.
 * @returns undefined for every other name
 */
export function localResponse({ name, type, bytes }: Question): Buffer | undefined {
  const zone = zoneAt(name)
  if (zone === undefined) return undefined
  const isLocalhost = name.slice(zone) === LOCALHOST
  const answer = answersTo(type, zone, isLocalhost)
  const exists = zone === 0 || isLocalhost
  const soa = { nameAt: zone, type: TYPES.SOA, ttlSeconds: TTL_SECONDS, data: soaData(zone) }
  return ownResponse(bytes, {
    rcode: exists ? RCODES.NOERROR : RCODES.NXDOMAIN,
    answer,
    authority: answer.length > 0 ? [] : [soa],
  })
}
