import { test, type Test } from 'tap'
import { dig } from '../support/dig.js'
import { startDnsmasq, startNsd, type NameServer } from '../support/name-servers.js'
import { freePort, startPointsman, type Environment } from '../support/pointsman.js'

const MANY = Array.from({ length: 60 }, (_, nth) => `big A 192.0.2.${nth}`).join('\n')
const UP_TEST = `$ORIGIN up.test.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 30
@ NS ns
ns A 127.0.0.1
a A 192.0.2.1
brief 1 A 192.0.2.3
alias CNAME a
${MANY}
`

const GROUP = {
  TARGET_GROUP_1_NAME: 'web',
  TARGET_GROUP_1_TARGETS: '127.0.0.11:80',
  DNS_HOST: '127.0.0.1',
  DNS_ZONE: 'ha.test',
  DNS_RECORD_1_NAME: 'www',
  DNS_RECORD_1_TARGET_GROUP: 'web',
}

interface Resolving {
  readonly port: number
  readonly logged: Awaited<ReturnType<typeof startPointsman>>['logged']
  /** Resolves when a metric of DNS begins with this; counts are told once a second. */
  readonly counted: (start: string) => Promise<void>
}

async function startDns(t: Test, environment: Environment): Promise<Resolving> {
  const port = await freePort()
  const pointsman = await startPointsman(t, { ...GROUP, DNS_PORT: String(port), ...environment })
  const url = `http://127.0.0.1:${pointsman.managementPort}/metrics`
  return {
    port,
    logged: pointsman.logged.bind(pointsman),
    counted: async (start) => {
      while (!(await (await fetch(url)).text()).includes(`\npointsman_dns_${start}`))
        await new Promise((resolve) => setTimeout(resolve, 100))
    },
  }
}

async function startUpTest(t: Test): Promise<NameServer> {
  return startNsd(t, 'up.test', UP_TEST)
}

test('Names outside the zone are answered by a forwarder, and kept while their TTLs count down', async (t) => {
  const nsd = await startUpTest(t)
  const { port } = await startDns(t, { DNS_FORWARDERS: nsd.address })
  const first = await dig(port, 'a.up.test')
  t.match(first, {
    status: 'NOERROR',
    answer: [{ name: 'a.up.test.', ttl: 60, data: '192.0.2.1' }],
  })
  t.ok(first.flags.includes('ra') && !first.flags.includes('aa'), first.flags.join(' '))
  await nsd.stop()
  let again = await dig(port, 'A.uP.tEsT')
  while ((again.answer[0]?.ttl ?? 0) > 58) again = await dig(port, 'A.uP.tEsT')
  t.match(again, { status: 'NOERROR', answer: [{ name: 'A.uP.tEsT.', data: '192.0.2.1' }] })
  t.match(again.text, /^;A\.uP\.tEsT\.\s+IN\s+A$/m, 'the question as it was spelt')
})

test('Answers of forwarders come in each size and kind', async (t) => {
  const nsd = await startUpTest(t)
  const { port } = await startDns(t, { DNS_FORWARDERS: nsd.address })
  for (const round of ['asked', 'kept']) {
    const missing = await dig(port, 'nope.up.test')
    t.match(missing, { status: 'NXDOMAIN', answer: [], authority: [{ type: 'SOA' }] }, round)
    const ttl = missing.authority[0]?.ttl ?? 0
    t.ok(ttl > 0 && ttl <= 30, `${round}: the TTL of the SOA is ${ttl}`)
    const none = await dig(port, 'a.up.test', 'AAAA')
    t.match(none, { status: 'NOERROR', answer: [], authority: [{ type: 'SOA' }] }, round)
    const chain = await dig(port, 'alias.up.test')
    t.match(chain.answer, [{ type: 'CNAME' }, { type: 'A', data: '192.0.2.1' }], round)
    const short = await dig(port, '+noedns', '+ignore', 'big.up.test')
    t.ok(short.flags.includes('tc') && short.size <= 512, round)
    t.equal((await dig(port, '+tcp', 'big.up.test')).answer.length, 60, round)
    t.equal((await dig(port, '+bufsize=1232', '+ignore', 'big.up.test')).answer.length, 60, round)
  }
})

test('When the first forwarder stops the second answers; when it is back all is as before', async (t) => {
  const nsd = await startUpTest(t)
  const dnsmasq = await startDnsmasq(t, '--host-record=a.up.test,b.up.test,192.0.2.2')
  const { port } = await startDns(t, { DNS_FORWARDERS: `${nsd.address},${dnsmasq.address}` })
  t.match((await dig(port, 'brief.up.test')).answer, [{ data: '192.0.2.3' }])
  await nsd.stop()
  t.match((await dig(port, 'a.up.test')).answer, [{ data: '192.0.2.2' }])
  await nsd.start()
  t.match((await dig(port, 'alias.up.test')).answer, [{ type: 'CNAME' }, { data: '192.0.2.1' }])
})

test('When no forwarder is there a client hears at once, and it recovers without a restart', async (t) => {
  const nsd = await startUpTest(t)
  const { port, counted } = await startDns(t, { DNS_FORWARDERS: nsd.address })
  t.match((await dig(port, 'brief.up.test')).answer, [{ ttl: 1, data: '192.0.2.3' }])
  await nsd.stop()
  const failed = await dig(port, 'a.up.test')
  t.equal(failed.status, 'SERVFAIL')
  t.match(failed.text, /EDE: 22 /)
  let stale = await dig(port, 'brief.up.test')
  while (stale.answer[0]?.ttl === 1) stale = await dig(port, 'brief.up.test')
  t.match(stale, { status: 'NOERROR', answer: [{ ttl: 30, data: '192.0.2.3' }] })
  t.match(stale.text, /EDE: 3 /)
  await nsd.start()
  let back = await dig(port, 'a.up.test')
  while (back.status === 'SERVFAIL') back = await dig(port, 'a.up.test')
  t.match(back.answer, [{ data: '192.0.2.1' }])
  for (const outcome of ['noerror', 'unreachable'])
    await counted(`forwarded_queries_total{forwarder="${nsd.address}",outcome="${outcome}"} `)
  for (const result of ['miss', 'stale']) await counted(`cache_lookups_total{result="${result}"} `)
})

test('A forwarder that leads back over another resolver is found out, whichever worker the probe comes back to', async (t) => {
  const port = await freePort()
  const dnsmasq = await startDnsmasq(t, `--server=127.0.0.1#${port}`)
  const nsd = await startUpTest(t)
  const { logged } = await startDns(t, {
    DNS_PORT: String(port),
    DNS_FORWARDERS: `${dnsmasq.address},${nsd.address}`,
    WORKERS: '2',
  })
  const workers = new Set<unknown>()
  await logged((line) => {
    if (line['msg'] === 'forwarder leads back here') workers.add(line['pid'])
    return workers.size === 2
  })
  t.match((await dig(port, 'a.up.test')).answer, [{ data: '192.0.2.1' }])
})
