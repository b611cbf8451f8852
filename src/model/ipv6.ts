import { ipv4Word } from './ipv4.js'

/**
 * An address as four integers of 32 bits, the upper ones first; an IPv4 address is the last of them. They are signed, which V8 keeps
 * without a box, and to be compared as if they were not.
 */
export type Words = readonly [number, number, number, number]

const GROUPS = 8
const COLON = 0x3a
const DOT = 0x2e
const ZONE = /^[\dA-Za-z.:-]+$/

/** Reads the groups of an address from left to right (RFC 4291 section 2.2): regular expressions take ten times as long. */
class GroupReader {
  readonly groups: number[] = []
  /** How many groups stand before the `::`; -1 without one. */
  gap = -1
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  /** @returns false for what is no address */
  read(): boolean {
    if (this.text.startsWith('::')) this.skipGap()
    while (this.at < this.text.length) {
      if (this.groups.length === GROUPS || !this.readGroup()) return false
    }
    const { length } = this.groups
    return this.gap < 0 ? length === GROUPS : length < GROUPS
  }

  private skipGap(): void {
    this.gap = this.groups.length
    this.at += 2
  }

  /** One group and what is between it and the next. */
  private readGroup(): boolean {
    const start = this.at
    let group = 0
    let digit = hexDigit(this.text.charCodeAt(this.at))
    while (digit >= 0 && this.at - start < 4) {
      group = (group << 4) | digit
      digit = hexDigit(this.text.charCodeAt(++this.at))
    }
    const next = this.text.charCodeAt(this.at)
    if (next === DOT) return this.readDotted(start)
    if (this.at === start) return false
    this.groups.push(group)
    return this.at === this.text.length || (next === COLON && this.skipColons())
  }

  private skipColons(): boolean {
    if (this.text.charCodeAt(this.at + 1) !== COLON) return ++this.at < this.text.length
    if (this.gap >= 0) return false
    this.skipGap()
    return true
  }

  /** The last two groups as an IPv4 address. */
  private readDotted(start: number): boolean {
    const word = ipv4Word(this.text.slice(start))
    if (word === undefined || this.groups.length > GROUPS - 2) return false
    this.groups.push(word >>> 16, word & 0xffff)
    this.at = this.text.length
    return true
  }
}

/** -1 for another character, and for none. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** An IPv6 address, without its zone; undefined for what `isIPv6` of `node:net` is false for. */
export function ipv6Words(text: string): Words | undefined {
  const percent = text.indexOf('%')
  if (percent >= 0 && !ZONE.test(text.slice(percent + 1))) return undefined
  const reader = new GroupReader(percent < 0 ? text : text.slice(0, percent))
  if (!reader.read()) return undefined
  const { groups, gap } = reader
  const missing = GROUPS - groups.length
  const group = (at: number): number => {
    if (gap < 0 || at < gap) return groups[at] ?? 0
    return at < gap + missing ? 0 : (groups[at - missing] ?? 0)
  }
  const word = (at: number): number => (group(at) << 16) | group(at + 1)
  return [word(0), word(2), word(4), word(6)]
}
