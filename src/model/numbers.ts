import { isIPv6 } from 'node:net'

/**
 * What `Double.parseDouble` reads, but for hexadecimal floats, with the margins that Java's `trim` takes away. Each character can
 * be read in one way only, so time is linear.
 */
const DOUBLE =
  // eslint-disable-next-line no-control-regex -- Java's margins are spaces and every control character
  /^[\x00-\x20]*([+-]?)(?:(NaN|Infinity)|((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?)[\x00-\x20]*$/

const INTEGER = /^[+-]?\d+$/
const GREATEST_INTEGER = 0x7fffffff

/** The number that Java's `Double.parseDouble` sees in a text, which may be NaN; undefined when it sees none. */
export function readDouble(text: string): number | undefined {
  const [, sign = '', name, digits = ''] = DOUBLE.exec(text) ?? []
  if (name === undefined && digits === '') return undefined
  const number = Number(name ?? digits)
  return sign === '-' ? -number : number
}

/**
 * The parts of a version between its dots, of which one that is not an integer of 32 bits is 0. An IPv6 address, in which a dot
 * means something else, has none.
 */
export function readVersion(text: string): readonly number[] {
  return isIPv6(text) ? [] : text.split('.').map(readInteger)
}

function readInteger(text: string): number {
  const number = INTEGER.test(text) ? Number(text) : 0
  return number > GREATEST_INTEGER || number < -GREATEST_INTEGER - 1 ? 0 : number
}

/** Below, at or above 0: how two versions stand to each other, the shorter one filled up with zeros. */
export function compareVersions(left: readonly number[], right: readonly number[]): number {
  const length = Math.max(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
