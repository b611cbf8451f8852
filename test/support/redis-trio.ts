import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './pointsman.js'
import { eventually } from './eventually.js'
import { RedisProcess } from './redis-process.js'

const ADDRESSES = ['127.0.0.31', '127.0.0.32', '127.0.0.33']
const UNSAVED = ['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0']

/** What the sentinels call the servers. */
export const MASTER_NAME = 'mymaster'

/** Three Redis servers, at first with the master at 127.0.0.31, and a sentinel beside each; two of them decide. */
export class RedisTrio {
  readonly servers: readonly RedisProcess[]
  readonly sentinels: readonly RedisProcess[]

  constructor(servers: readonly RedisProcess[], sentinels: readonly RedisProcess[]) {
    this.servers = servers
    this.sentinels = sentinels
  }

  /** As `REDIS_SENTINELS` has it. */
  get sentinelList(): string {
    return this.sentinels.map(({ address, port }) => `${address}:${port}`).join(', ')
  }

  at(address: string): RedisProcess {
    const server = this.servers.find((each) => each.address === address)
    if (!server) throw new Error(`there is no server at ${address}`)
    return server
  }

  /** The server that the first running sentinel names. */
  async master(): Promise<RedisProcess> {
    const sentinel = this.sentinels.find(({ isRunning }) => isRunning)
    const [address = ''] =
      (await sentinel?.says('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME)) ?? []
    return this.at(address)
  }

  /** Makes a sentinel move the master to a replica, as soon as there is one that can be it. */
  async failover(): Promise<void> {
    const [sentinel] = this.sentinels
    await eventually(
      'a replica to fail over to',
      async () => (await sentinel?.says('SENTINEL', 'FAILOVER', MASTER_NAME))?.[0] === 'OK',
      60_000,
    )
  }

  async start(): Promise<void> {
    const [master, ...replicas] = this.servers
    await master?.start()
    await Promise.all(
      replicas.map((each) => each.start('--replicaof', master?.address ?? '', String(each.port))),
    )
    await eventually('both replicas are connected', async () => {
      const lines = (await master?.says('INFO', 'replication')) ?? []
      return lines.filter((line) => /^slave\d:.*state=online/.test(line)).length === 2
    })
    await Promise.all(this.sentinels.map((each) => each.start()))
    await eventually('every sentinel knows the others and both replicas', async () => {
      const known = await Promise.all(this.sentinels.map((each) => this.knownTo(each)))
      return known.every((each) => each === '2 2')
    })
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((each) => each.kill()))
  }

  private async knownTo(sentinel: RedisProcess): Promise<string> {
    const lines = await sentinel.says('SENTINEL', 'MASTER', MASTER_NAME)
    const value = (name: string): string => lines[lines.indexOf(name) + 1] ?? ''
    return `${value('num-slaves')} ${value('num-other-sentinels')}`
  }
}

function sentinelConf(address: string, port: number, serverPort: number): string {
  return `
bind ${address}
port ${port}
sentinel announce-ip ${address}
sentinel monitor ${MASTER_NAME} ${ADDRESSES[0] ?? ''} ${serverPort} 2
sentinel down-after-milliseconds ${MASTER_NAME} 1000
sentinel failover-timeout ${MASTER_NAME} 3000
`
}

/** Starts three servers and three sentinels that know each other; stopped and gone when the test ends. */
export async function startRedisTrio(t: Test): Promise<RedisTrio> {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-redis-'))
  const port = await freePort(ADDRESSES)
  const servers = ADDRESSES.map((address) => {
    const dir = join(folder, address)
    mkdirSync(dir)
    const own = ['--dir', dir, '--bind', address, '--port', String(port)]
    const options = [...own, '--replica-announce-ip', address, ...UNSAVED]
    return new RedisProcess(address, port, ['redis-server', ...options])
  })
  const sentinels = await Promise.all(
    ADDRESSES.map(async (address) => {
      const sentinelPort = await freePort([address])
      const conf = join(folder, address, 'sentinel.conf')
      writeFileSync(conf, sentinelConf(address, sentinelPort, port))
      return new RedisProcess(address, sentinelPort, ['redis-sentinel', conf])
    }),
  )
  const trio = new RedisTrio(servers, sentinels)
  t.teardown(async () => {
    await trio.stop()
    rmSync(folder, { recursive: true })
  })
  await trio.start()
  return trio
}
