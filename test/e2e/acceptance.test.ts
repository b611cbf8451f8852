import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type Test } from 'tap'
import { forwarding, SECOND_KNOWS, UP_TEST } from '../acceptance/forwarding.js'
import { hosts, mountedHosts } from '../acceptance/hosts.js'
import { postgres, postgresNames } from '../acceptance/postgres.js'
import { protocol } from '../acceptance/protocol.js'
import { redis, redisNames, redisTroubles } from '../acceptance/redis.js'
import { selection, startWebTargets } from '../acceptance/selection.js'
import { Shell } from '../acceptance/shell.js'
import { dnsEnvironment, type Followed } from '../support/dns-environment.js'
import { addressOf, startForwarder } from '../support/fake-forwarder.js'
import { NO_MOUNTS } from '../support/hosts.js'
import { startHungListener } from '../support/hung-listener.js'
import { startDnsmasq, startNsd } from '../support/name-servers.js'
import { freePort, startPointsman, type Pointsman } from '../support/pointsman.js'
import { startPostgresPair } from '../support/postgres-pair.js'
import { startRedisTrio } from '../support/redis-trio.js'
import { TcpTargets } from '../support/tcp-targets.js'

const APP = resolve('dist/app.js')
/** The numbers of the commands, as the list of acceptance commands has them. */
const LISTED = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
  ...[25, 26, 27, 28, 29],
]

const SIXTY = Array.from({ length: 60 }, (_, nth) => `10.9.0.${nth + 1}`).join()
const CHECKED = { HEALTH_CHECK: 'tcp', HEALTH_INTERVAL: '100', HEALTH_TIMEOUT: '1000' }
const SEQUENTIAL = { ...CHECKED, ALGORITHM: 'SEQUENTIAL' }

/** The names for everything but Redis and PostgreSQL. */
async function names(t: Test, targets: TcpTargets): Promise<readonly Followed[]> {
  const list = targets.list('127.0.0.11', '127.0.0.12', '127.0.0.13')
  const closed = `127.0.0.51:${targets.port}, 127.0.0.52:${targets.port}`
  return [
    { name: 'www', targets: list, group: CHECKED },
    { name: 'ap', targets: list, group: SEQUENTIAL },
    { name: 'stays', targets: list, group: { ...SEQUENTIAL, FAILBACK: 'false' } },
    { name: 'one.two.ent', targets: '127.0.0.11' },
    { name: 'big', targets: SIXTY, answers: 'all' },
    { name: 'six', targets: '[2001:db8::1]' },
    { name: 'dead', targets: closed, group: CHECKED },
    { name: 'kept', targets: closed, group: { ...CHECKED, ALL_DOWN: 'all' }, answers: 'all' },
    ...(await startWebTargets(t)),
  ]
}

/** Asks one that has just been started, whose first checks take some seconds, and that has no forwarders. */
async function beforeTheFirstChecks(t: Test, shell: Shell, port: number): Promise<void> {
  const target = `127.0.0.1:${await startHungListener(t)}`
  const slow = { HEALTH_TIMEOUT: '5000', HEALTH_FALL: '1' }
  const role = { ...slow, HEALTH_CHECK: 'redis', REDIS_ROLE: 'master' }
  const starting = startPointsman(
    t,
    dnsEnvironment(port, [
      { name: 'new', targets: target, group: { ...slow, HEALTH_CHECK: 'tcp' } },
      { name: 'master', targets: target, group: role },
    ]),
  )
  const ask = '$D -p $PORT_WITHOUT'
  await shell.soon(['16', `${ask} +short new.ha.test`, '127.0.0.1'])
  await shell.now(['16', `${ask} master.ha.test`, /status: SERVFAIL/, /ANSWER: 0,/])
  await starting
  await shell.soon(['16', `${ask} new.ha.test`, /status: SERVFAIL/])
}

/** One whose forwarder says something wrong before it says what is right. */
async function startLiedTo(t: Test, port: number): Promise<Pointsman> {
  const forwarder = await startForwarder(t, (query) => {
    const wrong = { ...query, id: (query.id ?? 0) ^ 1 }
    forwarder.answer(query, addressOf(wrong, '203.0.113.66'))
    forwarder.answer(query, addressOf({ ...query, questions: [] }, '203.0.113.66'))
    return addressOf(query)
  })
  const name = { name: 'www', targets: '127.0.0.11' }
  return startPointsman(t, {
    ...dnsEnvironment(port, [name]),
    DNS_FORWARDERS: `127.0.0.1:${forwarder.port}`,
  })
}

test('What a command of the acceptance list shows is what is expected of it', async (t) => {
  const [port, portWithout, portLiedTo] = [await freePort(), await freePort(), await freePort()]
  const targets = await TcpTargets.start(t, '127.0.0.11', '127.0.0.12', '127.0.0.13')
  const [trio, pair, first, second] = await Promise.all([
    startRedisTrio(t),
    startPostgresPair(t),
    startNsd(t, 'up.test', UP_TEST),
    startDnsmasq(t, SECOND_KNOWS),
  ])
  const followed = await names(t, targets)
  const authority = join(t.testdirName, 'postgres.pem')
  writeFileSync(authority, pair.certificate.cert)
  const pointsman = await startPointsman(t, {
    ...dnsEnvironment(port, [...followed, ...redisNames(trio), ...postgresNames(pair, authority)]),
    DNS_FORWARDERS: `${first.address}, ${second.address}`,
    DNS_ALLOW_RECURSION: '127.0.0.0/16',
  })
  const liedTo = await startLiedTo(t, portLiedTo)
  const shell = new Shell(t, {
    PORT: String(port),
    PORT_WITHOUT: String(portWithout),
    PORT_LIED_TO: String(portLiedTo),
    METRICS_LIED_TO: `http://127.0.0.1:${liedTo.managementPort}/metrics`,
    APP,
    PID: String(pointsman.pid),
    STATUS: `http://127.0.0.1:${pointsman.managementPort}/api/status`,
    REDIS_PORT: String(trio.servers[0]?.port),
    POSTGRES_PORT: String(pair.port),
  })
  await t.test('selection and health', (t) => selection(shell.within(t), targets))
  await t.test('protocol', (t) => protocol(t, shell.within(t), port))
  await t.test('at the start', (part) => beforeTheFirstChecks(t, shell.within(part), portWithout))
  await t.test('forwarding', (t) => forwarding(shell.within(t), first, second))
  await t.test('PostgreSQL', (t) => postgres(shell.within(t), pair))
  await t.test('Redis Sentinel, asked wrongly', (t) => redisTroubles(shell.within(t)))
  await t.test('Redis Sentinel', (t) => redis(shell.within(t), trio))
  await t.test('hosts file', (t) => hosts(t, shell))
  await t.test('hosts file that is mounted', { skip: NO_MOUNTS }, (t) => mountedHosts(t, shell))
  t.same(shell.numbers, LISTED, 'none of the list is left out')
})
