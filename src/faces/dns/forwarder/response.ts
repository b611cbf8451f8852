import { FLAGS, RCODES, TYPES } from '../codes.js'
import { readSections, type RecordPlace, type Sections } from './records.js'

/** Longer TTLs are cut to a day: what was wrong yesterday is not served tomorrow (RFC 8767 section 4 asks for some bound). */
const LONGEST_TTL_SECONDS = 86_400
/** RFC 2308 section 5 finds one to three hours sensible. */
const LONGEST_NEGATIVE_SECONDS = 3600
/** A TTL with its highest bit set means zero (RFC 2181 section 8). */
const TTL_SIGN = 0x8000_0000

/** What a forwarder said, ready to be kept and handed on. */
export interface Response {
  /** With the bits that only OPT holds (RFC 6891 section 6.1.3). */
  readonly rcode: number
  /** Id 0, the question, and every record but OPT, its TTL within bounds. */
  readonly message: Buffer
  /** Where the TTLs of the records stand. */
  readonly ttlPlaces: Uint16Array
  /** For how long it holds, by the shortest TTL in it; 0 when it must not be kept. */
  readonly lifeSeconds: number
}

function rcodeOf(received: Buffer, { opt }: Sections): number {
  const low = received.readUInt16BE(2) & 15
  return opt ? (received.readUInt8(opt.ttlAt) << 4) | low : low
}

function boundedTtl(message: Buffer, { ttlAt }: RecordPlace): number {
  const ttl = message.readUInt32BE(ttlAt)
  return ttl >= TTL_SIGN ? 0 : Math.min(ttl, LONGEST_TTL_SECONDS)
}

/** What the SOA of a negative answer lives for (RFC 2308 section 3, section 5): its TTL, or its last field, the minimum, if that is less. */
function negativeTtl(message: Buffer, soa: RecordPlace): number {
  const minimum = message.readUInt32BE(soa.end - 4)
  return Math.min(boundedTtl(message, soa), minimum, LONGEST_NEGATIVE_SECONDS)
}

function holdsType({ answer }: Sections, asked: number): boolean {
  return answer.some(({ type }) => type === asked || asked === TYPES.ANY)
}

function withoutOptAndId(received: Buffer, sections: Sections, end: number): Buffer {
  // Of its own memory: a piece of a pool would keep the whole pool alive for as long as it is cached.
  const message = Buffer.allocUnsafeSlow(end)
  received.copy(message, 0, 0, end)
  message.writeUInt16BE(0, 0)
  message.writeUInt16BE(FLAGS.QR | FLAGS.RA | (received.readUInt16BE(2) & 15), 2)
  message.writeUInt16BE(sections.additional.length, 10)
  return message
}

/**
 * Reads a response whose header and question are known to be right, and which is not truncated. No name in it is compared
 * with the one that was asked for: it is only ever given to those who ask the same question, so it can lie about nothing else.
 * @param questionEnd where the records begin
 * @returns undefined when it is malformed
 */
export function readResponse(
  received: Buffer,
  questionEnd: number,
  askedType: number,
): Response | undefined {
  const sections = readSections(received, questionEnd)
  if (!sections) return undefined
  const { answer, authority, additional } = sections
  const records = [...answer, ...authority, ...additional]
  const message = withoutOptAndId(received, sections, records.at(-1)?.end ?? questionEnd)
  const rcode = rcodeOf(received, sections)
  const isNegative = rcode !== RCODES.NOERROR || !holdsType(sections, askedType)
  const soa = isNegative ? authority.find(({ type }) => type === TYPES.SOA) : undefined
  let lifeSeconds = isNegative && !soa ? 0 : LONGEST_TTL_SECONDS
  for (const record of records) {
    const ttl = record === soa ? negativeTtl(received, soa) : boundedTtl(received, record)
    message.writeUInt32BE(ttl, record.ttlAt)
    lifeSeconds = Math.min(lifeSeconds, ttl)
  }
  return {
    rcode,
    message,
    ttlPlaces: Uint16Array.from(records, ({ ttlAt }) => ttlAt),
    lifeSeconds,
  }
}
