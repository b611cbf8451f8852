import { isIPv6 } from 'node:net'

/**
 * An address as four integers of 32 bits, the upper ones first; an IPv4 address is the last of them. They are signed, which V8 keeps
 * without a box, and to be compared as if they were not.
 */
export type Words = readonly [number, number, number, number]

/** Addresses from one to another, both included, of one family. */
export interface Network {
  readonly family: 4 | 6
  readonly low: Words
  readonly high: Words
}

/** Longest text of a network: an IPv6 address that ends as an IPv4 one, and its prefix. */
const LONGEST_NETWORK = 49
const PREFIX = /^\d{1,3}$/
const ZERO = 0x30
const DOT_FROM_ZERO = 0x2e - ZERO
const ALL_ONES = -1
/** Bits before the IPv4 address in an IPv4-mapped one (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX = 96

/** An IPv6 address, without its zone; undefined when it is none. */
export function ipv6Words(text: string): Words | undefined {
  if (!isIPv6(text)) return undefined
  const [address = ''] = text.split('%')
  const [head = '', tail = ''] = withoutDottedPart(address).split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail)]
  const gap = Array.from({ length: 8 - before.length - after.length }, () => 0)
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = [...before, ...gap, ...after]
  return [pair(a, b), pair(c, d), pair(e, f), pair(g, h)]
}

function withoutDottedPart(address: string): string {
  const start = address.lastIndexOf(':') + 1
  const dotted = address.slice(start)
  const word = ipv4Word(dotted)
  if (word === undefined) return address
  return `${address.slice(0, start)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => parseInt(group, 16))
}

function pair(upper: number, lower: number): number {
  return (upper << 16) | lower
}

/** Four numbers up to 255 with dots between them; undefined for everything else, also for a number with zeros before it. */
function ipv4Word(text: string): number | undefined {
  let [word, part, digits, dots] = [0, 0, 0, 0]
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit === DOT_FROM_ZERO && digits > 0 && dots < 3) {
      word = (word << 8) | part
      part = digits = 0
      dots++
    } else if (digit >= 0 && digit <= 9 && (digits === 0 || part > 0)) {
      part = part * 10 + digit
      digits++
      if (part > 255) return undefined
    } else return undefined
  }
  return dots === 3 && digits > 0 ? (word << 8) | part : undefined
}

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
