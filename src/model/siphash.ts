/** Keys up to so many UTF-16 units are encoded in memory that is kept. */
const SHORT_KEY = 1024

/** What is no half of a pair; Java writes a question mark for it, where the Encoding standard has U+FFFD. */
const LONE_SURROGATES = /\p{Surrogate}/gu

/** The reference's key, bytes 0 to 15, xored into "somepseudorandomlygeneratedbytes": the state to start from, in halves. */
const START = {
  high0: 0x736f6d65 ^ 0x07060504,
  low0: 0x70736575 ^ 0x03020100,
  high1: 0x646f7261 ^ 0x0f0e0d0c,
  low1: 0x6e646f6d ^ 0x0b0a0908,
  high2: 0x6c796765 ^ 0x07060504,
  low2: 0x6e657261 ^ 0x03020100,
  high3: 0x74656462 ^ 0x0f0e0d0c,
  low3: 0x79746573 ^ 0x0b0a0908,
} as const

/**
 * SipHash-2-4 of the bytes 0 to 15 as the key (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; the key is that
 * of Guava's `Hashing.sipHash24()`). In halves of 32 bits: BigInt would allocate at each step.
 */
export class SipHash {
  /** Upper half of the last digest, signed. */
  high = 0
  /** Lower half of the last digest, signed. */
  low = 0
  private readonly scratch = new Uint8Array(SHORT_KEY + 8)

  /** Hashes the text's UTF-8, a lone surrogate as a question mark; the digest is in `high` and `low`. */
  digestText(text: string): void {
    if (this.takesAscii(text)) this.digestBytes(this.scratch, text.length)
    else this.digestBytes(...encoded(text))
  }

  /** Writes a short key without any encoder; false when it is too long, or not ASCII. */
  private takesAscii(text: string): boolean {
    const { length } = text
    if (length > SHORT_KEY) return false
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at)
      if (unit > 0x7f) return false
      this.scratch[at] = unit
    }
    return true
  }

  /** @param bytes with room for eight more after `length` */
  digestBytes(bytes: Uint8Array, length: number): void {
    const blocks = length >>> 3
    bytes.fill(0, length, blocks * 8 + 7)
    bytes[blocks * 8 + 7] = length
    let { high0, low0, high1, low1, high2, low2, high3, low3 }: Record<keyof typeof START, number> =
      START
    for (let block = 0; block <= blocks + 1; block++) {
      const isLast = block > blocks
      const low = isLast ? 0 : wordAt(bytes, block * 8)
      const high = isLast ? 0 : wordAt(bytes, block * 8 + 4)
      high3 ^= high
      low3 ^= low
      if (isLast) low2 ^= 0xff
      for (let rounds = isLast ? 4 : 2; rounds > 0; rounds--) {
        let sum = (low0 >>> 0) + (low1 >>> 0)
        high0 = (high0 + high1 + (sum > 0xffffffff ? 1 : 0)) | 0
        low0 = sum | 0
        let turned = ((high1 << 13) | (low1 >>> 19)) ^ high0
        low1 = ((low1 << 13) | (high1 >>> 19)) ^ low0
        high1 = turned
        sum = (low2 >>> 0) + (low3 >>> 0)
        high2 = (high2 + high3 + (sum > 0xffffffff ? 1 : 0)) | 0
        low2 = sum | 0
        turned = ((high3 << 16) | (low3 >>> 16)) ^ high2
        low3 = ((low3 << 16) | (high3 >>> 16)) ^ low2
        high3 = turned
        // Here v0 is to be turned by 32 bits, which is to swap its halves.
        sum = (high0 >>> 0) + (low3 >>> 0)
        turned = (low0 + high3 + (sum > 0xffffffff ? 1 : 0)) | 0
        low0 = sum | 0
        high0 = turned
        turned = ((high3 << 21) | (low3 >>> 11)) ^ high0
        low3 = ((low3 << 21) | (high3 >>> 11)) ^ low0
        high3 = turned
        sum = (low2 >>> 0) + (low1 >>> 0)
        high2 = (high2 + high1 + (sum > 0xffffffff ? 1 : 0)) | 0
        low2 = sum | 0
        turned = ((high1 << 17) | (low1 >>> 15)) ^ high2
        low1 = ((low1 << 17) | (high1 >>> 15)) ^ low2
        high1 = turned
        turned = high2
        high2 = low2
        low2 = turned
      }
      high0 ^= high
      low0 ^= low
    }
    this.high = high0 ^ high1 ^ high2 ^ high3
    this.low = low0 ^ low1 ^ low2 ^ low3
  }
}

/** Four bytes, the lowest first. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  )
}

function encoded(text: string): [Uint8Array, number] {
  const valid = new TextEncoder().encode(text.replace(LONE_SURROGATES, '?'))
  const bytes = new Uint8Array(valid.length + 8)
  bytes.set(valid)
  return [bytes, valid.length]
}
