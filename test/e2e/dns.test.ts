import { test, type Test } from 'tap'
import { TcpAsker } from '../faces/dns/serving.js'
import { queryOf } from '../faces/dns/world.js'
import { dig } from '../support/dig.js'
import { sendDamaged } from '../support/dns-damage.js'
import { dnsEnvironment, type Followed } from '../support/dns-environment.js'
import { startHungListener } from '../support/hung-listener.js'
import { freePort, startPointsman, type Environment, type Pointsman } from '../support/pointsman.js'
import { seeded } from '../support/seeded.js'
import { TcpTargets } from '../support/tcp-targets.js'

const SIXTY = Array.from({ length: 60 }, (_, nth) => `10.9.0.${nth + 1}`)
const [FIRST, SECOND, THIRD] = ['127.0.0.11', '127.0.0.12', '127.0.0.13']

const STATIC: readonly Followed[] = [
  { name: 'www', targets: `${FIRST},${SECOND},${THIRD}` },
  { name: 'ap', targets: `${FIRST},${SECOND}`, group: { ALGORITHM: 'SEQUENTIAL' } },
  { name: 'one.two.ent', targets: FIRST },
  { name: 'big', targets: SIXTY.join(','), answers: 'all' },
  { name: 'six', targets: '[2001:db8::1]' },
]

interface Served {
  readonly port: number
  readonly pointsman: Pointsman
}

async function serve(
  t: Test,
  followed: readonly Followed[],
  others: Environment = {},
): Promise<Served> {
  const port = await freePort()
  const pointsman = await startPointsman(t, { ...dnsEnvironment(port, followed), ...others })
  return { port, pointsman }
}

/** The addresses of so many answers, in their order. */
async function addresses(port: number, name: string, count: number): Promise<readonly string[]> {
  const seen: string[] = []
  for (let nth = 0; nth < count; nth++)
    seen.push(...(await dig(port, name)).answer.map(({ data }) => data))
  return seen
}

test('dig gets what the zone has, and is told what it has not', async (t) => {
  const { port, pointsman } = await serve(t, STATIC)
  t.equal((await pointsman.logged(({ msg }) => msg === 'serving'))['dns'], `127.0.0.1:${port}`)

  const plain = await dig(port, '+norec', '+noedns', 'WwW.Ha.TeSt', 'A')
  t.match(plain, { status: 'NOERROR', flags: ['qr', 'aa'], answer: [{ ttl: 10, data: FIRST }] })
  t.match(plain.text, /^;WwW\.Ha\.TeSt\.\s+IN\s+A$/m)
  t.notMatch(plain.text, /OPT/)

  for (const question of [
    ['www.ha.test', 'AAAA'],
    ['two.ent.ha.test', 'A'],
    ['www.ha.test', 'TYPE1000'],
    ['six.ha.test', 'A'],
  ]) {
    const nodata = await dig(port, '+norec', ...question)
    t.match(nodata, {
      status: 'NOERROR',
      answer: [],
      authority: [{ name: 'ha.test.', type: 'SOA' }],
    })
    t.ok((nodata.authority[0]?.ttl ?? 11) <= 10)
  }
  for (const name of ['nope.ha.test', 'x.www.ha.test']) {
    const missing = await dig(port, '+norec', name)
    t.match(missing, { status: 'NXDOMAIN', flags: ['qr', 'aa'], authority: [{ type: 'SOA' }] })
  }
  t.match(await dig(port, 'ha.test', 'SOA'), { answer: [{ type: 'SOA' }] })
  const [ns] = (await dig(port, 'ha.test', 'NS')).answer
  t.equal(ns?.data, 'ns.ha.test.')
  t.match(await dig(port, ns?.data ?? ''), { answer: [{ data: '127.0.0.1' }] })
  t.match(await dig(port, 'six.ha.test', 'AAAA'), { answer: [{ data: '2001:db8::1' }] })
})

test('dig and the server agree on EDNS, and on answers that are too long', async (t) => {
  const { port } = await serve(t, STATIC)
  const edns = await dig(port, '+dnssec', '+ednsopt=100:abcd', 'www.ha.test')
  t.match(edns.text, /EDNS: version: 0, flags: do; udp: 1232/)
  t.notMatch(edns.text, /OPT=100/)
  t.match(await dig(port, '+edns=1', '+noednsneg', 'www.ha.test'), { status: 'BADVERS' })
  t.notMatch((await dig(port, '+ednsflags=0x4321', 'www.ha.test')).text, /MBZ/)

  const plain = await dig(port, '+norec', '+noedns', '+ignore', 'big.ha.test')
  t.ok(plain.flags.includes('tc') && plain.size <= 512)
  const small = await dig(port, '+nocookie', '+bufsize=512', '+ignore', 'big.ha.test')
  t.ok(small.flags.includes('tc') && small.size <= 512)
  t.match(small.text, /OPT PSEUDOSECTION/)
  for (const way of [['+bufsize=4096', '+ignore'], ['+tcp'], ['+noedns']]) {
    const whole = await dig(port, ...way, 'big.ha.test')
    t.notOk(whole.flags.includes('tc'))
    t.equal(new Set(whole.answer.map(({ data }) => data)).size, 60, way.join(' '))
  }
})

test('dig is refused what is not done here', async (t) => {
  const { port } = await serve(t, STATIC)
  const odd = await dig(port, '+norec', '+noedns', '+opcode=15', '+header-only')
  t.equal(odd.status, 'NOTIMP')
  t.match((await dig(port, 'ha.test', 'AXFR')).text, /Transfer failed/)
  t.match(await dig(port, 'version.bind', 'TXT', 'CH'), { status: 'REFUSED', answer: [] })
  const any = await dig(port, '+notcp', '+ignore', 'www.ha.test', 'ANY')
  t.match(any, { status: 'NOERROR', answer: [{ type: 'HINFO' }] })
  t.ok(any.size < 100)
  const foreign = await dig(port, 'www.example')
  t.match(foreign, { status: 'REFUSED', flags: ['qr', 'rd'] })
  t.match(foreign.text, /EDE: 20/)
})

test('dig asks twice over one connection, and a client that never ends its query harms nobody', async (t) => {
  const { port } = await serve(t, STATIC)
  const halfway = await TcpAsker.connect(t, port)
  halfway.socket.write(Buffer.from([0]))
  const { text } = await dig(port, '+tcp', '+keepopen', 'www.ha.test', 'A', 'www.ha.test', 'AAAA')
  t.equal(text.match(/status: NOERROR/g)?.length, 2)
  halfway.socket.write(TcpAsker.frame(queryOf('www.ha.test')).subarray(1))
  t.equal((await halfway.receive(1)).length, 1)
})

const CHECKED = { HEALTH_CHECK: 'tcp', HEALTH_INTERVAL: '100', HEALTH_TIMEOUT: '500' }

const GROUPS = ['www', 'ap', 'stays']

/**
 * Waits until a target has come into a state in every group.
 * @param after how many lines of the log say nothing of it
 * @returns how many lines there are by then
 */
async function until({ pointsman }: Served, host: string, to: string, after = 0): Promise<number> {
  for (const group of GROUPS)
    await pointsman.logged((line) => {
      const isIt = line['msg'] === 'target' && String(line['target']).includes(host)
      const isThere = isIt && line['group'] === group && line['to'] === to
      return isThere && pointsman.logs.indexOf(line) >= after
    })
  return pointsman.logs.length
}

test('Names follow the targets that are well, turn by turn or by their order', async (t) => {
  const targets = await TcpTargets.start(t, FIRST, SECOND, THIRD)
  const all = targets.list(FIRST, SECOND, THIRD)
  const served = await serve(t, [
    { name: 'www', targets: all, group: CHECKED },
    { name: 'ap', targets: all, group: { ...CHECKED, ALGORITHM: 'SEQUENTIAL' } },
    {
      name: 'stays',
      targets: all,
      group: { ...CHECKED, ALGORITHM: 'SEQUENTIAL', FAILBACK: 'false' },
    },
  ])
  const { port } = served
  t.same(await addresses(port, 'www.ha.test', 6), [FIRST, SECOND, THIRD, FIRST, SECOND, THIRD])
  t.same(await addresses(port, 'ap.ha.test', 2), [FIRST, FIRST])

  await targets.stop(SECOND)
  const down = await until(served, SECOND, 'unhealthy')
  const six = await addresses(port, 'www.ha.test', 6)
  t.same([...six].sort(), [FIRST, FIRST, FIRST, THIRD, THIRD, THIRD])
  const { text } = await dig(port, '_why.www.ha.test', 'TXT')
  t.match(text, new RegExp(`${SECOND}:\\d+ \\(weight 1\\): unhealthy, left out: 3 checks failed`))

  await targets.start(SECOND)
  const known = await until(served, SECOND, 'healthy', down)
  await targets.stop(FIRST)
  await until(served, FIRST, 'unhealthy', known)
  t.same(await addresses(port, 'ap.ha.test', 2), [SECOND, SECOND])
  await targets.start(FIRST)
  await until(served, FIRST, 'healthy', known)
  t.same(await addresses(port, 'ap.ha.test', 1), [FIRST], 'fails back')
  t.same(await addresses(port, 'stays.ha.test', 1), [SECOND], 'does not')
})

test('When every target is down, a name does as it is told', async (t) => {
  const targets = await TcpTargets.start(t, FIRST, SECOND)
  const all = targets.list(FIRST, SECOND)
  const served = await serve(t, [
    { name: 'none', targets: all, group: CHECKED, answers: 'all' },
    { name: 'every', targets: all, group: { ...CHECKED, ALL_DOWN: 'all' }, answers: 'all' },
    { name: 'last', targets: all, group: { ...CHECKED, ALL_DOWN: 'last' }, answers: 'all' },
  ])
  const { port, pointsman } = served
  await targets.stop(FIRST)
  for (const group of ['none', 'every', 'last'])
    await pointsman.logged((line) => line['group'] === group && line['to'] === 'unhealthy')
  await targets.stop(SECOND)
  for (const group of ['none', 'every', 'last'])
    await pointsman.logged(
      (line) =>
        line['group'] === group &&
        String(line['target']).includes(SECOND) &&
        line['to'] === 'unhealthy',
    )
  const none = await dig(port, 'none.ha.test')
  t.match(none, { status: 'SERVFAIL', answer: [] })
  t.match(none.text, /EDE: 0 .*none of the targets is healthy/)
  t.match(await dig(port, 'none.ha.test', 'AAAA'), { status: 'NOERROR', answer: [] })
  t.same([...(await addresses(port, 'every.ha.test', 1))].sort(), [FIRST, SECOND])
  t.same(await addresses(port, 'last.ha.test', 1), [SECOND])
})

test('Before the first checks have ended a name has all of its targets', async (t) => {
  const port = await freePort()
  // Nobody answers there, nor says that nobody does: the first check takes its time-out.
  const target = `127.0.0.1:${await startHungListener(t)}`
  const slow = { ...CHECKED, HEALTH_TIMEOUT: '3000' }
  const environment = dnsEnvironment(port, [{ name: 'new', targets: target, group: slow }])
  const starting = startPointsman(t, environment)
  let seen = await dig(port, 'new.ha.test').catch(() => undefined)
  while (!seen) seen = await dig(port, 'new.ha.test').catch(() => undefined)
  t.match(seen, { status: 'NOERROR', answer: [{ data: '127.0.0.1' }] })
  await starting
  t.match(await dig(port, 'new.ha.test'), { status: 'SERVFAIL' })
})

test('Several processes answer at one port, and what they count is added up', async (t) => {
  const { port, pointsman } = await serve(t, STATIC, { WORKERS: '2' })
  const asked = Array.from({ length: 40 }, () => dig(port, 'www.ha.test'))
  for (const { status } of await Promise.all(asked)) t.equal(status, 'NOERROR')
  for (let nth = 0; nth < 4; nth++)
    t.match(await dig(port, '+tcp', 'www.ha.test'), { status: 'NOERROR' })
  const series =
    /^pointsman_dns_queries_total\{transport="(\w+)",type="A",rcode="NOERROR"\} (\d+)$/gm
  const counts = async (): Promise<Readonly<Record<string, number>>> => {
    const response = await fetch(`http://127.0.0.1:${pointsman.managementPort}/metrics`)
    const lines = [...(await response.text()).matchAll(series)]
    return Object.fromEntries(lines.map(([, transport = '', count]) => [transport, Number(count)]))
  }
  const deadline = Date.now() + 10_000
  let seen = await counts()
  while ((seen['udp'] !== 40 || seen['tcp'] !== 4) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    seen = await counts()
  }
  t.same(seen, { udp: 40, tcp: 4 })
  t.equal(await pointsman.stop(), 0)
})

test('Damaged queries are refused or passed over, and the next ones answered', async (t) => {
  const { port, pointsman } = await serve(t, STATIC)
  const { answered, odd } = await sendDamaged(port, 20_000, seeded(2026))
  t.same(odd, [])
  t.ok(answered > 5000, `${answered} were answered`)
  t.match(await dig(port, '+tcp', 'www.ha.test'), { status: 'NOERROR' })
  t.equal(await pointsman.stop(), 0)
})
