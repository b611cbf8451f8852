/** Bits that each step rotates by, four to a round (RFC 1321 section 3.4). */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const

/** 2³² times the absolute sine of 1 to 64, in radians (section 3.4). */
const SINES = Array.from({ length: 64 }, (_, step) =>
  Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1))),
)

/** The message with a one behind it, zeros, and its length in bits, in whole blocks of 64 bytes (sections 3.1 and 3.2). */
function padded(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 8, message.length << 3, true)
  view.setUint32(bytes.length - 4, Math.floor(message.length / 2 ** 29), true)
  return view
}

/** Which word of the block a step takes, and what it mixes three words to. */
function mixed(step: number, b: number, c: number, d: number): readonly [number, number] {
  switch (step >>> 4) {
    case 0:
      return [step, (b & c) | (~b & d)]
    case 1:
      return [(5 * step + 1) & 15, (b & d) | (c & ~d)]
    case 2:
      return [(3 * step + 5) & 15, b ^ c ^ d]
    default:
      return [(7 * step) & 15, c ^ (b | ~d)]
  }
}

/** MD5 (RFC 1321) in lower-case hex. It protects nothing; Redirector's lists are matched by it, and browsers have none. */
export function md5(message: Uint8Array): string {
  const view = padded(message)
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476])
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a = 0, b = 0, c = 0, d = 0] = state
    for (let step = 0; step < 64; step++) {
      const [word, mix] = mixed(step, b, c, d)
      const sum = (a + mix + (SINES[step] ?? 0) + view.getInt32(block + word * 4, true)) | 0
      const bits = ROTATIONS[step >>> 4]?.[step & 3] ?? 0
      ;[a, d, c, b] = [d, c, b, (b + ((sum << bits) | (sum >>> (32 - bits)))) | 0]
    }
    for (const [index, word] of [a, b, c, d].entries()) state[index] = (state[index] ?? 0) + word
  }
  return [...new Uint8Array(state.buffer)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}
