import { ipv4Word } from './ipv4.js'
import { ipv6Words, type Words } from './ipv6.js'

/** Addresses from one to another, both included, of one family. */
export interface Network {
  readonly family: 4 | 6
  readonly low: Words
  readonly high: Words
}

/** Longest text of a network: an IPv6 address that ends as an IPv4 one, and its prefix. */
const LONGEST_NETWORK = 49
const PREFIX = /^\d{1,3}$/
const ALL_ONES = -1
/** Bits before the IPv4 address in an IPv4-mapped one (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX = 96

/**
 * What an address, or an address and a prefix length, stands for: `10.0.0.5/24` is 10.0.0.0 to 10.0.0.255. An IPv4-mapped IPv6
 * address is the IPv4 address in it. Undefined when the text is neither.
 */
export function readNetwork(text: string): Network | undefined {
  if (text.length > LONGEST_NETWORK) return undefined
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const prefix = slash < 0 ? undefined : text.slice(slash + 1)
  if (prefix !== undefined && !PREFIX.test(prefix)) return undefined
  const ipv4 = ipv4Word(address)
  if (ipv4 !== undefined) return networkOf([0, 0, 0, ipv4], 4, Number(prefix ?? 32))
  const words = address.includes('%') ? undefined : ipv6Words(address)
  if (!words) return undefined
  const bits = Number(prefix ?? 128)
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff && bits >= MAPPED_PREFIX
  return isMapped
    ? networkOf([0, 0, 0, words[3]], 4, bits - MAPPED_PREFIX)
    : networkOf(words, 6, bits)
}

function networkOf(address: Words, family: 4 | 6, prefix: number): Network | undefined {
  const bits = family === 4 ? 32 : 128
  if (prefix > bits) return undefined
  if (prefix === bits) return { family, low: address, high: address }
  const fixed = prefix + 128 - bits
  const [a, b, c, d] = address
  const masks = [0, 32, 64, 96].map((before) => maskOf(fixed - before))
  const [ma = 0, mb = 0, mc = 0, md = 0] = masks
  return {
    family,
    low: [a & ma, b & mb, c & mc, d & md],
    high: [a | ~ma, b | ~mb, c | ~mc, d | ~md],
  }
}

/** A word whose upper bits are set; 32 and more for all of them, 0 and less for none. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0
  return bits >= 32 ? ALL_ONES : ALL_ONES << (32 - bits)
}

/** Below, at or above 0: the order of two addresses of one family. */
export function compareWords(left: Words, right: Words): number {
  for (let at = 0; at < left.length; at++) {
    const difference = ((left[at] ?? 0) >>> 0) - ((right[at] ?? 0) >>> 0)
    if (difference !== 0) return difference
  }
  return 0
}
