import { connect } from 'node:net'
import type { Test } from 'tap'
import { dig } from './dig.js'
import { freePort, startPointsman, type Environment, type Pointsman } from './pointsman.js'
import { MASTER_NAME, type RedisTrio } from './redis-trio.js'

/** A Pointsman whose names lead to the servers of a trio: `redis.ha.test` to the master, `replicas.ha.test` to the others. */
export interface RedisNames {
  readonly pointsman: Pointsman
  /** The address that `redis` has now; empty when it has none. */
  readonly master: () => Promise<string>
  /** Those that `replicas` has now, in their order. */
  readonly replicas: () => Promise<readonly string[]>
}

/** Starts one, stopped when the test ends. */
export async function startRedisNames(t: Test, trio: RedisTrio): Promise<RedisNames> {
  const port = await freePort()
  const source = { SOURCE: `redis-sentinel:${MASTER_NAME}`, REDIS_SENTINELS: trio.sentinelList }
  const groups: readonly Environment[] = [
    { NAME: 'master', ...source },
    { NAME: 'replicas', ...source, REDIS_ROLE: 'replica' },
  ]
  const members: Record<string, string> = {}
  for (const [i, group] of groups.entries())
    for (const [name, value] of Object.entries(group))
      members[`TARGET_GROUP_${i + 1}_${name}`] = value
  const pointsman = await startPointsman(t, {
    DNS_HOST: '127.0.0.1',
    DNS_PORT: String(port),
    DNS_ZONE: 'ha.test',
    DNS_RECORD_1_NAME: 'redis',
    DNS_RECORD_1_TARGET_GROUP: 'master',
    DNS_RECORD_2_NAME: 'replicas',
    DNS_RECORD_2_TARGET_GROUP: 'replicas',
    DNS_RECORD_2_ANSWERS: 'all',
    ...members,
  })
  const addresses = async (name: string): Promise<readonly string[]> =>
    (await dig(port, `${name}.ha.test`)).answer.map(({ data }) => data).sort()
  return {
    pointsman,
    master: async () => (await addresses('redis')).join(),
    replicas: () => addresses('replicas'),
  }
}

/** What was seen while the name was asked again and again. */
export interface Sightings {
  /** Questions that were asked. */
  answers: number
  /** Answers without an address. */
  empty: number
  /** Addresses of servers that were a replica before and after the answer. */
  readonly wrong: string[]
}

/** Asks for the name and for the role of who answers, again and again, until it is told to stop. */
export function watchMaster(names: RedisNames, trio: RedisTrio): () => Promise<Sightings> {
  const seen: Sightings = { answers: 0, empty: 0, wrong: [] }
  const end = new AbortController()
  const watching = (async () => {
    while (!end.signal.aborted) {
      const before = await Promise.all(trio.servers.map((each) => each.role()))
      const address = await names.master()
      seen.answers++
      if (address === '') seen.empty++
      else {
        const server = trio.at(address)
        const was = before[trio.servers.indexOf(server)]
        if (was === 'slave' && (await server.role()) === 'slave') seen.wrong.push(address)
      }
    }
  })()
  return async () => {
    end.abort()
    await watching
    return seen
  }
}

/** Notes when the sentinels tell that the master has moved. */
export class SwitchWatch {
  /** `performance.now()` of the first message about each new master's address since the last `forget`. */
  private readonly heardAt = new Map<string, number>()

  constructor(t: Test, trio: RedisTrio) {
    for (const { address, port } of trio.sentinels) {
      const socket = connect(port, address, () => socket.write('SUBSCRIBE +switch-master\r\n'))
      socket.on('error', () => {})
      socket.setEncoding('utf8').on('data', (text: string) => {
        const [, moved = ''] = /mymaster \S+ \d+ (\S+) \d+/.exec(text) ?? []
        if (moved !== '' && !this.heardAt.has(moved)) this.heardAt.set(moved, performance.now())
      })
      t.teardown(() => socket.destroy())
    }
  }

  forget(): void {
    this.heardAt.clear()
  }

  /** When the first sentinel told of this one; undefined when none did. */
  toldAt(address: string): number | undefined {
    return this.heardAt.get(address)
  }
}

/** Resolves with `performance.now()` when the name has another address than this one. */
export async function untilMoved(
  names: RedisNames,
  from: string,
): Promise<{ to: string; at: number }> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const to = await names.master()
    const at = performance.now()
    if (to !== '' && to !== from) return { to, at }
    if (at > deadline) throw new Error(`the name still has ${to || 'no address'}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
