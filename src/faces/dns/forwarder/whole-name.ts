import { HEADER_BYTES } from '../codes.js'
import { LONGEST_NAME_BYTES, MALFORMED } from '../names.js'

/** A name has no more labels than this: more pointers lead nowhere. */
const MOST_POINTERS = 127

/**
 * Where the name at `start` ends in its place; `MALFORMED` when anything in it is wrong, also behind its pointers. Each of them
 * has to lead back before the piece that it ends, so that none goes in circles (RFC 9267 section 2).
 */
export function endOfWholeName(message: Buffer, start: number): number {
  let at = start
  let pieceAt = start
  let end = MALFORMED
  let length = 0
  for (let pointers = 0; ;) {
    const byte = message[at]
    if (byte === undefined) return MALFORMED
    if (byte < 64) {
      length += byte + 1
      if (length > LONGEST_NAME_BYTES) return MALFORMED
      at += byte + 1
      if (byte === 0) return end === MALFORMED ? at : end
    } else {
      const low = message[at + 1]
      if (byte < 192 || low === undefined || ++pointers > MOST_POINTERS) return MALFORMED
      const target = ((byte & 63) << 8) | low
      if (target < HEADER_BYTES || target >= pieceAt) return MALFORMED
      if (end === MALFORMED) end = at + 2
      at = pieceAt = target
    }
  }
}
