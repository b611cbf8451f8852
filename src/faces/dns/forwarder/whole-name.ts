import { HEADER_BYTES } from '../codes.js'
import { LONGEST_NAME_BYTES, MALFORMED } from '../names.js'

/** A name has no more labels than this: more pointers lead nowhere. */
const MOST_POINTERS = 127

/** Whether any of these bytes is one of those that are no part of names. */
function touches(notNames: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (notNames[at] === 1) return true
  return false
}

/**
 * Where the name at `start` ends in its place; `MALFORMED` when anything in it is wrong, also behind its pointers. Each of them
 * has to lead to a piece that lies whole before the one that it ends, so that none goes in circles (RFC 9267 section 2).
 * @param notNames 1 for each byte that a name must not be made of
 */
export function endOfWholeName(message: Buffer, start: number, notNames: Uint8Array): number {
  let at = start
  let pieceAt = start
  let pieceLimit = message.length
  let end = MALFORMED
  let length = 0
  for (let pointers = 0; ;) {
    const byte = message[at]
    if (byte === undefined) return MALFORMED
    if (byte < 64) {
      const labelEnd = at + 1 + byte
      length += byte + 1
      if (length > LONGEST_NAME_BYTES || labelEnd > pieceLimit) return MALFORMED
      if (touches(notNames, at, labelEnd)) return MALFORMED
      at = labelEnd
      if (byte === 0) return end === MALFORMED ? at : end
    } else {
      if (byte < 192 || at + 2 > pieceLimit || ++pointers > MOST_POINTERS) return MALFORMED
      if (touches(notNames, at, at + 2)) return MALFORMED
      const target = ((byte & 63) << 8) | (message[at + 1] ?? 0)
      if (target < HEADER_BYTES || target >= pieceAt) return MALFORMED
      if (end === MALFORMED) end = at + 2
      pieceLimit = pieceAt
      at = pieceAt = target
    }
  }
}
