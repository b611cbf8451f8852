import { readFileSync } from 'node:fs'
import { isIP, isIPv4 } from 'node:net'
import { shown } from './problem.js'

/** Longest delay of Node's timers; a longer one fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/** One of the given words, exactly as written. */
export function oneOf<const T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((each) => each === text)
    if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return choice
  }
}

/** `true` or `false`. */
export function flag(text: string): boolean {
  return oneOf(['true', 'false'])(text) === 'true'
}

/** A whole number within bounds, both included. */
export function wholeNumber(
  least: number,
  most: number,
  unit?: 'milliseconds' | 'bytes',
): (text: string) => number {
  const what = unit ? `a whole number of ${unit}` : 'a whole number'
  return (text) => {
    const number = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : NaN
    if (number >= least && number <= most) return number
    throw new Error(`must be ${what} from ${least} to ${most}`)
  }
}

/** A duration that Node's timers can take. */
export function milliseconds(least = 1): (text: string) => number {
  return wholeNumber(least, LONGEST_DELAY_MS, 'milliseconds')
}

/** A size that a number can count exactly. */
export function bytes(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return wholeNumber(least, most, 'bytes')
}

/** A port to listen on; 0 lets the system choose. */
export const listenPort = wholeNumber(0, 65535)

/** Any text. */
export function anyText(text: string): string {
  return text
}

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/** A host name or an IPv4 address, in lower case. Underscores pass, for SRV names and container networks have them. */
export function hostName(text: string): string {
  const name = text.toLowerCase()
  const labels = name.split('.')
  if (name.length > 253 || !labels.every((label) => LABEL.test(label)))
    throw new Error(
      'must be a host name: labels of letters, digits, - and _ with dots between, international names in their xn-- form',
    )
  if (/^\d+$/.test(labels.at(-1) ?? '') && !isIPv4(name))
    throw new Error('is neither an IPv4 address nor a host name, which does not end in a number')
  return name
}

/** An address or a host name to listen on. */
export function listenHost(text: string): string {
  if (text.startsWith('[')) throw new Error('is written without brackets')
  return isIP(text) === 0 ? hostName(text) : text
}

/** The IP version of a literal: 4, 6, or 0 when it is none; a literal with a zone is none. */
export function ipVersion(text: string): number {
  return text.includes('%') ? 0 : isIP(text)
}

/** An IP address, or a network in CIDR notation. */
export function addressOrNetwork(part: string): string {
  const [address = '', bits, ...more] = part.split('/')
  const version = ipVersion(address)
  const most = version === 6 ? 128 : 32
  const isNetwork = bits !== undefined && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most
  if (version === 0 || more.length > 0 || (bits !== undefined && !isNetwork))
    throw new Error('is neither an IP address nor a network like 10.0.0.0/8')
  return part
}

function isDotSegment(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment)
}

/** A path as it stands in a request, byte for byte. */
export function urlPath(text: string): string {
  if (!text.startsWith('/')) throw new Error('must begin with /')
  if (/[?#]/.test(text)) throw new Error('must not contain ? or #')
  if (!/^[!-~]*$/.test(text))
    throw new Error('must not contain blanks, control or non-ASCII characters: percent-encode them')
  if (text.split('/').some(isDotSegment)) throw new Error('must not contain . or .. segments')
  return text
}

/** The text of a file. */
export function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // Node's message goes on with the call and the path, which the value shows already.
    const [reason] = error instanceof Error ? error.message.split(',') : []
    throw new Error(`the file cannot be read (${reason ?? String(error)})`, { cause: error })
  }
}

/** The path of a file that can be read. */
export function readableFile(path: string): string {
  fileText(path)
  return path
}

/** Reads a part of a value; what is wrong is said of that part. */
export function about<T>(part: string, parse: (text: string) => T, text: string): T {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new Error(`its ${part} ${error.message}`, { cause: error })
  }
}

/** A list with commas between its parts and blanks around them; everything wrong in it is thrown as one AggregateError. */
export function commaList<T>(parsePart: (part: string) => T): (text: string) => readonly T[] {
  return (text) => {
    const errors: Error[] = []
    const values: T[] = []
    for (const part of text.split(',').map((each) => each.trim())) {
      try {
        if (part === '') throw new Error('is an empty part of a list: a comma too many')
        values.push(parsePart(part))
      } catch (error) {
        if (!(error instanceof Error)) throw error
        errors.push(new Error(`"${shown(part)}": ${error.message}`, { cause: error }))
      }
    }
    if (errors.length > 0) throw new AggregateError(errors)
    return values
  }
}
