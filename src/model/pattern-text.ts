/** So often at most is something repeated that may be repeated without end, or more often. */
const MOST_REPETITIONS = 64

/** What stands for one character, and how often it may come; a bracket, or a bar. */
const PIECE =
  /\\(?<escape>.)|\[(?<not>\^?)(?<set>(?:\\.|[^\]\\])+)\]|(?<open>\((?:\?:)?)|(?<close>\))|(?<bar>\|)|(?<any>\.)|(?<plain>[^\\[\](){}?*+|.^$])/suy
const OFTEN = /\{(\d+)(?:,\d*)?\}|([?*+])/y

/** A character of each class that has a letter of its own. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['d', '1'],
  ['D', 'a'],
  ['w', 'a'],
  ['W', '-'],
  ['s', ' '],
  ['S', 'a'],
])

/** What is tried for a set that leaves out some characters. */
const ORDINARY = ['a', '1', 'A', '-', '_', ' ', '.', ':', '/']

function inSet(set: string, isNot: boolean): string | undefined {
  const first = set.startsWith('\\') ? escaped(set.charAt(1)) : set.charAt(0)
  if (!isNot) return first
  const excluded = new RegExp(`[${set}]`)
  return ORDINARY.find((character) => !excluded.test(character))
}

function escaped(letter: string): string | undefined {
  const known = CLASSES.get(letter)
  return known ?? (/[A-Za-z0-9]/.test(letter) ? undefined : letter)
}

/** Reads a pattern from left to right, and writes the first text that it finds for each alternative. */
class Writer {
  private at = 0
  private readonly pattern: string

  constructor(pattern: string) {
    this.pattern = pattern
  }

  /** The alternatives up to the closing bracket, or the end; undefined for what is not understood. */
  alternatives(): readonly string[] | undefined {
    const found: string[] = []
    let text = ''
    for (;;) {
      if (this.at >= this.pattern.length) return [...found, text]
      PIECE.lastIndex = this.at
      const groups = PIECE.exec(this.pattern)?.groups
      if (!groups) return undefined
      this.at = PIECE.lastIndex
      if (groups['close'] !== undefined) return [...found, text]
      if (groups['bar'] !== undefined) {
        found.push(text)
        text = ''
        continue
      }
      const piece = this.pieceOf(groups)
      if (piece === undefined) return undefined
      text += piece.repeat(this.often())
    }
  }

  private pieceOf(groups: Readonly<Partial<Record<string, string>>>): string | undefined {
    const { escape, set, not, open, any, plain } = groups
    if (escape !== undefined) return escaped(escape)
    if (set !== undefined) return inSet(set, not === '^')
    if (open !== undefined) return this.alternatives()?.[0]
    return any === undefined ? plain : 'a'
  }

  /** How often what was read last is to come. */
  private often(): number {
    OFTEN.lastIndex = this.at
    const [whole, least, sign] = OFTEN.exec(this.pattern) ?? []
    if (whole === undefined) return 1
    this.at = OFTEN.lastIndex
    return sign === undefined ? Math.min(Number(least), MOST_REPETITIONS) : 1
  }
}

/**
 * Texts that a pattern probably matches, one for each alternative outside of brackets; none for a pattern that is not simple. To be
 * tried, as brackets that look around and the like are taken for others.
 */
export function textsFor(pattern: string): readonly string[] {
  const body = pattern.replace(/^\(\?i\)/, '').replace(/^\^|(?<!\\)\$$/g, '')
  try {
    return new Writer(body).alternatives() ?? []
  } catch {
    // A set that JavaScript reads otherwise than RE2.
    return []
  }
}
