import { isIP } from 'node:net'
import { plainAddress, type TrustedPeers } from './client-connection.js'

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
