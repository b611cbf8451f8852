import { CLASS_IN, FLAGS, HEADER_BYTES, OPTION_EDE, RCODES, TYPES } from './codes.js'
import { nameBytes, parentOf } from './names.js'

const POINTER = 0xc000
/** A pointer to the name in the question. */
const ASKED = Buffer.from([0xc0, HEADER_BYTES])
const ROOT_BYTES = 1

/** The sections of a message behind the question. */
export const SECTIONS = { answer: 0, authority: 1, additional: 2 } as const

/** What is answered, apart from what every answer takes over from its query. */
export interface Answer {
  readonly rcode: number
  /** AA, RA and AD as in the header. */
  readonly flags: number
  /** How many records each section has. */
  readonly counts: readonly [answers: number, authority: number, additional: number]
  /** The records, as they stand behind the question. */
  readonly records: Buffer
  /** Where in `records` there are pointers to the zone's name, which lies at the end of the name that was asked for. */
  readonly zonePointers: readonly number[]
  /** Bytes of the zone's name with its root. */
  readonly zoneBytes: number
  /** The option that goes into an OPT record. */
  readonly extendedError?: Buffer
}

/** An extended error as an option (RFC 8914 section 2). */
export function extendedError(code: number, text: string): Buffer {
  const option = Buffer.alloc(6 + Buffer.byteLength(text))
  option.writeUInt16BE(OPTION_EDE, 0)
  option.writeUInt16BE(option.length - 4, 2)
  option.writeUInt16BE(code, 4)
  option.write(text, 6)
  return option
}

/** An answer without records. */
export function emptyAnswer(rcode: number, flags = 0, why?: Buffer): Answer {
  const none = { records: Buffer.alloc(0), zonePointers: [], zoneBytes: 0 }
  return { rcode, flags, counts: [0, 0, 0], ...none, ...(why && { extendedError: why }) }
}

/** The pointer to the zone's name when a name that ends with it was asked for. */
export function zonePointer(nameEnd: number, zoneBytes: number): number {
  return POINTER | (nameEnd - zoneBytes)
}

function numbers(bytes: 2 | 4, ...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(bytes * values.length)
  for (const [at, value] of values.entries()) buffer.writeUIntBE(value, at * bytes, bytes)
  return buffer
}

/** A start of authority's numbers: serial, refresh, retry, expire, minimum (RFC 1035 section 3.3.13). */
export function soaNumbers(...values: readonly [number, number, number, number, number]): Buffer {
  return numbers(4, ...values)
}

/** A text as the strings of a TXT or HINFO record, each with its length before it and of 255 bytes at most. */
export function characterString(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

/** One address record of the name that was asked for; its length depends on the address alone. */
export function addressRecord(address: Buffer, ttlSeconds: number): Buffer {
  const type = address.length === 4 ? TYPES.A : TYPES.AAAA
  const head = [ASKED, numbers(2, type, CLASS_IN), numbers(4, ttlSeconds)]
  return Buffer.concat([...head, numbers(2, address.length), address])
}

/** Puts an answer of the zone together, record by record, each section after the one before it. */
export class AnswerBuilder {
  private readonly zone: string
  private readonly ttlSeconds: number
  private readonly counts: [number, number, number] = [0, 0, 0]
  private readonly zonePointers: number[] = []
  private records = Buffer.alloc(0)

  /** @param zone key of its name */
  constructor(zone: string, ttlSeconds: number) {
    this.zone = zone
    this.ttlSeconds = ttlSeconds
  }

  /**
   * @param owner key of a name; undefined for the name that was asked for
   * @param rdata bytes as they are, and keys of names
   */
  add(
    section: keyof typeof SECTIONS,
    owner: string | undefined,
    type: number,
    ...rdata: readonly (Buffer | string)[]
  ): this {
    this.counts[SECTIONS[section]]++
    if (owner === undefined) this.append(ASKED)
    else this.appendName(owner)
    this.append(numbers(2, type, CLASS_IN))
    this.append(numbers(4, this.ttlSeconds))
    this.append(numbers(2, 0))
    const start = this.records.length
    for (const part of rdata)
      if (typeof part === 'string') this.appendName(part)
      else this.append(part)
    this.records.writeUInt16BE(this.records.length - start, start - 2)
    return this
  }

  /** How many records there are. */
  get size(): number {
    return this.counts.reduce((sum, count) => sum + count)
  }

  build(rcode: number = RCODES.NOERROR): Answer {
    const { counts, records, zonePointers, zone } = this
    const zoneBytes = zone.length + ROOT_BYTES
    return { rcode, flags: FLAGS.AA, counts, records, zonePointers, zoneBytes }
  }

  private append(bytes: Buffer): void {
    this.records = Buffer.concat([this.records, bytes])
  }

  private appendName(key: string): void {
    const inside = labelsInside(key, this.zone)
    if (inside === undefined) {
      this.append(nameBytes(key))
      return
    }
    this.append(Buffer.from(inside, 'latin1'))
    this.zonePointers.push(this.records.length)
    this.append(numbers(2, POINTER))
  }
}

/** What a key has before the zone's, empty for the zone itself; undefined when it does not lie in the zone. */
export function labelsInside(key: string, zone: string): string | undefined {
  let rest = key
  while (rest.length > zone.length) rest = parentOf(rest)
  return rest === zone ? key.slice(0, key.length - zone.length) : undefined
}
