import { test, type Test } from 'tap'
import { dig } from '../support/dig.js'
import { sendDamaged } from '../support/dns-damage.js'
import { dnsEnvironment, type Followed } from '../support/dns-environment.js'
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

const CHECKED = { HEALTH_CHECK: 'tcp', HEALTH_INTERVAL: '100', HEALTH_TIMEOUT: '500' }

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
