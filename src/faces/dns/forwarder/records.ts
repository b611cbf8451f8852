import { TYPES } from '../codes.js'
import { MALFORMED } from '../names.js'
import { isWellFormed } from './rdata.js'
import { endOfWholeName } from './whole-name.js'

/** Where a record lies in a message, and what it is. */
export interface RecordPlace {
  readonly start: number
  readonly type: number
  readonly ttlAt: number
  readonly dataAt: number
  readonly end: number
}

/** The records of a message by section; OPT (RFC 6891) is none of them. */
export interface Sections {
  readonly answer: readonly RecordPlace[]
  readonly authority: readonly RecordPlace[]
  readonly additional: readonly RecordPlace[]
  readonly opt: RecordPlace | undefined
}

/** Type, class, TTL and length of data: what stands between a record's name and its data. */
const FIXED_BYTES = 10
const COUNTS_AT = 6

function recordAt(message: Buffer, start: number): RecordPlace | undefined {
  const at = endOfWholeName(message, start)
  if (at === MALFORMED || at + FIXED_BYTES > message.length) return undefined
  const type = message.readUInt16BE(at)
  const dataAt = at + FIXED_BYTES
  const end = dataAt + message.readUInt16BE(at + 8)
  if (end > message.length || !isWellFormed(message, type, dataAt, end)) return undefined
  return { start, type, ttlAt: at + 4, dataAt, end }
}

function sectionAt(message: Buffer, start: number, count: number): RecordPlace[] | undefined {
  const records: RecordPlace[] = []
  for (let at = start; records.length < count;) {
    const record = recordAt(message, at)
    if (!record) return undefined
    records.push(record)
    at = record.end
  }
  return records
}

/** One OPT at most, of the root, in the additional section. */
function withoutOpt(sections: readonly RecordPlace[][], message: Buffer): Sections | undefined {
  const [answer = [], authority = [], additional = []] = sections
  const isOpt = ({ type }: RecordPlace): boolean => type === TYPES.OPT
  if (answer.some(isOpt) || authority.some(isOpt)) return undefined
  const at = additional.findIndex(isOpt)
  const opt = additional[at]
  if (!opt) return { answer, authority, additional, opt }
  if (message[opt.start] !== 0 || additional.findLastIndex(isOpt) !== at) return undefined
  // What stands behind it would move when it is taken out, and pointers into it would lead astray. Nobody depends on it.
  return { answer, authority, additional: additional.slice(0, at), opt }
}

/**
 * Finds every record of a message without decoding a name.
 * @param start where the question ends
 * @returns undefined when anything in them is malformed
 */
export function readSections(message: Buffer, start: number): Sections | undefined {
  const sections: RecordPlace[][] = []
  let at = start
  for (let nth = 0; nth < 3; nth++) {
    const records = sectionAt(message, at, message.readUInt16BE(COUNTS_AT + 2 * nth))
    if (!records) return undefined
    sections.push(records)
    at = records.at(-1)?.end ?? at
  }
  return withoutOpt(sections, message)
}
