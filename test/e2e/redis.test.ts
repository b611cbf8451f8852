import { test, type Test } from 'tap'
import { FakeRedis, resp } from '../sources/fake-redis.js'
import { dig } from '../support/dig.js'
import { dnsEnvironment } from '../support/dns-environment.js'
import { freePort, startPointsman, type Environment, type Pointsman } from '../support/pointsman.js'
import { eventually } from '../support/eventually.js'
import { failOver, startSecuredRedis } from '../support/redis-secured.js'
import { startRedisAt } from '../support/redis-server.js'
import { targetsOf, untilState } from '../support/status.js'

const CHECKS: Environment = {
  HEALTH_CHECK: 'redis',
  HEALTH_INTERVAL: '100',
  HEALTH_TIMEOUT: '1000',
  REDIS_USERNAME: 'pointsman',
  REDIS_PASSWORD: 'look',
}

/** A name of the zone, `redis`, with this group behind it. */
async function startName(
  t: Test,
  group: Environment,
  targets?: string,
): Promise<{ pointsman: Pointsman; becomes: (address: string) => Promise<void> }> {
  const port = await freePort()
  const followed = { name: 'redis', group, ...(targets !== undefined && { targets }) }
  const pointsman = await startPointsman(t, dnsEnvironment(port, [followed]))
  const becomes = (address: string): Promise<void> =>
    eventually(`the name is at ${address || 'nobody'}`, async () => {
      const { status, answer } = await dig(port, 'redis.ha.test')
      if (answer.length === 0) return address === '' && status === 'SERVFAIL'
      return answer.map(({ data }) => data).join() === address
    })
  return { pointsman, becomes }
}

test('A name leads to the Redis server that its checks find to be the master', async (t) => {
  const user = ['--user', 'pointsman', 'on', '>look', '+ping', '+role']
  const options = [...user, '--requirepass', 'p@ss']
  const first = await startRedisAt(t, '127.0.0.38', ...options)
  const second = await startRedisAt(
    t,
    '127.0.0.39',
    ...options,
    ...['--masterauth', 'p@ss', '--replicaof', first.address, String(first.port)],
  )
  const list = [first, second].map(({ address, port }) => `${address}:${port}`).join()
  const group = { ...CHECKS, REDIS_ROLE: 'master' }
  const { pointsman, becomes } = await startName(t, group, list)
  await becomes(first.address)
  t.match(await untilState(pointsman, second.address, 'unhealthy'), {
    id: `redis://127.0.0.39:${second.port}`,
    reason: 'role is replica, expected master',
    serves: false,
  })

  await first.kill()
  await becomes('')
  t.match((await untilState(pointsman, first.address, 'unhealthy')).reason, /connect refused/)
  await second.says('--pass', 'p@ss', 'REPLICAOF', 'NO', 'ONE')
  await becomes(second.address)
})

test('A name follows a sentinel and servers that want passwords and TLS', async (t) => {
  const { servers, sentinel, group } = await startSecuredRedis(t)
  const [first, second] = servers
  const { pointsman, becomes } = await startName(t, group)
  await becomes(first?.address ?? '')
  await failOver(sentinel)
  await becomes(second?.address ?? '')
  t.equal(await second?.role(), 'master')
  t.match(await targetsOf(pointsman), [
    { id: `redis://127.0.0.36:${second?.port}`, state: 'healthy', serves: true },
  ])
  t.same(
    pointsman.logs.filter(({ level }) => Number(level) > 30).map(({ msg }) => msg),
    [],
    'nothing to warn of',
  )
})

test('What a sentinel or a server refuses is told', async (t) => {
  const { group } = await startSecuredRedis(t)
  const cases: readonly (readonly [Environment, RegExp])[] = [
    [{ REDIS_SENTINEL_PASSWORD: 'wrong' }, /login refused: WRONGPASS/],
    [{ REDIS_PASSWORD: 'wrong' }, /login refused: WRONGPASS/],
    [{ TLS_SERVER_NAME: 'other.test' }, /certificate not accepted/],
  ]
  for (const [wrong, reason] of cases) {
    const { pointsman, becomes } = await startName(t, { ...group, ...wrong })
    const told = await pointsman.logged(({ msg }) => msg === 'source lost')
    t.match(JSON.stringify(told), reason)
    await becomes('')
  }
})

test('A name does not wait until a check has asked again who said that it is the master', async (t) => {
  const hasRole = resp(['master', '0', []])
  const server = await FakeRedis.start(t, '127.0.0.1', ([command]) =>
    command === 'ROLE' ? hasRole : undefined,
  )
  const sentinel = await FakeRedis.start(t, '127.0.0.1', () =>
    resp([server.address, String(server.port)]),
  )
  const { becomes, pointsman } = await startName(t, {
    SOURCE: 'redis-sentinel:mymaster',
    REDIS_SENTINELS: `127.0.0.1:${sentinel.port}`,
    HEALTH_TIMEOUT: '4000',
    HEALTH_INTERVAL: '600',
    HEALTH_FALL: '1',
  })
  await becomes('127.0.0.1')
  t.match((await untilState(pointsman, '127.0.0.1', 'unhealthy')).reason, /no answer/)
})
