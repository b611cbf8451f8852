const UPPER_A = 65
const UPPER_Z = 90
const TO_LOWER = 32

/** Bytes of a name in a message, with its root (RFC 1035 section 2.3.4). */
export const LONGEST_NAME_BYTES = 255
/** Bytes of one label; larger first bytes are pointers, or mean nothing. */
const LONGEST_LABEL_BYTES = 63
const POINTER = 0xc0
const POINTER_BYTES = 2

/** What ends are told as when a name has none. */
export const MALFORMED = -1

const folded = Buffer.alloc(LONGEST_NAME_BYTES)

/**
 * Where the name at `start` ends, behind its root; `MALFORMED` when it leaves the message, is too long, or has a pointer in
 * it: there is nothing that the first name of a message could point to.
 */
export function endOfPlainName(message: Buffer, start: number): number {
  let at = start
  while (at - start < LONGEST_NAME_BYTES) {
    const length = message[at] ?? POINTER
    if (length === 0) return at + 1
    if (length > LONGEST_LABEL_BYTES) return MALFORMED
    at += length + 1
  }
  return MALFORMED
}

/**
 * Where the name at `start` ends, be it with its root or with a pointer; `MALFORMED` when it is none. What it points to has
 * to lie before it, and is not looked at (RFC 9267 section 2 says what comes of following pointers).
 */
export function endOfName(message: Buffer, start: number): number {
  let at = start
  while (at - start < LONGEST_NAME_BYTES) {
    const length = message[at] ?? LONGEST_LABEL_BYTES + 1
    if (length === 0) return at + 1
    if (length >= POINTER) {
      const offset = ((length & ~POINTER) << 8) | (message[at + 1] ?? LONGEST_NAME_BYTES)
      return at + POINTER_BYTES <= message.length && offset < start ? at + POINTER_BYTES : MALFORMED
    }
    if (length > LONGEST_LABEL_BYTES) return MALFORMED
    at += length + 1
  }
  return MALFORMED
}

/**
 * The bytes of a name as a key: with the length before each label but without the root, one character for each byte, A to Z
 * in lower case and no others (RFC 4343). Lengths are smaller than any letter, so that they stay as they are.
 * @param end where the root is
 */
export function nameKey(message: Buffer, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    const byte = message[at] ?? 0
    folded[at - start] = byte >= UPPER_A && byte <= UPPER_Z ? byte + TO_LOWER : byte
  }
  return folded.toString('latin1', 0, end - start)
}

/** The key of a name as people write it, without its last dot: `www.ha.test`; the root is the empty text. */
export function keyOf(name: string): string {
  if (name === '') return ''
  const labels = name.toLowerCase().split('.')
  return labels.map((label) => String.fromCharCode(label.length) + label).join('')
}

/** The name of a key as people write it, with what may not stand there as it is escaped (RFC 1035 section 5.1). */
export function nameOf(key: string): string {
  const labels: string[] = []
  for (let at = 0; at < key.length; at += key.charCodeAt(at) + 1)
    labels.push(escaped(key.slice(at + 1, at + 1 + key.charCodeAt(at))))
  return labels.join('.')
}

/** The key of what a name is directly below; the root has nothing above it, and is its own. */
export function parentOf(key: string): string {
  return key.slice(key.charCodeAt(0) + 1)
}

/** A name as it stands in a message, without compression. */
export function nameBytes(key: string): Buffer {
  return Buffer.from(`${key}\0`, 'latin1')
}

function escaped(label: string): string {
  return label.replace(/[^!-~]|[.\\]/g, (character) =>
    character === '.' || character === '\\'
      ? `\\${character}`
      : `\\${String(character.charCodeAt(0)).padStart(3, '0')}`,
  )
}
