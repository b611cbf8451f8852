import { createSocket } from 'node:dgram'
import { encode, type Packet } from 'dns-packet'
import { test } from 'tap'
import {
  addressOf,
  framed,
  responseTo,
  startForwarder,
  type ReceivedQuery,
} from '../../../support/fake-forwarder.js'
import { startResolving, TYPE } from './resolving.js'

const RCODE = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, YXDOMAIN: 6 }
const TC = 0x0200

function refused(query: ReceivedQuery, rcode: number): Packet {
  return responseTo(query, { flags: 0x0180 | rcode })
}

/** `message` with other bytes from `at` on. */
function withBytes(message: Buffer, at: number, ...bytes: readonly number[]): Buffer {
  const changed = Buffer.from(message)
  changed.set(bytes, at)
  return changed
}

test('A question goes out in lower case, with RD, EDNS of 1232 bytes, and what DO and CD say', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  const { rcode, data, packet } = await resolving.ask('WWW.Example.com')
  t.match({ rcode, data }, { rcode: 'NOERROR', data: ['192.0.2.1'] })
  t.match(packet, { id: 0, flag_qr: true, flag_ra: true, flag_aa: false, flag_tc: false })
  t.same(packet.additionals, [], 'without OPT')
  await resolving.ask('www.example.com', TYPE.A, { isDnssecOk: true, isCheckingDisabled: true })
  const [plain, secure] = forwarder.queries
  t.equal(plain?.name, 'www.example.com')
  t.match(plain, { flag_rd: true, flag_cd: false, flag_ad: false })
  t.match(plain?.additionals, [{ type: 'OPT', udpPayloadSize: 1232, flag_do: false, options: [] }])
  t.match(secure, { flag_rd: true, flag_cd: true })
  t.match(secure?.additionals, [{ type: 'OPT', flag_do: true }])
})

test('Ids and ports are not those of the query before', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const resolving = startResolving(t, [forwarder.address])
  const COUNT = 64
  for (let nth = 0; nth < COUNT; nth++) await resolving.ask(`n${nth}.example.com`)
  const distinct = (values: readonly unknown[]): number => new Set(values).size
  t.ok(distinct(forwarder.queries.map(({ id }) => id)) > COUNT - 4)
  t.ok(distinct(forwarder.queries.map(({ port }) => port)) > COUNT - 4)
  const sorted = forwarder.queries.map(({ port }) => port).sort((a, b) => a - b)
  t.ok((sorted.at(-1) ?? 0) - (sorted[0] ?? 0) > 2 * COUNT, 'not one after the other')
})

const WRONG: readonly (readonly [string, (right: Buffer) => Buffer])[] = [
  ['another id', (right) => withBytes(right, 0, (right[0] ?? 0) ^ 1)],
  ['another name', (right) => withBytes(right, 13, 0x78)],
  ['another type', (right) => withBytes(right, 12 + 17 + 1, 28)],
  ['another class', (right) => withBytes(right, 12 + 17 + 3, 3)],
  ['two questions', (right) => withBytes(right, 5, 2)],
  ['no question, and no error', (right) => withBytes(right, 5, 0)],
  ['a query', (right) => withBytes(right, 2, (right[2] ?? 0) & 0x7f)],
  ['another opcode', (right) => withBytes(right, 2, (right[2] ?? 0) | 0x10)],
  ['a piece of a header', (right) => right.subarray(0, 11)],
  ['nothing at all', () => Buffer.alloc(0)],
  ['half a question', (right) => right.subarray(0, 20)],
]

test('What is not the response is ignored and counted, and the response still counts', async (t) => {
  for (const [what, spoil] of WRONG) {
    const forwarder = await startForwarder(t, (query) => {
      const right = encode(addressOf(query))
      query.send(spoil(encode(addressOf(query, '203.0.113.66'))))
      return right
    })
    const resolving = startResolving(t, [forwarder.address])
    t.same((await resolving.ask('www.example.com')).data, ['192.0.2.1'], what)
    t.equal(resolving.ignored, 1, what)
    t.equal(forwarder.queries.length, 1, what)
  }
})

test('The case of the name in a response means nothing', async (t) => {
  const forwarder = await startForwarder(t, (query) => {
    const message = encode(addressOf(query))
    return withBytes(message, 13, 0x57, 0x57, 0x57)
  })
  const resolving = startResolving(t, [forwarder.address])
  t.same((await resolving.ask('www.example.com')).data, ['192.0.2.1'])
})

test('What others send does not arrive, be it from another port or from another address', async (t) => {
  const strangers = [createSocket('udp4'), createSocket('udp4')]
  t.teardown(() => strangers.forEach((socket) => socket.close()))
  strangers[0]?.bind(0, '127.0.0.1')
  strangers[1]?.bind(0, '127.0.0.9')
  const forwarder = await startForwarder(t, (query) => {
    const wrong = encode(addressOf(query, '203.0.113.66'))
    let left = strangers.length
    for (const socket of strangers)
      socket.send(wrong, query.port, '127.0.0.1', () => {
        if (--left === 0) query.send(encode(addressOf(query)))
      })
    return undefined
  })
  const resolving = startResolving(t, [forwarder.address])
  t.same((await resolving.ask('www.example.com')).data, ['192.0.2.1'])
})

test('A forwarder may be given by an IPv6 address, in any spelling', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  for (const host of ['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:0001']) {
    const resolving = startResolving(t, [{ host, port: forwarder.port }])
    t.same((await resolving.ask('www.example.com')).data, ['192.0.2.1'], host)
  }
})

test('Many wrong responses are guesses: the question is put by TCP', async (t) => {
  const forwarder = await startForwarder(t, (query) => {
    if (query.overTcp) return addressOf(query)
    const wrong = encode(addressOf(query, '203.0.113.66'))
    for (let id = 1; id <= 16; id++) query.send(withBytes(wrong, 0, (wrong[0] ?? 0) ^ id))
    return undefined
  })
  const resolving = startResolving(t, [forwarder.address])
  t.same((await resolving.ask('www.example.com')).data, ['192.0.2.1'])
  t.same(
    forwarder.queries.map(({ overTcp }) => overTcp),
    [false, true],
  )
  t.equal(resolving.ignored, 16)
})

/** Sixty addresses, as no datagram of 512 bytes holds them. */
function many(query: ReceivedQuery): Packet {
  const answers = Array.from({ length: 60 }, (_, nth) => ({
    type: 'A' as const,
    name: query.name,
    ttl: 60,
    data: `192.0.2.${nth}`,
  }))
  return responseTo(query, { answers })
}

test('A truncated response is asked for again by TCP, in whatever pieces it comes', async (t) => {
  const forwarder = await startForwarder(t, (query) => {
    if (!query.overTcp) return responseTo(query, { flags: 0x0180 | TC })
    const message = encode(many(query))
    const bytes = framed(message)
    // The first piece holds half of the length.
    const cuts = [0, 1, 2, 14, 300, bytes.length]
    const pieces = cuts.slice(1).map((end, nth) => bytes.subarray(cuts[nth], end))
    query.sendPieces(pieces)
    return undefined
  })
  const resolving = startResolving(t, [forwarder.address])
  const { rcode, data } = await resolving.ask('big.example.com')
  t.match({ rcode, count: data.length }, { rcode: 'NOERROR', count: 60 })
  t.match(
    forwarder.queries.map(({ overTcp }) => overTcp),
    [false, true],
  )
  t.equal((await resolving.ask('big.example.com')).data.length, 60)
  t.equal(forwarder.queries.length, 2, 'kept')
})

test('A truncated response is kept by nobody', async (t) => {
  const forwarder = await startForwarder(t, (query) =>
    query.overTcp
      ? responseTo(query, { flags: 0x0180 | TC })
      : responseTo(query, { flags: 0x0180 | TC }),
  )
  const resolving = startResolving(t, [forwarder.address])
  t.equal((await resolving.ask('big.example.com')).rcode, 'SERVFAIL')
  t.same(resolving.endings, ['0 malformed'])
})

test('A forwarder that hangs up, or says something else by TCP, has failed', async (t) => {
  const scripts = {
    unreachable: (query: ReceivedQuery) => {
      query.hangUp()
      return undefined
    },
    malformed: (query: ReceivedQuery) =>
      addressOf({ ...query, id: ((query.id ?? 0) + 1) & 0xffff }),
  }
  for (const [ending, script] of Object.entries(scripts)) {
    const forwarder = await startForwarder(t, (query) =>
      query.overTcp ? script(query) : responseTo(query, { flags: 0x0180 | TC }),
    )
    const resolving = startResolving(t, [forwarder.address])
    t.equal((await resolving.ask('big.example.com')).rcode, 'SERVFAIL', ending)
    t.same(resolving.endings, [`0 ${ending}`])
  }
})

test('A forwarder that does not know EDNS is asked without', async (t) => {
  for (const rcode of [RCODE.FORMERR, RCODE.NOTIMP]) {
    const forwarder = await startForwarder(t, (query) =>
      query.additionals?.length ? refused(query, rcode) : addressOf(query),
    )
    const resolving = startResolving(t, [forwarder.address])
    t.same((await resolving.ask('www.example.com')).data, ['192.0.2.1'])
    t.equal(forwarder.queries.length, 2)
  }
})

test('A header alone is a refusal when it says so', async (t) => {
  const forwarder = await startForwarder(t, (query) =>
    encode(responseTo(query, { flags: 0x0180 | RCODE.REFUSED, questions: [] })),
  )
  const resolving = startResolving(t, [forwarder.address])
  t.equal((await resolving.ask('www.example.com')).rcode, 'SERVFAIL')
  t.same(resolving.endings, ['0 refused'])
})

test('What a client hears of each response code', async (t) => {
  const table: readonly (readonly [number, string, string])[] = [
    [RCODE.FORMERR, 'SERVFAIL', 'other'],
    [RCODE.SERVFAIL, 'SERVFAIL', 'servfail'],
    [RCODE.NXDOMAIN, 'NXDOMAIN', 'nxdomain'],
    [RCODE.NOTIMP, 'SERVFAIL', 'other'],
    [RCODE.REFUSED, 'SERVFAIL', 'refused'],
    [RCODE.YXDOMAIN, 'YXDOMAIN', 'yxdomain'],
    [9, 'SERVFAIL', 'other'],
  ]
  for (const [rcode, heard, ending] of table) {
    const forwarder = await startForwarder(t, (query) => refused(query, rcode))
    const resolving = startResolving(t, [forwarder.address])
    t.equal((await resolving.ask('www.example.com')).rcode, heard, `${rcode}`)
    t.same(resolving.endings, [`0 ${ending}`])
  }
})
