import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { selfSigned } from './certificate.js'
import { freePort, type Environment } from './pointsman.js'
import { eventually } from './eventually.js'
import { RedisProcess } from './redis-process.js'

const SERVERS = ['127.0.0.35', '127.0.0.36']
const SENTINEL = '127.0.0.37'
const NAME = 'redis.test'
const PASSWORD = 'p@ss:w/o%rd'
const SENTINEL_PASSWORD = 's3cret'
const LOGIN = ['--pass', PASSWORD, '--tls', '--insecure']

/** A master, its replica and a sentinel that want passwords; all but the clients of the sentinel speak TLS. */
export interface SecuredRedis {
  readonly servers: readonly RedisProcess[]
  readonly sentinel: RedisProcess
  /** What a group has to say, by the last part of the names, to be led to the master. */
  readonly group: Environment
}

/** Starts the three, at first with the master at 127.0.0.35; stopped and gone when the test ends. */
export async function startSecuredRedis(t: Test): Promise<SecuredRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-redis-'))
  const { cert, key } = selfSigned(NAME)
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  const tls = [
    ['tls-cert-file', certFile],
    ['tls-key-file', keyFile],
    ['tls-ca-cert-file', certFile],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
  ]
  const start = (address: string, program: string, port: number, lines: readonly string[][]) => {
    const dir = join(folder, address)
    mkdirSync(dir)
    const conf = join(dir, 'redis.conf')
    const all = [['dir', dir], ['bind', address], ...tls, ...lines]
    writeFileSync(conf, all.map((words) => words.join(' ')).join('\n'))
    const access = program === 'redis-server' ? LOGIN : ['--pass', SENTINEL_PASSWORD]
    return new RedisProcess(address, port, [program, conf], access)
  }
  const port = await freePort(SERVERS)
  const servers = SERVERS.map((address, i) =>
    start(address, 'redis-server', port, [
      ['port', '0'],
      ['tls-port', String(port)],
      ['save', '""'],
      ['requirepass', PASSWORD],
      ['masterauth', PASSWORD],
      ['user', 'pointsman', 'on', '>look', '+ping', '+role'],
      ['replica-announce-ip', address],
      ['repl-diskless-sync-delay', '0'],
      ...(i === 0 ? [] : [['replicaof', SERVERS[0] ?? '', String(port)]]),
    ]),
  )
  const sentinelPort = await freePort([SENTINEL])
  const sentinel = start(SENTINEL, 'redis-sentinel', sentinelPort, [
    ['port', String(sentinelPort)],
    ['requirepass', SENTINEL_PASSWORD],
    ['sentinel', 'monitor', 'mymaster', SERVERS[0] ?? '', String(port), '1'],
    ['sentinel', 'auth-pass', 'mymaster', PASSWORD],
    ['sentinel', 'failover-timeout', 'mymaster', '3000'],
  ])
  t.teardown(async () => {
    await Promise.all([sentinel, ...servers].map((each) => each.kill()))
    rmSync(folder, { recursive: true })
  })
  await Promise.all(servers.map((each) => each.start()))
  await sentinel.start()
  return {
    servers,
    sentinel,
    group: {
      SOURCE: 'redis-sentinel:mymaster',
      REDIS_SENTINELS: `${SENTINEL}:${sentinelPort}`,
      REDIS_SENTINEL_PASSWORD: SENTINEL_PASSWORD,
      REDIS_USERNAME: 'pointsman',
      REDIS_PASSWORD: 'look',
      REDIS_TLS: 'true',
      TLS_CA_FILE: certFile,
      TLS_SERVER_NAME: NAME,
    },
  }
}

/** Makes the sentinel move the master to the replica, as soon as it can. */
export async function failOver(sentinel: RedisProcess): Promise<void> {
  await eventually(
    'a replica to fail over to',
    async () => (await sentinel.says('SENTINEL', 'FAILOVER', 'mymaster'))[0] === 'OK',
    60_000,
  )
}
