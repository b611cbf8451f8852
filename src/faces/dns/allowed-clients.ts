import { BlockList, isIPv6 } from 'node:net'

/** Clients whose answer is remembered; of more than that all are looked up anew. */
const MOST_REMEMBERED = 10_000

/** The clients that may do something, by addresses and networks. A client is looked up once: it takes longer than an answer. */
export class AllowedClients {
  private readonly list = new BlockList()
  private readonly remembered = new Map<string, boolean>()

  /** @param entries IP literals, and networks in CIDR notation */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/')
      const family = isIPv6(address) ? 'ipv6' : 'ipv4'
      if (bits === undefined) this.list.addAddress(address, family)
      else this.list.addSubnet(address, Number(bits), family)
    }
  }

  /** @param client IP literal */
  has(client: string): boolean {
    return this.remembered.get(client) ?? this.lookUp(client)
  }

  private lookUp(client: string): boolean {
    const isAllowed = this.list.check(client, isIPv6(client) ? 'ipv6' : 'ipv4')
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear()
    this.remembered.set(client, isAllowed)
    return isAllowed
  }
}
