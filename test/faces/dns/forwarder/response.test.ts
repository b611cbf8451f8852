import { decode } from 'dns-packet'
import { test } from 'tap'
import { HEADER_BYTES } from '../../../../src/faces/dns/codes.js'
import { readResponse } from '../../../../src/faces/dns/forwarder/response.js'
import { endOfWholeName } from '../../../../src/faces/dns/forwarder/whole-name.js'
import { seeded } from '../../../support/seeded.js'
import { faultsOf, mutated, RIGHT } from './mutated.js'

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

const LABEL = `3f${'61'.repeat(63)}`

/** Names from the first byte behind the header on, where the last of them begins, and how far behind it that one ends. */
const NAMES: readonly (readonly [string, string, number, number?])[] = [
  ['the root', '00', 0, 1],
  ['a label', '0161 00', 0, 3],
  ['a pointer to a name before it', '0161 00 c00c', 3, 2],
  ['a label and a pointer into the middle of a name', '0161 0162 00 0163 c00e', 5, 4],
  ['a pointer to a pointer', '0161 00 c00c c00f', 5, 2],
  ['255 bytes', `${LABEL.repeat(3)} 3d${'61'.repeat(61)} 00`, 0, 255],
  ['256 bytes', `${LABEL.repeat(3)} 3e${'61'.repeat(62)} 00`, 0],
  ['256 bytes by way of a pointer', `${LABEL.repeat(3)} 3c${'61'.repeat(60)} 00 0161 c00c`, 254],
  ['255 bytes by way of a pointer', `${LABEL.repeat(3)} 3b${'61'.repeat(59)} 00 0161 c00c`, 253, 4],
  ['no end', '0161', 0],
  ['a label beyond the end', '0461 00', 0],
  ['nothing', '', 0],
  ['half a pointer', '0161 00 c0', 3],
  ['a pointer to itself', 'c00c', 0],
  ['a pointer into itself', '00 c00e', 1],
  ['a pointer forward', 'c00e 00', 0],
  ['a pointer to the piece that it ends', '0161 c00c', 0],
  ['two pointers in a circle', 'c00e c00c', 2],
  ['a pointer into the header', '0161 00 c00b', 3],
  ['a label of 64 bytes', `40${'61'.repeat(64)} 00`, 0],
  ['a label type that is gone', '80 00', 0],
]

/** Every byte may be part of a name. */
const NONE = new Uint8Array(0)

test('Where a name ends, and which are none', (t) => {
  for (const [what, bytes, start, length] of NAMES) {
    const message = Buffer.concat([Buffer.alloc(HEADER_BYTES), hex(bytes)])
    const at = HEADER_BYTES + start
    t.equal(endOfWholeName(message, at, NONE), length === undefined ? -1 : at + length, what)
  }
  t.end()
})

test('A chain of pointers as long as a message is given up early', (t) => {
  const pointers = Buffer.alloc(16_000)
  for (let nth = 1; nth < pointers.length / 2; nth++)
    pointers.writeUInt16BE(0xc000 | Math.min(0x3fff, HEADER_BYTES + 2 * (nth - 1)), 2 * nth)
  const message = Buffer.concat([Buffer.alloc(HEADER_BYTES), pointers])
  t.equal(endOfWholeName(message, HEADER_BYTES + 2 * 126, NONE), HEADER_BYTES + 2 * 127)
  t.equal(endOfWholeName(message, HEADER_BYTES + 2 * 140, NONE), -1)
  t.end()
})

/** `www.up.example A` as it stands behind the header. */
const QUESTION = '03777777 027570 076578616d706c65 00 0001 0001'
const QUESTION_END = HEADER_BYTES + hex(QUESTION).length

/** A response with these records. */
function response(
  counts: readonly [number, number, number],
  ...records: readonly string[]
): Buffer {
  const header = hex('1267 8180 0001 000000000000')
  counts.forEach((count, nth) => header.writeUInt16BE(count, 6 + 2 * nth))
  return Buffer.concat([header, hex(QUESTION), ...records.map(hex)])
}

const ADDRESS = 'c00c 0001 0001 0000003c 0004 c0000201'
const OPT = '00 0029 04d0 00000000 0000'

const MALFORMED: readonly (readonly [string, Buffer])[] = [
  ['fewer records than counted', response([2, 0, 0], ADDRESS)],
  ['a record without data', response([1, 0, 0], 'c00c 0001 0001 0000003c 0004 c00002')],
  ['half a record', response([1, 0, 0], 'c00c 0001 0001 0000')],
  ['an address of five bytes', response([1, 0, 0], 'c00c 0001 0001 0000003c 0005 c000020101')],
  ['an IPv6 address of four bytes', response([1, 0, 0], 'c00c 001c 0001 0000003c 0004 c0000201')],
  ['a name in data that goes in circles', response([1, 0, 0], 'c00c 0005 0001 0000003c 0002 c02d')],
  ['a name shorter than its data', response([1, 0, 0], 'c00c 0005 0001 0000003c 0003 c00c00')],
  ['a name longer than its data', response([1, 0, 0], 'c00c 0005 0001 0000003c 0002 016100')],
  ['an SOA without its numbers', response([0, 1, 0], 'c00c 0006 0001 0000003c 0004 c00cc00c')],
  [
    'a name that is made of a TTL, which counts down',
    response([2, 0, 0], 'c00c 0001 0001 01610000 0004 c0000201', ADDRESS.replace('c00c', 'c026')),
  ],
  [
    'a name that has a TTL for its pointer',
    response([2, 0, 0], 'c00c 0001 0001 c00c0000 0004 c0000201', ADDRESS.replace('c00c', 'c026')),
  ],
  [
    'a name that runs on into the record that points to it',
    response([2, 0, 0], 'c00c 0001 0001 0000003c 0004 c0000203', ADDRESS.replace('c00c', 'c02f')),
  ],
  ['OPT among the answers', response([1, 0, 0], OPT)],
  ['OPT in the authority section', response([0, 1, 0], OPT)],
  ['two OPT', response([0, 0, 2], OPT, OPT)],
  ['OPT with a name', response([0, 0, 1], 'c00c 0029 04d0 00000000 0000')],
]

test('A response that is malformed anywhere is none', (t) => {
  for (const [what, message] of MALFORMED)
    t.equal(readResponse(message, QUESTION_END, 1), undefined, what)
  t.end()
})

test('OPT goes, and what stands behind it, where pointers would lead astray', (t) => {
  const read = readResponse(response([1, 0, 3], ADDRESS, ADDRESS, OPT, ADDRESS), QUESTION_END, 1)
  const packet = decode(read?.message ?? Buffer.alloc(0))
  t.match([packet.answers, packet.additionals], [[{ type: 'A' }], [{ type: 'A' }]])
  t.equal(packet.additionals?.length, 1)
  t.end()
})

test('Flags are not taken over: who answers for what they say is the forwarder', (t) => {
  const message = response([1, 0, 0], ADDRESS)
  message.writeUInt16BE(0x8000 | 0x0400 | 0x0100 | 0x0070, 2)
  t.equal(readResponse(message, QUESTION_END, 1)?.message.readUInt16BE(2), 0x8080)
  t.end()
})

test('The upper bits of the response code are in OPT', (t) => {
  const badVersion = '00 0029 04d0 01000000 0000'
  t.equal(readResponse(response([0, 0, 1], badVersion), QUESTION_END, 1)?.rcode, 16)
  t.end()
})

test('What is right is read without a fault', (t) => {
  for (const message of RIGHT) {
    t.ok(readResponse(message, QUESTION_END, 1))
    t.same(faultsOf(message), [])
  }
  t.end()
})

test('Damaged responses are read without a fault, or not at all', (t) => {
  const random = seeded(17)
  let readable = 0
  for (let nth = 0; nth < 100_000; nth++) {
    const message = mutated(random)
    const faults = faultsOf(message)
    if (faults.length > 0) t.fail(`${message.toString('hex')}: ${faults.join(', ')}`)
    if (readResponse(message, QUESTION_END, 1)) readable++
  }
  t.ok(readable > 10_000 && readable < 90_000, `${readable} of them were read`)
  t.end()
})
