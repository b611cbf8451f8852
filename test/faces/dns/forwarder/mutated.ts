import { encode, type Answer, type Packet } from 'dns-packet'
import { HEADER_BYTES } from '../../../../src/faces/dns/codes.js'
import { readSections } from '../../../../src/faces/dns/forwarder/records.js'
import { readResponse } from '../../../../src/faces/dns/forwarder/response.js'

/** The question of every message here. */
const QUESTION_END = HEADER_BYTES + 20
const TYPE_A = 1

function message(packet: Packet): Buffer {
  const questions = [{ type: 'A' as const, name: 'www.up.example' }]
  return encode({ type: 'response', id: 4711, flags: 0x0180, questions, ...packet })
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

/** The same with compressed names and an OPT record, as real forwarders send it: a chain, an SOA, an address. */
function compressed(): Buffer {
  const records = [
    'c00c 0005 0001 0000003c 0004 0161 c010',
    'c02c 0001 0001 0000003c 0004 c0000201',
    'c013 0006 0001 0000001e 001d 026e73 c013 0178 c010 00000001 00000002 00000003 00000004 0000000f',
    'c04c 001c 0001 00000e10 0010 20010db8000000000000000000000001',
    '00 0029 04d0 00008000 000c 000a 0008 0102030405060708',
  ]
  const head = Buffer.from(message({}).subarray(0, QUESTION_END))
  head.set([0, 2, 0, 1, 0, 2], 6)
  return Buffer.concat([head, ...records.map(hex)])
}

const ANSWERS: Answer[] = [
  { type: 'A', name: 'www.up.example', ttl: 300, data: '192.0.2.1' },
  { type: 'MX', name: 'www.up.example', ttl: 60, data: { preference: 10, exchange: 'mx.example' } },
  { type: 'TXT', name: 'www.up.example', ttl: 90, data: ['some', 'text'] },
  {
    type: 'SRV',
    name: 'www.up.example',
    ttl: 90,
    data: { port: 1, target: 'a.example', priority: 1, weight: 1 },
  },
]

/** Responses that are right. */
export const RIGHT: readonly Buffer[] = [
  message({}),
  message({ answers: ANSWERS }),
  compressed(),
  message({ flags: 0x0183, authorities: ANSWERS.slice(0, 2), additionals: ANSWERS.slice(2) }),
]

/** One of the right responses, with one to four bytes behind its question changed, pieces left out, or repeated. */
export function mutated(random: () => number): Buffer {
  const below = (bound: number): number => Math.floor(random() * bound)
  let bytes = Buffer.from(RIGHT[below(RIGHT.length)] ?? '')
  for (let times = 1 + below(4); times > 0; times--) {
    const at = random() < 0.2 ? 6 + below(6) : QUESTION_END + below(bytes.length - QUESTION_END + 1)
    const kind = below(6)
    const end = Math.min(bytes.length, at + below(12))
    if (kind === 0) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
    else if (kind === 2) bytes = Buffer.from(bytes.subarray(0, Math.max(QUESTION_END, at)))
    else if (kind === 3) bytes[at] = 0xc0 | below(2)
    else bytes[at] = below(256)
    if (bytes.length < QUESTION_END) bytes = Buffer.concat([bytes, Buffer.alloc(QUESTION_END)])
  }
  return bytes
}

/** What is wrong with how a message was read, if it was; empty when nothing is. */
export function faultsOf(received: Buffer): readonly string[] {
  const before = Buffer.from(received)
  const response = readResponse(received, QUESTION_END, TYPE_A)
  const faults: string[] = []
  if (!before.equals(received)) faults.push('the message that came was changed')
  if (!response) return faults
  const { message: kept, ttlPlaces, lifeSeconds } = response
  const again = readSections(kept, QUESTION_END)
  if (!again) return [...faults, 'what is kept is malformed']
  const { answer, authority, additional, opt } = again
  const records = [...answer, ...authority, ...additional]
  const ttls = records.map(({ ttlAt }) => kept.readUInt32BE(ttlAt))
  const counted = Buffer.from(kept)
  for (const place of ttlPlaces) counted.writeUInt32BE(30, place)
  if (!readSections(counted, QUESTION_END)) faults.push('it changes with its TTLs')
  if (opt) faults.push('an OPT record is kept')
  if (kept.readUInt32BE(0) >>> 4 !== 0x8080 >>> 4) faults.push('another header')
  if (kept.length !== (records.at(-1)?.end ?? QUESTION_END)) faults.push('bytes behind the records')
  if (records.some(({ ttlAt }, nth) => ttlAt !== ttlPlaces[nth])) faults.push('other TTLs')
  if (ttlPlaces.length !== records.length) faults.push('more or fewer TTLs than records')
  if (ttls.some((ttl) => ttl > 86_400)) faults.push('a TTL beyond a day')
  if (lifeSeconds > Math.min(86_400, ...ttls)) faults.push('kept for longer than its records live')
  const hasAsked = answer.some(({ type }) => type === TYPE_A)
  const hasSoa = authority.some(({ type }) => type === 6)
  if (lifeSeconds > 0 && !hasAsked && !hasSoa) faults.push('kept without a reason')
  return faults
}
