import type { Followed } from '../support/dns-environment.js'
import { MASTER_NAME, type RedisTrio } from '../support/redis-trio.js'
import type { Shell } from './shell.js'

const ADDRESSES = ['127.0.0.31', '127.0.0.32', '127.0.0.33']
const MASTER = '$D +short redis.ha.test'
const ITS_ROLE = `redis-cli -h $(${MASTER}) -p $REDIS_PORT role | head -1`

/** A name for the master of the trio, and two that cannot be known. */
export function redisNames(trio: RedisTrio): readonly Followed[] {
  const source = { SOURCE: `redis-sentinel:${MASTER_NAME}`, REDIS_SENTINELS: trio.sentinelList }
  return [
    { name: 'redis', group: { ...source, HEALTH_INTERVAL: '500' } },
    { name: 'refused', group: { ...source, REDIS_SENTINEL_PASSWORD: 'wrong' } },
    { name: 'nobody', group: { ...source, SOURCE: 'redis-sentinel:nobody' } },
  ]
}

/** The name of the master when sentinels fail over, when it dies, and when the sentinels do. */
export async function redis(shell: Shell, trio: RedisTrio): Promise<void> {
  const [, second] = trio.sentinels
  const others = (address: string): RegExp =>
    new RegExp(`^(?:${ADDRESSES.filter((each) => each !== address).join('|')})\\n$`)
  await shell.soon(['17', MASTER, '127.0.0.31'])
  await trio.failover()
  await shell.soon(['17', MASTER, others('127.0.0.31')], ['17', ITS_ROLE, 'master'])
  await second?.kill()
  const before = (await shell.output(MASTER)).trim()
  await shell.now(['18', `sleep 2; ${MASTER}`, before])
  await second?.start()
  await trio.at(before).kill()
  await shell.soon(['17', MASTER, others(before)], ['17', ITS_ROLE, 'master'])

  const files = (await shell.output('ls /proc/$PID/fd | wc -l')).trim()
  const last = (await shell.output(MASTER)).trim()
  await Promise.all(trio.sentinels.map((each) => each.kill()))
  await shell.soon(
    ['18', 'curl -s $STATUS', /0 of 3 sentinels answer, 2 are needed/],
    ['18', MASTER, last],
    ['18', ITS_ROLE, 'master'],
    [
      '18',
      `test $(ls /proc/$PID/fd | wc -l) -le $((${files} + 10)) && echo no more files`,
      'no more files',
    ],
  )
}

/** What is said of sentinels that are asked for something else than they know. */
export async function redisTroubles(shell: Shell): Promise<void> {
  await shell.soon(
    ['18', 'curl -s $STATUS', /login refused: ERR AUTH/],
    ['18', 'curl -s $STATUS', /knows no master nobody/],
    ['18', '$D refused.ha.test', /status: SERVFAIL/],
    ['18', '$D nobody.ha.test', /status: SERVFAIL/],
  )
}
