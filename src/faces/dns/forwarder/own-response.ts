import { CLASS_IN, FLAGS, HEADER_BYTES } from '../codes.js'

const POINTER = 0xc000

/** A record of a response of our own; its name is the one that was asked for, or what that ends with. */
export interface OwnRecord {
  /** Where in the name that was asked for its own begins; 0 when they are the same. */
  readonly nameAt: number
  readonly type: number
  readonly ttlSeconds: number
  readonly data: Buffer
}

/** The name of a record as a pointer into the question. */
export function pointerTo(nameAt: number): Buffer {
  const pointer = Buffer.alloc(2)
  pointer.writeUInt16BE(POINTER | (HEADER_BYTES + nameAt))
  return pointer
}

function recordBytes({ nameAt, type, ttlSeconds, data }: OwnRecord): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(CLASS_IN, 2)
  fixed.writeUInt32BE(ttlSeconds, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([pointerTo(nameAt), fixed, data])
}

/** What a response of our own says besides the question. */
export interface OwnResponse {
  readonly rcode: number
  readonly answer?: readonly OwnRecord[]
  readonly authority?: readonly OwnRecord[]
}

/**
 * A response that no forwarder made.
 * @param question name, type and class as in a message
 */
export function ownResponse(
  question: Buffer,
  { rcode, answer = [], authority = [] }: OwnResponse,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(FLAGS.QR | FLAGS.RA | rcode, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(answer.length, 6)
  header.writeUInt16BE(authority.length, 8)
  return Buffer.concat([header, question, ...[...answer, ...authority].map(recordBytes)])
}
