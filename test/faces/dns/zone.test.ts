import { test } from 'tap'
import { DOWN, KEPT, recordOf, World, type GroupOf, type Reply } from './world.js'

const THREE = ['127.0.0.11', '127.0.0.12', '127.0.0.13']
const SIX = ['[2001:db8::1]', '[2001:db8::2]']

const SOA = {
  mname: 'ns.ha.test',
  rname: 'hostmaster.ha.test',
  serial: 1,
  refresh: 3600,
  retry: 600,
  expire: 86_400,
  minimum: 10,
}

/** A zone with one name, `www`, unless there are `labels`, each with its group. */
function worldOf(group: GroupOf, answers = 1): World {
  return new World({ records: [recordOf('www', answers)] }).take({ www: group })
}

function authority({ authorities = [] }: Reply): readonly object[] {
  return authorities.map((each) => ({ ...each }))
}

test('Each answer begins one target further, from the first one on', async (t) => {
  const world = worldOf({ targets: THREE })
  t.same(await world.firsts('www.ha.test', 6), [...THREE, ...THREE])
  const reply = await world.ask('www.ha.test')
  t.match(reply, { rcode: 'NOERROR', flag_aa: true, flag_ra: false, flag_tc: false, id: 7 })
  t.match(reply.answers, [{ name: 'www.ha.test', type: 'A', class: 'IN', ttl: 10 }])
})

test('A target that is down is left out, and the others get its share evenly', async (t) => {
  const world = worldOf({ targets: THREE, standings: { '127.0.0.12': DOWN } })
  const [first, , third] = THREE
  t.same(await world.firsts('www.ha.test', 6), [first, third, first, third, first, third])
})

test('Families are chosen from apart: questions for one do not turn the other', async (t) => {
  const world = worldOf({ targets: [...THREE.slice(0, 2), ...SIX] })
  const [first, second] = THREE
  t.same(await world.firsts('www.ha.test', 2, 'AAAA'), ['2001:db8::1', '2001:db8::2'])
  t.same(await world.firsts('www.ha.test', 3), [first, second, first])
  t.same(await world.firsts('www.ha.test', 1, 'AAAA'), ['2001:db8::1'])
})

test('An address with several ports is answered once', async (t) => {
  const world = worldOf({ targets: ['127.0.0.1:81', '127.0.0.1:82', '127.0.0.2:81'] }, 0)
  t.same([...(await world.ask('www.ha.test')).data].sort(), ['127.0.0.1', '127.0.0.2'])
})

test('An answer has as many addresses as it is to have, and each at most once', async (t) => {
  for (const [answers, expected] of [
    [2, 2],
    [3, 3],
    [5, 3],
    [0, 3],
  ] as const) {
    const { data } = await worldOf({ targets: THREE }, answers).ask('www.ha.test')
    t.equal(data.length, expected)
    t.equal(new Set(data).size, expected)
    t.equal(data[0], THREE[0])
  }
})

test('The same client is sent to the same target where the algorithm says so', async (t) => {
  for (const algorithm of ['STICKY', 'CONSISTENT_HASH'] as const) {
    const world = worldOf({ targets: THREE, settings: { algorithm } })
    const seen = new Set<unknown>()
    for (let client = 1; client < 40; client++) {
      const ask = async (address: string): Promise<unknown> =>
        (await world.ask('www.ha.test', 'A', {}, address)).data[0]
      const first = await ask(`10.0.0.${client}`)
      t.equal(await ask(`10.0.0.${client}`), first)
      t.equal(await ask(`::ffff:10.0.0.${client}`), first, 'on a socket for both families')
      seen.add(first)
    }
    t.equal(seen.size, 3)
  }
})

test('What has nothing of a type says so with the SOA record, and what is not there as well', async (t) => {
  const world = new World({ records: [recordOf('www'), recordOf('one.two.ent')] }).take({
    www: { targets: THREE },
    'one.two.ent': { targets: THREE },
  })
  const cases: readonly [string, string, string][] = [
    ['www.ha.test', 'AAAA', 'NOERROR'],
    ['www.ha.test', 'UNKNOWN_1000', 'NOERROR'],
    ['www.ha.test', 'SOA', 'NOERROR'],
    ['two.ent.ha.test', 'A', 'NOERROR'],
    ['ent.ha.test', 'ANY', 'NOERROR'],
    ['ha.test', 'A', 'NOERROR'],
    ['_why.ha.test', 'TXT', 'NXDOMAIN'],
    ['nope.ha.test', 'A', 'NXDOMAIN'],
    ['x.www.ha.test', 'A', 'NXDOMAIN'],
    ['a.very.long.name.below.the.zone.ha.test', 'ANY', 'NXDOMAIN'],
  ]
  for (const [name, type, rcode] of cases) {
    const reply = await world.ask(name, type)
    t.match(reply, { rcode, flag_aa: true, answers: [] }, `${name} ${type}`)
    t.match(authority(reply), [{ name: 'ha.test', type: 'SOA', ttl: 10, data: SOA }], name)
  }
})

test('The zone says who is responsible for it, and where that is', async (t) => {
  const world = new World()
  const soa = await world.ask('Ha.Test', 'SOA')
  t.match(soa.answers, [
    { name: 'Ha.Test', type: 'SOA', data: { mname: 'ns.Ha.Test', minimum: 10 } },
  ])
  const ns = await world.ask('ha.test', 'NS')
  t.same(ns.data, ['ns.ha.test'])
  t.match(ns.additionals, [
    { name: 'ns.ha.test', type: 'A', data: '192.0.2.53' },
    { name: 'ns.ha.test', type: 'AAAA', data: '2001:db8::53' },
  ])
  t.same((await world.ask('ns.ha.test')).data, ['192.0.2.53'])
  t.same((await world.ask('ns.ha.test', 'AAAA')).data, ['2001:db8::53'])
})

test('A name server elsewhere is told with its whole name', async (t) => {
  const world = new World({ nameServer: 'ns.example', nameServerAddresses: [] })
  t.same((await world.ask('ha.test', 'NS')).data, ['ns.example'])
  t.match((await world.ask('nope.ha.test')).authorities, [{ data: { mname: 'ns.example' } }])
})

test('The zone itself can follow a group', async (t) => {
  const world = new World({ records: [recordOf('@')] }).take({ '@': { targets: THREE } })
  t.same((await world.ask('ha.test')).data, ['127.0.0.11'])
  t.same((await world.ask('ha.test', 'NS')).data, ['ns.ha.test'])
  t.equal((await world.ask('_why.ha.test', 'TXT')).rcode, 'NOERROR')
})

test('All types together are answered with one small record', async (t) => {
  const reply = await worldOf({ targets: THREE }, 0).ask('www.ha.test', 'ANY')
  t.match(reply.answers, [{ type: 'HINFO', data: { cpu: 'RFC8482', os: '' } }])
  t.equal(reply.answers?.length, 1)
})

test('When no target serves, that is told, and not that there is none', async (t) => {
  const down = Object.fromEntries(THREE.map((address) => [address, DOWN]))
  const kept = Object.fromEntries(THREE.map((address) => [address, KEPT]))
  const cases: readonly [string, GroupOf, string, string, number][] = [
    ['none of them', { targets: THREE, standings: down }, 'A', 'SERVFAIL', 0],
    ['a type they never had', { targets: THREE, standings: down }, 'AAAA', 'NOERROR', 0],
    ['all, fail open', { targets: THREE, standings: kept }, 'A', 'NOERROR', 3],
    ['none is known', { targets: [] }, 'A', 'SERVFAIL', 0],
    [
      'the other family serves',
      { targets: [...THREE, ...SIX], standings: down },
      'A',
      'NOERROR',
      0,
    ],
    ['and is answered', { targets: [...THREE, ...SIX], standings: down }, 'AAAA', 'NOERROR', 2],
  ]
  for (const [what, group, type, rcode, addresses] of cases) {
    const { rcode: seen, data } = await worldOf(group, 0).ask('www.ha.test', type)
    t.same([seen, data.length], [rcode, addresses], what)
  }
})

test('A name says in words what it is answered with, and why', async (t) => {
  const world = worldOf({
    targets: [...THREE, '127.0.0.14'],
    standings: {
      '127.0.0.11': { state: 'healthy', serves: true },
      '127.0.0.12': DOWN,
      '127.0.0.14': KEPT,
    },
  })
  await world.firsts('www.ha.test', 2)
  const { data } = await world.ask('_why.www.ha.test', 'TXT')
  t.same([data].flat(2).map(String), [
    'www.ha.test: 1 of the targets of www, of which 3 of 4 serve',
    'ROUND_ROBIN: each answer begins one target further',
    'the last A answer began with http://127.0.0.13:80',
    'http://127.0.0.11:80 (weight 1): healthy, serves',
    'http://127.0.0.12:80 (weight 1): unhealthy, left out: 3 checks failed',
    'http://127.0.0.13:80 (weight 1): not checked yet, serves',
    'http://127.0.0.14:80 (weight 1): unhealthy, serves for no other does: 3 checks failed',
  ])
  t.same(await world.firsts('www.ha.test', 1), ['127.0.0.14'], 'asking took no turn')
})

test('A name that follows a role tells who has it, and who has yet to prove it', async (t) => {
  const world = worldOf({
    targets: THREE,
    standings: {
      '127.0.0.11': { state: 'healthy', serves: false },
      '127.0.0.12': { state: 'healthy', serves: true },
    },
    settings: { role: { name: 'primary', exclusive: true } },
  })
  t.same(await world.firsts('www.ha.test', 2), ['127.0.0.12', '127.0.0.12'])
  const { data } = await world.ask('_why.www.ha.test', 'TXT')
  t.same([data].flat(2).map(String).slice(-3), [
    'http://127.0.0.11:80 (weight 1): healthy, left out: another target is the primary',
    'http://127.0.0.12:80 (weight 1): healthy, serves',
    'http://127.0.0.13:80 (weight 1): not checked yet, left out: it has not proved to be primary',
  ])
})

test('What is answered is counted by target, and what was asked by type and outcome', async (t) => {
  const world = worldOf({ targets: THREE })
  await world.firsts('www.ha.test', 4)
  await world.ask('nope.ha.test', 'MX')
  await world.respond(Buffer.alloc(3))
  const report = world.traffic.take()
  const counted = report?.additions.filter(([count]) => !count.endsWith('Bytes'))
  t.same(counted, [
    ['ignored', ['udp'], 1],
    ['queries', ['udp', 'A', 'NOERROR'], 4],
    ['queries', ['udp', 'MX', 'NXDOMAIN'], 1],
    ['answers', ['www.ha.test', 'www', 'http://127.0.0.11:80'], 2],
    ['answers', ['www.ha.test', 'www', 'http://127.0.0.12:80'], 1],
    ['answers', ['www.ha.test', 'www', 'http://127.0.0.13:80'], 1],
  ])
  t.equal(world.traffic.take(), undefined)
})
