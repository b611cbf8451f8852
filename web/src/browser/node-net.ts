import { ipv6Words } from '../../../src/model/ipv6.js'

/** Stands in for `isIPv6` of `node:net`, for which the model's own reader is exact. */
export function isIPv6(text: string): boolean {
  return ipv6Words(text) !== undefined
}
