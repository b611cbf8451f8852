import { encode, type Packet } from 'dns-packet'
import { test } from 'tap'
import { EXTENDED_ERRORS } from '../../../src/faces/dns/codes.js'
import type { Question } from '../../../src/faces/dns/message.js'
import { Resolution, type Recursion } from '../../../src/faces/dns/recursion.js'
import { seeded } from '../../support/seeded.js'
import { DOWN, opt, queryOf, recordOf, replyOf, World, type Reply } from './world.js'

const SIXTY = Array.from({ length: 60 }, (_, nth) => `10.9.0.${nth + 1}`)
const HEADER = Buffer.alloc(12)

function bigWorld(recursion?: Recursion): World {
  const records = [recordOf('www'), recordOf('big', 0)]
  return new World({ records }, recursion).take({
    www: { targets: ['127.0.0.11'] },
    big: { targets: SIXTY },
  })
}

interface OptRecord {
  readonly udpPayloadSize: number
  readonly extendedRcode: number
  readonly ednsVersion: number
  readonly flags: number
  readonly options: readonly { readonly code: number; readonly data: Buffer }[]
}

function optOf({ additionals = [] }: Reply): OptRecord | undefined {
  // The decoder's own type of such records is the one of records to be encoded.
  return additionals.find(({ type }) => type === 'OPT') as unknown as OptRecord | undefined
}

test('An OPT record is answered with one, and only then', async (t) => {
  const world = bigWorld()
  t.equal(optOf(await world.ask('www.ha.test')), undefined)
  for (const name of ['www.ha.test', 'nope.ha.test', 'elsewhere.test']) {
    const asked = opt({ flags: 0xffff, options: [{ code: 10, data: Buffer.alloc(8) }] })
    const told = optOf(await world.ask(name, 'A', asked))
    t.match(told, { udpPayloadSize: 1232, ednsVersion: 0, extendedRcode: 0 }, name)
    t.equal(told?.flags, 0x8000, 'DO is copied, other flags are cleared')
    t.notOk(
      told?.options.some(({ code }) => code === 10),
      'options are not sent back',
    )
  }
})

test('A version of EDNS that is not known is refused with the one that is', async (t) => {
  const reply = await bigWorld().ask('www.ha.test', 'A', opt({ ednsVersion: 1 }))
  t.match(optOf(reply), { ednsVersion: 0, extendedRcode: 1 })
  t.same([reply.bytes.readUInt16BE(2) & 0x0f, reply.answers?.length], [0, 0])
})

test('An answer that is too long is cut behind a whole record, and says so', async (t) => {
  const world = bigWorld()
  const cases: readonly [string, Packet, number, number, boolean][] = [
    ['without EDNS', {}, 512, 30, true],
    ['512 bytes', opt({ udpPayloadSize: 512 }), 512, 29, true],
    ['less than every client takes', opt({ udpPayloadSize: 100 }), 512, 29, true],
    ['700 bytes', opt({ udpPayloadSize: 700 }), 700, 41, true],
    ['enough for it', opt({ udpPayloadSize: 4096 }), 1232, 60, false],
  ]
  for (const [what, packet, limit, addresses, isCut] of cases) {
    const reply = await world.ask('big.ha.test', 'A', packet)
    t.equal(reply.flag_tc, isCut, what)
    t.equal(reply.data.length, addresses, what)
    t.ok(reply.bytes.length <= limit, what)
    t.equal(optOf(reply) !== undefined, 'additionals' in packet, what)
  }
})

test('Over TCP the answer is whole', async (t) => {
  const bytes = await bigWorld().respond(queryOf('big.ha.test'), 'tcp')
  const reply = replyOf(bytes ?? HEADER)
  t.match(reply, { flag_tc: false, rcode: 'NOERROR' })
  t.same([...reply.data].sort(), [...SIXTY].sort())
})

test('Additional records that do not fit are left out without a word', async (t) => {
  const nameServerAddresses = Array.from({ length: 40 }, (_, nth) => `192.0.2.${nth + 1}`)
  const reply = await new World({ nameServerAddresses }).ask('ha.test', 'NS')
  t.match(reply, { flag_tc: false, data: ['ns.ha.test'] })
  t.equal(reply.additionals?.length, Math.floor((512 - 12 - 13 - 17) / 19))
})

test('The question comes back as it was spelt, whatever the answer', async (t) => {
  const world = bigWorld()
  for (const name of ['WwW.hA.TeST', 'NoPe.Ha.TEST', 'eLSe.Where']) {
    const query = queryOf(name)
    const bytes = (await world.respond(query)) ?? HEADER
    t.same(bytes.subarray(12, query.length), query.subarray(12), name)
  }
})

test('What is not done here is refused by its name', async (t) => {
  const world = bigWorld()
  const withClass = (bytes: Buffer, value: number): Buffer => {
    bytes.writeUInt16BE(value, bytes.length - 2)
    return bytes
  }
  const cases: readonly [string, Buffer, string, number][] = [
    ['AXFR', queryOf('ha.test', 'AXFR'), 'REFUSED', 1],
    ['IXFR', queryOf('ha.test', 'IXFR'), 'REFUSED', 1],
    ['class CH', withClass(queryOf('version.bind', 'TXT'), 3), 'REFUSED', 1],
    ['any class', withClass(queryOf('www.ha.test'), 255), 'REFUSED', 1],
    ['another zone', queryOf('www.ha.test.example'), 'REFUSED', 1],
    ['the root', queryOf('.', 'NS'), 'REFUSED', 1],
    ['the zone above', queryOf('test'), 'REFUSED', 1],
    ['NOTIFY', queryOf('ha.test', 'SOA', { flags: 4 << 11 }), 'NOTIMP', 1],
    ['UPDATE', queryOf('ha.test', 'SOA', { flags: 5 << 11 }), 'NOTIMP', 1],
    ['no question', encode({ type: 'query', id: 7 }), 'FORMERR', 0],
  ]
  for (const [what, query, rcode, questions] of cases) {
    const reply = replyOf((await world.respond(query)) ?? HEADER)
    t.match(reply, { id: 7, rcode, type: 'response', flag_aa: false, flag_ra: false }, what)
    t.equal(reply.questions?.length, questions, what)
    t.same(reply.answers, [], what)
    t.equal((reply.bytes[2] ?? 0) & 0x79, query[2], `${what}: opcode and RD`)
  }
})

test('RD and CD come back as they were', async (t) => {
  const world = bigWorld()
  for (const flags of [0, 0x0100, 0x0010, 0x0110]) {
    const { bytes } = await world.ask('www.ha.test', 'A', { flags })
    t.equal(bytes.readUInt16BE(2), 0x8400 | flags)
  }
})

test('A client that knows extended errors is told why it gets none of the addresses', async (t) => {
  const world = new World({ records: [recordOf('dead')] }).take({
    dead: { targets: ['127.0.0.11'], standings: { '127.0.0.11': DOWN } },
  })
  const reply = await world.ask('dead.ha.test', 'A', opt())
  t.equal(reply.rcode, 'SERVFAIL')
  const [option] = optOf(reply)?.options ?? []
  t.equal(option?.code, 15)
  t.equal(option?.data.readUInt16BE(), EXTENDED_ERRORS.OTHER)
  t.equal(option?.data.subarray(2).toString(), 'none of the targets is healthy')
  t.equal((await world.ask('dead.ha.test')).bytes.length, queryOf('dead.ha.test').length)
})

/** Knows every name at once, or after being asked; remembers who asked. */
class FakeRecursion implements Recursion {
  readonly asked: [name: string, client: string][] = []
  isCached = false
  fails = false

  cached(question: Question): Resolution | undefined {
    return this.isCached ? this.resolution(question) : undefined
  }

  resolve(question: Question, client: string): Promise<Resolution> {
    this.asked.push([question.name, client])
    return this.fails
      ? Promise.reject(new Error('a mistake of ours'))
      : Promise.resolve(this.resolution(question))
  }

  private resolution({ bytes }: Question): Resolution {
    const answers = SIXTY.map(
      (data) => ({ type: 'A', name: 'UP.test', ttl: 5, data, class: 'IN' }) as const,
    )
    const message = encode({
      type: 'response',
      id: 0,
      flags: 0x0080,
      questions: [{ type: 'A', name: 'UP.test' }],
      answers,
    })
    return new Resolution(bytes.length === 13 ? message : HEADER, 3)
  }
}

const RECURSIVE = { flags: 0x0100 }

test('Names of others are asked for, and told under the own question', async (t) => {
  const recursion = new FakeRecursion()
  const world = bigWorld(recursion)
  for (const isCached of [false, true]) {
    recursion.isCached = isCached
    const query = queryOf('up.TEST', 'A', { ...RECURSIVE, ...opt() })
    const reply = replyOf((await world.respond(query)) ?? HEADER)
    t.match(reply, { id: 7, rcode: 'NOERROR', flag_ra: true, flag_rd: true, flag_aa: false })
    t.match(reply.questions, [{ name: 'up.TEST' }])
    t.ok(reply.bytes.length <= 1232)
    t.equal(optOf(reply)?.options[0]?.data.readUInt16BE(), 3)
  }
  t.same(recursion.asked, [['\x02up\x04test', '127.0.0.1']])
  const [seconds] = [world.traffic.take()?.forwarding.buckets].map((buckets) =>
    Array.from(buckets ?? []).reduce((sum, count) => sum + count),
  )
  t.equal(seconds, 1, 'what took time was measured')
})

test('Names of others are for those who may ask, and who ask to have them looked for', async (t) => {
  const recursion = new FakeRecursion()
  const world = bigWorld(recursion)
  const cases: readonly [string, string, Packet, string, boolean][] = [
    ['allowed', '127.0.0.9', RECURSIVE, 'NOERROR', true],
    ['allowed, as IPv6 has it', '::ffff:127.0.0.9', RECURSIVE, 'NOERROR', true],
    ['allowed, IPv6', '::1', RECURSIVE, 'NOERROR', true],
    ['not allowed', '10.0.0.1', RECURSIVE, 'REFUSED', false],
    ['not allowed, IPv6', '::2', RECURSIVE, 'REFUSED', false],
    ['without RD', '127.0.0.9', {}, 'REFUSED', true],
  ]
  for (const [what, client, packet, rcode, isAvailable] of cases) {
    const reply = await world.ask('up.test', 'A', packet, client)
    t.match(reply, { rcode, flag_ra: isAvailable }, what)
    const own = await world.ask('www.ha.test', 'A', packet, client)
    t.match(own, { rcode: 'NOERROR', flag_ra: false, data: ['127.0.0.11'] }, what)
  }
  t.equal(recursion.asked.length, 3)
})

test('A mistake of ours is a failure that is told, and no silence', async (t) => {
  const recursion = new FakeRecursion()
  recursion.fails = true
  const reply = await bigWorld(recursion).ask('up.test', 'A', RECURSIVE)
  t.equal(reply.rcode, 'SERVFAIL')
})

test('Whatever comes is answered as one of the known ways, or not at all', async (t) => {
  const random = seeded(11)
  const world = bigWorld()
  const seeds = [queryOf('www.ha.test'), queryOf('big.ha.test', 'A', opt()), queryOf('x.y', 'TXT')]
  const outcomes = new Map<string, number>()
  for (let round = 0; round < 30_000; round++) {
    const message = Buffer.from(seeds[round % seeds.length] ?? HEADER)
    for (let change = 0; change < 1 + random() * 4; change++)
      message[Math.floor(random() * message.length)] = Math.floor(random() * 256)
    const reply = await world.respond(message)
    const outcome = reply ? String((reply[3] ?? 0) & 0x0f) : 'silence'
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (!reply) continue
    if (reply.readUInt16BE(0) !== message.readUInt16BE(0) || (reply[2] ?? 0) < 128)
      t.fail(`${message.toString('hex')}: ${reply.toString('hex')}`)
    if (reply.length > 1232) t.fail('too long')
  }
  const known = ['0', '1', '3', '4', '5', 'silence']
  t.same([...outcomes.keys()].sort(), known)
  t.match(await world.ask('www.ha.test'), { data: ['127.0.0.11'] })
})
