import { TYPES } from '../codes.js'
import { MALFORMED } from '../names.js'
import type { RecordPlace } from './records.js'
import { endOfWholeName } from './whole-name.js'

/** What the data of a record looks like: so many bytes, so many names, so many bytes. */
type Shape = readonly [before: number, names: number, after: number]

/** The types whose data may hold compressed names (RFC 3597 section 4), and those of fixed length: what is in them can be checked. */
const SHAPES: Readonly<Partial<Record<number, Shape>>> = {
  [TYPES.A]: [4, 0, 0],
  [TYPES.NS]: [0, 1, 0],
  [TYPES.CNAME]: [0, 1, 0],
  [TYPES.SOA]: [0, 2, 20],
  [TYPES.PTR]: [0, 1, 0],
  [TYPES.MX]: [2, 1, 0],
  [TYPES.AAAA]: [16, 0, 0],
  [TYPES.SRV]: [6, 1, 0],
  [TYPES.DNAME]: [0, 1, 0],
}

/** Whether these bytes of a message can be the data of a record of this type; `notNames` as for `endOfWholeName`. */
export function isWellFormed(
  message: Buffer,
  { type, dataAt: start, end }: RecordPlace,
  notNames: Uint8Array,
): boolean {
  const shape = SHAPES[type]
  if (!shape) return true
  const [before, names, after] = shape
  let at = start + before
  for (let left = names; left > 0; left--) {
    at = endOfWholeName(message, at, notNames)
    if (at === MALFORMED) return false
  }
  return at + after === end
}
