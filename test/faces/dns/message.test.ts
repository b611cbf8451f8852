import { encode, type Packet } from 'dns-packet'
import { test } from 'tap'
import { readQuery, type Query } from '../../../src/faces/dns/message.js'
import { keyOf, nameOf, parentOf } from '../../../src/faces/dns/names.js'
import { seeded } from '../../support/seeded.js'

const WWW: Packet = { type: 'query', id: 7, questions: [{ type: 'A', name: 'www.ha.test' }] }

function query(packet: Packet): Buffer {
  return encode({ ...WWW, ...packet })
}

function opt(settings: object = {}): Packet {
  const defaults = { udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, options: [] }
  const record = { type: 'OPT', name: '.', flag_do: false, ...defaults, ...settings }
  // The type asks for fields that only decoded records have.
  return { additionals: [record] as unknown as NonNullable<Packet['additionals']> }
}

/** What `message` is refused with; undefined when it is not answered at all. */
function problemOf(message: Buffer): number | undefined {
  return readQuery(message)?.problem
}

function whole(message: Buffer): Query {
  const read = readQuery(message)
  if (!read) throw new Error('not answered')
  return read
}

function withBytes(message: Buffer, at: number, ...bytes: readonly number[]): Buffer {
  const changed = Buffer.from(message)
  changed.set(bytes, at)
  return changed
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

test('A question is read with its name in lower case and its bytes as they came', (t) => {
  const message = query({ questions: [{ type: 'AAAA', name: 'WwW.Ha.TeSt' }], flags: 0x0110 })
  const read = whole(message)
  t.match(read, { problem: 0, name: '\x03www\x02ha\x04test', type: 28, class: 1 })
  t.match(read, { isRecursionDesired: true, isCheckingDisabled: true, opcode: 0 })
  t.equal(read.bytes.toString('latin1'), '\x03WwW\x02Ha\x04TeSt\0\0\x1c\0\x01')
  t.match(read, { ednsVersion: undefined, payloadBytes: 512 })
  t.end()
})

test('An OPT record is read, and what it offers is kept within 512 and 1232 bytes', (t) => {
  const options = [{ code: 10, data: Buffer.alloc(8) }]
  for (const [offered, taken] of [
    [1, 512],
    [512, 512],
    [700, 700],
    [4096, 1232],
  ]) {
    const read = whole(query(opt({ udpPayloadSize: offered, flags: 0x8000, options })))
    t.match(read, { problem: 0, ednsVersion: 0, payloadBytes: taken, isDnssecOk: true })
  }
  t.end()
})

test('What is no question is not answered, or refused for what is wrong with it', (t) => {
  const plain = query({})
  const withOpt = query(opt())
  const withOption = query(opt({ options: [{ code: 3, data: Buffer.alloc(4) }] }))
  const record = withOpt.subarray(plain.length)
  const twice = withBytes(Buffer.concat([withOpt, record]), 10, 0, 2)
  const asAuthority = withBytes(withOpt, 8, 0, 1, 0, 0)
  const cases: readonly [string, Buffer, number | undefined][] = [
    ['nothing', Buffer.alloc(0), undefined],
    ['11 bytes', plain.subarray(0, 11), undefined],
    ['a response', query({ type: 'response' }), undefined],
    ['no question', withBytes(plain.subarray(0, 12), 4, 0, 0), 1],
    ['a count without its question', plain.subarray(0, 12), 1],
    [
      'two questions',
      query({ questions: [...(WWW.questions ?? []), ...(WWW.questions ?? [])] }),
      1,
    ],
    ['a question that is cut', plain.subarray(0, -1), 1],
    ['a name that is cut', plain.subarray(0, 20), 1],
    ['bytes behind the message', Buffer.concat([plain, Buffer.alloc(1)]), 1],
    ['a pointer to itself', hex('0007 0100 0001 0000 0000 0000 c00c 0001 0001'), 1],
    ['a label type that is none', hex('0007 0100 0001 0000 0000 0000 41 00 0001 0001'), 1],
    ['a record count beyond the message', withBytes(plain, 6, 0xff, 0xff), 1],
    ['two OPT records', twice, 1],
    ['OPT in the authority section', asAuthority, 1],
    ['OPT below a name', withBytes(query({ ...opt() }), plain.length, 1), 1],
    ['an option beyond its record', withBytes(withOption, withOption.length - 5, 5), 1],
    ['an option shorter than its record', withBytes(withOption, withOption.length - 5, 3), 1],
    ['EDNS version 1', query(opt({ ednsVersion: 1 })), 16],
    ['IQUERY', query({ flags: 1 << 11 }), 4],
    ['an opcode that is none, and nothing else', withBytes(Buffer.alloc(12), 2, 0x78), 4],
    ['NOTIFY', query({ flags: 4 << 11 }), 4],
    ['UPDATE', query({ flags: 5 << 11 }), 4],
    [
      'IXFR, with its record',
      query({ authorities: [{ type: 'A', name: 'a', data: '1.2.3.4' }] }),
      0,
    ],
  ]
  for (const [what, message, problem] of cases) t.equal(problemOf(message), problem, what)
  t.end()
})

test('A name may be 255 bytes long, and no longer', (t) => {
  const label = 'a'.repeat(63)
  const ask = (last: number): Buffer => {
    const name = [label, label, label, 'b'.repeat(last)].join('.')
    return query({ questions: [{ type: 'A', name }] })
  }
  t.equal(problemOf(ask(61)), 0)
  t.equal(whole(ask(61)).questionEnd, 12 + 255 + 4)
  t.equal(problemOf(ask(62)), 1)
  t.end()
})

test('Bytes that are no letters are neither folded nor lost', (t) => {
  const message = hex('0007 0000 0001 0000 0000 0000 05 5a c0 00 2e 5b 00 0001 0001')
  const read = whole(message)
  t.equal(read.problem, 0)
  t.equal(read.name, '\x05z\xc0\0.[')
  t.equal(nameOf(read.name), 'z\\192\\000\\.[')
  t.end()
})

test('Names are keys and back, and lie below one another', (t) => {
  for (const name of ['', 'test', 'www.ha.test', '_why.a-b.c']) t.equal(nameOf(keyOf(name)), name)
  t.equal(parentOf(keyOf('www.ha.test')), keyOf('ha.test'))
  t.equal(parentOf(keyOf('test')), '')
  t.equal(parentOf(''), '')
  t.end()
})

test('Whatever the bytes are, they are read or refused', (t) => {
  const random = seeded(53)
  const seeds = [query({}), query(opt({ options: [{ code: 3, data: Buffer.alloc(4) }] }))]
  const outcomes = new Map<number | undefined, number>()
  for (let round = 0; round < 50_000; round++) {
    const message = Buffer.from(seeds[round % seeds.length] ?? [])
    for (let change = 0; change < 1 + random() * 3; change++)
      message[Math.floor(random() * message.length)] = Math.floor(random() * 256)
    const cut = message.subarray(
      0,
      random() < 0.2 ? Math.floor(random() * message.length) : undefined,
    )
    const problem = problemOf(cut)
    outcomes.set(problem, (outcomes.get(problem) ?? 0) + 1)
  }
  t.same([...outcomes.keys()].sort(), [0, 1, 16, 4, undefined])
  t.ok([...outcomes.values()].every((count) => count > 100))
  t.end()
})
