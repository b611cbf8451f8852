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

/** Reads the records of a message, one behind the other. */
class RecordReader {
  private readonly message: Buffer
  private at: number
  /**
   * What stands between a record's name and its data, of the records so far. A pointer into it would make a name that changes
   * when TTLs do.
   */
  private readonly fixed: Uint8Array

  constructor(message: Buffer, start: number) {
    this.message = message
    this.at = start
    this.fixed = new Uint8Array(message.length)
  }

  /** The next records; undefined when one of them is malformed. */
  section(count: number): RecordPlace[] | undefined {
    const records: RecordPlace[] = []
    while (records.length < count) {
      const record = this.next()
      if (!record) return undefined
      records.push(record)
    }
    return records
  }

  private next(): RecordPlace | undefined {
    const { message, at: start, fixed } = this
    const at = endOfWholeName(message, start, fixed)
    if (at === MALFORMED || at + FIXED_BYTES > message.length) return undefined
    const dataAt = at + FIXED_BYTES
    const end = dataAt + message.readUInt16BE(at + 8)
    const record = { start, type: message.readUInt16BE(at), ttlAt: at + 4, dataAt, end }
    fixed.fill(1, at, dataAt)
    if (end > message.length || !isWellFormed(message, record, fixed)) return undefined
    this.at = end
    return record
  }
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
  const reader = new RecordReader(message, start)
  const sections: RecordPlace[][] = []
  for (let nth = 0; nth < 3; nth++) {
    const records = reader.section(message.readUInt16BE(COUNTS_AT + 2 * nth))
    if (!records) return undefined
    sections.push(records)
  }
  return withoutOpt(sections, message)
}
