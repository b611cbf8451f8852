import { zonePointer, type Answer } from './answer.js'
import { FLAGS, HEADER_BYTES, LARGEST_PAYLOAD_BYTES, TYPES } from './codes.js'
import { endOfRecord, type Query } from './message.js'
import { MALFORMED } from './names.js'

const QUESTION_TAIL_BYTES = 4
const OPT_BYTES = 11
const DNSSEC_OK = 0x80
/** Opcode and RD, in the third byte of a header. */
const KEPT_HIGH = 0x79
const HIGH = 8

function copy(from: Buffer, to: Buffer, start: number): void {
  for (let at = 0; at < from.length; at++) to[start + at] = from[at] ?? 0
}

function write16(to: Buffer, at: number, value: number): void {
  to[at] = value >>> 8
  to[at + 1] = value
}

/**
 * The whole response to a query, as long as `limitBytes` allows; the sections that do not fit are cut behind their last
 * whole record. Called for every answer: what is short is copied byte by byte, which is quicker than calling anybody.
 */
export function compose(query: Query, answer: Answer, limitBytes: number): Buffer {
  const { message, questionEnd } = query
  const { records, zonePointers, extendedError } = answer
  const end = questionEnd + records.length
  const hasOpt = query.ednsVersion !== undefined
  const optBytes = hasOpt ? OPT_BYTES + (extendedError?.length ?? 0) : 0
  const out = Buffer.allocUnsafe(end + optBytes)
  for (let at = 0; at < questionEnd; at++) out[at] = message[at] ?? 0
  copy(records, out, questionEnd)
  const pointer = zonePointer(questionEnd - QUESTION_TAIL_BYTES, answer.zoneBytes)
  for (const at of zonePointers) write16(out, questionEnd + at, pointer)
  writeHeader(out, query, answer)
  const isShort = end + optBytes <= limitBytes
  const cutEnd = isShort
    ? end
    : truncate(out.subarray(0, end), query, answer, limitBytes - optBytes)
  if (hasOpt) writeOpt(out, cutEnd, query, answer)
  return isShort ? out : out.subarray(0, cutEnd + optBytes)
}

function writeHeader(out: Buffer, query: Query, { rcode, flags, counts }: Answer): void {
  const kept = query.isCheckingDisabled ? FLAGS.CD : 0
  out[2] = ((out[2] ?? 0) & KEPT_HIGH) | ((FLAGS.QR | flags) >>> HIGH)
  out[3] = (flags & 0xf0) | kept | (rcode & 0x0f)
  writeCounts(out, query, counts[0], counts[1], counts[2])
}

function writeCounts(
  out: Buffer,
  query: Query,
  ...[answers, authority, additional]: Answer['counts']
): void {
  write16(out, 4, query.questionEnd > HEADER_BYTES ? 1 : 0)
  write16(out, 6, answers)
  write16(out, 8, authority)
  // The OPT record is one more.
  write16(out, 10, additional + (query.ednsVersion === undefined ? 0 : 1))
}

/** RFC 6891 section 6.1.2; flags other than DO are cleared, and options of the query are not sent back. */
function writeOpt(out: Buffer, at: number, query: Query, { rcode, extendedError }: Answer): void {
  out[at] = 0
  write16(out, at + 1, TYPES.OPT)
  write16(out, at + 3, LARGEST_PAYLOAD_BYTES)
  out[at + 5] = rcode >>> 4
  out[at + 6] = 0
  write16(out, at + 7, query.isDnssecOk ? DNSSEC_OK << HIGH : 0)
  write16(out, at + 9, extendedError?.length ?? 0)
  if (extendedError) copy(extendedError, out, at + OPT_BYTES)
}

/** How many records of each section fit into `room` bytes, and where they end. */
function fitting(
  whole: Buffer,
  start: number,
  counts: readonly number[],
  room: number,
): { readonly end: number; readonly kept: readonly number[] } {
  const kept: number[] = []
  let end = start
  let isFull = false
  for (const count of counts) {
    let fit = 0
    while (fit < count && !isFull) {
      const next = endOfRecord(whole, end)
      isFull = next === MALFORMED || next > room
      if (isFull) break
      end = next
      fit++
    }
    kept.push(fit)
  }
  return { end, kept }
}

/**
 * Cuts what does not fit; TC says so, unless only additional records went (RFC 2181 section 9).
 * @returns where the records end now
 */
function truncate(whole: Buffer, query: Query, { counts }: Answer, room: number): number {
  const { end, kept } = fitting(whole, query.questionEnd, counts, room)
  const [answers = 0, authority = 0, additional = 0] = kept
  if (answers < counts[0] || authority < counts[1]) whole[2] = (whole[2] ?? 0) | (FLAGS.TC >>> HIGH)
  writeCounts(whole, query, answers, authority, additional)
  return end
}
