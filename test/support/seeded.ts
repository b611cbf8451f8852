/** Numbers that look random and are the same in every run, uniform in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One of `choices`. */
export function pick<T>(random: () => number, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)]
  if (choice === undefined) throw new Error('nothing to choose from')
  return choice
}

const BYTES = [
  '\0',
  '\t',
  '\n',
  '\r',
  '\r\n',
  ' ',
  ',',
  ':',
  ';',
  '0',
  '5',
  'F',
  '\x7f',
  '\x80',
  '\xff',
]

/** `text` with one to three places damaged: a byte changed, left out, put in, or a piece repeated. */
export function damage(random: () => number, text: string): string {
  let damaged = text
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    const at = Math.floor(random() * damaged.length)
    const end = at + Math.floor(random() * 12)
    const [before, piece] = [damaged.slice(0, at), damaged.slice(at, end)]
    damaged = pick(random, [
      before + pick(random, BYTES) + damaged.slice(at + 1),
      before + pick(random, BYTES) + damaged.slice(at),
      before + damaged.slice(end),
      before + piece + piece + damaged.slice(end),
    ])
  }
  return damaged
}
