import {
  CLASS_IN,
  FLAGS,
  HEADER_BYTES,
  LARGEST_PAYLOAD_BYTES,
  OPCODE_QUERY,
  RCODES,
  TYPES,
} from '../codes.js'
import type { Question } from '../message.js'
import { nameBytes } from '../names.js'

const QUESTION_TAIL_BYTES = 4
const OPT_BYTES = 11
const DNSSEC_OK = 0x8000
const OPCODE_BITS = 0x7800
const RCODE_BITS = 0x000f

/** The questions that are one and the same to a forwarder, and how it is asked. */
export class Asked {
  /** The same for all questions that have the same answer. */
  readonly key: string
  readonly type: number
  /** Name, type and class as they stand in a message, the name in lower case. */
  readonly bytes: Buffer
  private readonly isDnssecOk: boolean
  private readonly isCheckingDisabled: boolean

  constructor(question: Question) {
    const name = nameBytes(question.name)
    this.key = keyOf(question)
    this.type = question.type
    this.bytes = Buffer.alloc(name.length + QUESTION_TAIL_BYTES)
    name.copy(this.bytes)
    this.bytes.writeUInt16BE(question.type, name.length)
    this.bytes.writeUInt16BE(CLASS_IN, name.length + 2)
    this.isDnssecOk = question.isDnssecOk
    this.isCheckingDisabled = question.isCheckingDisabled
  }

  /**
   * The message that asks it.
   * @param hasEdns false for forwarders that do not know it (RFC 6891 section 6.2.2)
   */
  query(id: number, hasEdns: boolean): Buffer {
    const end = HEADER_BYTES + this.bytes.length
    const message = Buffer.alloc(end + (hasEdns ? OPT_BYTES : 0))
    message.writeUInt16BE(id, 0)
    message.writeUInt16BE(FLAGS.RD | (this.isCheckingDisabled ? FLAGS.CD : 0), 2)
    message.writeUInt16BE(1, 4)
    this.bytes.copy(message, HEADER_BYTES)
    if (hasEdns) {
      message.writeUInt16BE(1, 10)
      message.writeUInt16BE(TYPES.OPT, end + 1)
      message.writeUInt16BE(LARGEST_PAYLOAD_BYTES, end + 3)
      message.writeUInt16BE(this.isDnssecOk ? DNSSEC_OK : 0, end + 7)
    }
    return message
  }

  /** Whether a message is the response to the query with this id (RFC 5452 section 9.1). */
  isAnsweredBy(received: Buffer, id: number): boolean {
    if (received.length < HEADER_BYTES || received.readUInt16BE(0) !== id) return false
    const flags = received.readUInt16BE(2)
    if ((flags & (FLAGS.QR | OPCODE_BITS)) !== (FLAGS.QR | (OPCODE_QUERY << 11))) return false
    const questions = received.readUInt16BE(4)
    // A server that could not read the query may leave the question out.
    if (questions === 0) return (flags & RCODE_BITS) !== RCODES.NOERROR
    return questions === 1 && this.isRepeatedIn(received)
  }

  /** The case of the letters is the forwarder's own affair. */
  private isRepeatedIn(received: Buffer): boolean {
    const nameEnd = this.bytes.length - QUESTION_TAIL_BYTES
    for (let at = 0; at < this.bytes.length; at++) {
      const byte = received[HEADER_BYTES + at] ?? 0
      const isCapital = at < nameEnd && byte >= 0x41 && byte <= 0x5a
      if ((isCapital ? byte | 0x20 : byte) !== this.bytes[at]) return false
    }
    return received.length >= HEADER_BYTES + this.bytes.length
  }
}

/** The same for all questions that have the same answer: with the name and type go the bits that a forwarder answers by. */
export function keyOf({ name, type, isDnssecOk, isCheckingDisabled }: Question): string {
  return name + String.fromCharCode(type, Number(isDnssecOk) * 2 + Number(isCheckingDisabled))
}
