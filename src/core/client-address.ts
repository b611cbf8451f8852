import { BlockList, isIP, isIPv6 } from 'node:net'

const MAPPED_IPV4 = '::ffff:'

/** The address as people write it: an IPv4 client of a dual-stack socket is an IPv4 client. */
export function plainAddress(address: string): string {
  const mapped = address.startsWith(MAPPED_IPV4) && address.includes('.')
  return mapped ? address.slice(MAPPED_IPV4.length) : address
}

/** Whose forwarded fields are believed: addresses and CIDRs, checked by the configuration. */
export class TrustedPeers {
  private readonly list = new BlockList()
  private readonly isEmpty: boolean

  constructor(entries: readonly string[]) {
    this.isEmpty = entries.length === 0
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/')
      const family = isIPv6(address) ? 'ipv6' : 'ipv4'
      if (bits === undefined) this.list.addAddress(address, family)
      else this.list.addSubnet(address, Number(bits), family)
    }
  }

  includes(address: string): boolean {
    return !this.isEmpty && this.list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }
}

/**
 * Who a request comes from, as far as it can be believed: the last address in the list of `X-Forwarded-For` that is not a
 * trusted peer's own, read from the end, where the trusted peers wrote.
 * @param peer the address of the connection
 * @param list the field's values, joined
 */
export function clientAddress(
  peer: string,
  list: string | undefined,
  trusted: TrustedPeers,
): string {
  if (list === undefined || !trusted.includes(peer)) return peer
  let believed = peer
  for (const member of list.split(',').reverse()) {
    const address = plainAddress(member.trim())
    // What a trusted peer calls `unknown`, or by a name, is as far as one can see.
    if (isIP(address) === 0) return believed
    believed = address
    if (!trusted.includes(address)) return believed
  }
  return believed
}
