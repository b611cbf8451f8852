/** The finalizer of MurmurHash3: each bit of `hash` changes half of the bits of what it gives, a 32-bit unsigned integer. */
export function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** FNV-1a over the text's UTF-16 code units from `basis` on, mixed: a 32-bit unsigned integer, the same in every process. */
export function hashText(text: string, basis = 0x811c9dc5): number {
  let hash = basis
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(hash)
}
