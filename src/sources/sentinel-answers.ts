import { isIP } from 'node:net'
import type { RedisConnection } from '../clients/redis/redis-connection.js'
import type { Reply } from '../clients/redis/reply.js'
import { PointsmanError } from '../core/errors.js'
import { hostAndPort } from '../core/target.js'
import type { NameBook } from './name-book.js'

/** Where a Redis server is, as a sentinel tells it. */
export interface RedisAddress {
  /** What the sentinel calls it: an address, or a name where sentinels announce names. */
  readonly host: string
  readonly port: number
  /** IPv4 or IPv6 literal. */
  readonly address: string
}

/** Flags of a replica that cannot be used, or was not heard of for long (Redis documentation, "Sentinel API"). */
const UNUSABLE = /(?:^|,)(?:s_down|o_down|disconnected)(?:,|$)/

function malformed(what: string): PointsmanError {
  return new PointsmanError('RESPONSE_MALFORMED', `answer is malformed (${what})`)
}

/** Asks sentinels about the servers of one master's name. */
export class SentinelQuestions {
  private readonly masterName: string
  private readonly addresses: NameBook<string>

  /** @param addresses of host names, where sentinels announce these */
  constructor(masterName: string, addresses: NameBook<string>) {
    this.masterName = masterName
    this.addresses = addresses
  }

  /**
   * Who the master is.
   * @throws as `command` of a connection does; PointsmanError when the sentinel knows none or tells no address
   */
  async master(connection: RedisConnection, signal: AbortSignal): Promise<readonly [RedisAddress]> {
    const reply = await connection.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.masterName)
    if (reply === null)
      throw new PointsmanError('SOURCE_LOST', `knows no master ${this.masterName}`)
    const [host, port] = listIn(reply)
    return [await this.at(host, port, signal)]
  }

  /**
   * The replicas that the sentinel is in touch with.
   * @throws as `master` does
   */
  async replicas(
    connection: RedisConnection,
    signal: AbortSignal,
  ): Promise<readonly RedisAddress[]> {
    await this.master(connection, signal)
    const replicas = listIn(await connection.command('SENTINEL', 'REPLICAS', this.masterName))
    const fields = replicas.map((replica) => fieldsOf(listIn(replica)))
    return Promise.all(
      fields
        .filter((replica) => !UNUSABLE.test(String(replica.get('flags'))))
        .map((replica) => this.at(replica.get('ip'), replica.get('port'), signal)),
    )
  }

  private async at(
    host: Reply | undefined,
    port: Reply | undefined,
    signal: AbortSignal,
  ): Promise<RedisAddress> {
    if (typeof host !== 'string' || !/^[\w.:-]{1,253}$/.test(host)) throw malformed('host')
    const number = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : 0
    if (number < 1 || number > 65535) throw malformed('port')
    const [address = host] = isIP(host) === 0 ? await this.addresses.ask(host, signal) : [host]
    return { host, port: number, address }
  }
}

/** `address:port`. */
export function nameOf({ address, port }: RedisAddress): string {
  return hostAndPort(address, port)
}

function listIn(reply: Reply): readonly Reply[] {
  if (!Array.isArray(reply)) throw malformed('no list')
  // Array.isArray takes a readonly array for any.
  return reply as readonly Reply[]
}

/** Names and values in turn. */
function fieldsOf(list: readonly Reply[]): ReadonlyMap<Reply, Reply | undefined> {
  const fields = new Map<Reply, Reply | undefined>()
  for (let i = 0; i < list.length; i += 2) fields.set(list[i] ?? null, list[i + 1])
  return fields
}
