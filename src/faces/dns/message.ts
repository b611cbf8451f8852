import {
  FLAGS,
  HEADER_BYTES,
  LARGEST_PAYLOAD_BYTES,
  OPCODE_QUERY,
  PLAIN_PAYLOAD_BYTES,
  RCODES,
  TYPES,
} from './codes.js'
import { endOfName, endOfPlainName, MALFORMED, nameKey } from './names.js'

const QUESTION_TAIL_BYTES = 4
const RECORD_HEAD_BYTES = 10
const OPTION_HEAD_BYTES = 4
const DNSSEC_OK = 0x8000

/** What is asked, and how; all that a resolver has to know. Of class IN. */
export interface Question {
  /** Key of the name, see `nameKey`: `\x03www\x02ha\x04test`, in lower case. */
  readonly name: string
  readonly type: number
  /** Name, type and class just as the client sent them; a view of its message. */
  readonly bytes: Buffer
  /** Whether the client wants to see signatures. */
  readonly isDnssecOk: boolean
  /** Whether the client verifies signatures itself. */
  readonly isCheckingDisabled: boolean
}

/** A message that asks something, as far as it could be read. */
export class Query implements Question {
  readonly message: Buffer
  /** What it is to be refused with unread; NOERROR when it is well-formed and an ordinary question. */
  problem: number = RCODES.NOERROR
  name = ''
  type = 0
  class = 0
  /** Where the question ends; that is where the header does when it cannot be told. */
  questionEnd = HEADER_BYTES
  /** Undefined without an OPT record. */
  ednsVersion: number | undefined
  isDnssecOk = false
  /** The most that may be answered over UDP. */
  payloadBytes = PLAIN_PAYLOAD_BYTES

  constructor(message: Buffer) {
    this.message = message
  }

  get bytes(): Buffer {
    return this.message.subarray(HEADER_BYTES, this.questionEnd)
  }

  /** The second 16 bits of the header. */
  get flags(): number {
    return read16(this.message, 2)
  }

  get opcode(): number {
    return (this.flags >> 11) & 0x0f
  }

  get isRecursionDesired(): boolean {
    return (this.flags & FLAGS.RD) !== 0
  }

  get isCheckingDisabled(): boolean {
    return (this.flags & FLAGS.CD) !== 0
  }
}

function read16(message: Buffer, at: number): number {
  return ((message[at] ?? 0) << 8) | (message[at + 1] ?? 0)
}

/**
 * Reads what a client sent.
 * @param message its bytes, which are kept
 * @returns undefined for what must not be answered: what is no message, and what is a response itself, for two servers that
 *   answer each other never stop
 */
export function readQuery(message: Buffer): Query | undefined {
  if (message.length < HEADER_BYTES || (read16(message, 2) & FLAGS.QR) !== 0) return undefined
  const query = new Query(message)
  const isWellFormed = readQuestions(query) && readRecords(query)
  // Other opcodes give the sections other meanings; that they are not done here is all there is to say.
  if (query.opcode !== OPCODE_QUERY) query.problem = RCODES.NOTIMP
  else if (!isWellFormed) query.problem = RCODES.FORMERR
  else if (query.ednsVersion !== undefined && query.ednsVersion > 0) query.problem = RCODES.BADVERS
  if (!isWellFormed) query.questionEnd = HEADER_BYTES
  return query
}

/** Exactly one question is (RFC 9619). */
function readQuestions(query: Query): boolean {
  const { message } = query
  if (read16(message, 4) !== 1) return false
  const nameEnd = endOfPlainName(message, HEADER_BYTES)
  if (nameEnd === MALFORMED || nameEnd + QUESTION_TAIL_BYTES > message.length) return false
  query.name = nameKey(message, HEADER_BYTES, nameEnd - 1)
  query.type = read16(message, nameEnd)
  query.class = read16(message, nameEnd + 2)
  query.questionEnd = nameEnd + QUESTION_TAIL_BYTES
  return true
}

function readRecords(query: Query): boolean {
  const { message } = query
  const plain = read16(message, 6) + read16(message, 8)
  const all = plain + read16(message, 10)
  let at = query.questionEnd
  // Each record takes 11 bytes or the reading ends: a count beyond the message costs nothing.
  for (let record = 0; record < all; record++) {
    const nameEnd = endOfName(message, at)
    if (nameEnd === MALFORMED) return false
    const end = nameEnd + RECORD_HEAD_BYTES + read16(message, nameEnd + 8)
    if (end > message.length) return false
    if (read16(message, nameEnd) === TYPES.OPT) {
      // An OPT record is at the root, in the additional section, and alone (RFC 6891 section 6.1.1).
      const isMisplaced = record < plain || nameEnd !== at + 1 || query.ednsVersion !== undefined
      if (isMisplaced || !readOpt(query, nameEnd, end)) return false
    }
    at = end
  }
  return at === message.length
}

/** Reads an OPT record (RFC 6891 section 6.1.2); its options are walked through, for none means anything here. */
function readOpt(query: Query, nameEnd: number, end: number): boolean {
  const { message } = query
  const offeredBytes = read16(message, nameEnd + 2)
  query.payloadBytes = Math.min(Math.max(offeredBytes, PLAIN_PAYLOAD_BYTES), LARGEST_PAYLOAD_BYTES)
  query.ednsVersion = message[nameEnd + 5] ?? 0
  query.isDnssecOk = (read16(message, nameEnd + 6) & DNSSEC_OK) !== 0
  let at = nameEnd + RECORD_HEAD_BYTES
  while (at < end) at += OPTION_HEAD_BYTES + read16(message, at + 2)
  return at === end
}

/** Where the record at `start` ends; `MALFORMED` when it is none. */
export function endOfRecord(message: Buffer, start: number): number {
  const nameEnd = endOfName(message, start)
  if (nameEnd === MALFORMED) return MALFORMED
  const end = nameEnd + RECORD_HEAD_BYTES + read16(message, nameEnd + 8)
  return end <= message.length ? end : MALFORMED
}
