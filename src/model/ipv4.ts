const ZERO = 0x30
const DOT_FROM_ZERO = 0x2e - ZERO

/**
 * An IPv4 address as an integer of 32 bits, signed: four numbers up to 255 with dots between them. Undefined for everything else, also
 * for a number with zeros before it.
 */
export function ipv4Word(text: string): number | undefined {
  let [word, part, digits, dots] = [0, 0, 0, 0]
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit === DOT_FROM_ZERO && digits > 0 && dots < 3) {
      word = (word << 8) | part
      part = digits = 0
      dots++
    } else if (digit >= 0 && digit <= 9 && (digits === 0 || part > 0)) {
      part = part * 10 + digit
      digits++
      if (part > 255) return undefined
    } else return undefined
  }
  return dots === 3 && digits > 0 ? (word << 8) | part : undefined
}
