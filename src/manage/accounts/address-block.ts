import { plainAddress } from '../../core/client-address.js'
import { ipv6Words } from '../../model/ipv6.js'

/** What belongs to one customer of a network: an IPv4 address, or the /64 of an IPv6 one (RFC 6177). */
export function addressBlock(address: string): string {
  const plain = plainAddress(address)
  const words = plain.includes(':') ? ipv6Words(plain) : undefined
  return words ? `${words[0] >>> 0}:${words[1] >>> 0}` : plain
}
