/** One step of an ordinary pattern: something that stands for one character with how often, a bracket, or a bar. */
const STEP =
  /(?:\\[dw]|\\[!-/:-@[-`{-~]|[A-Za-z0-9 _:,/@#%&=~!<>;'"-]|\.|\[\^?(?:[A-Za-z0-9 _:.,/-]|\\[dw.-])+\])(?<often>\{\d+\}|[?*+]|\{\d+,\d*\})?|(?<opening>\((?:\?:)?)|(?<closing>\))(?<repeated>\{\d+\})?|(?<bar>\|)/y

const EXACT = /^\{\d+\}$/

/** What may go more than one way, so far. */
interface Choices {
  /** Characters that may come more or less often. */
  readonly repetitions: number
  /** Groups of alternatives. */
  readonly forks: number
}

/** Counts the choices of a pattern; undefined when there is anything in it that is not understood here. */
class ChoiceCounter {
  private repetitions = 0
  private readonly forked = new Set<number>()
  /** The groups that are open, each by its number, with the choices before it. */
  private readonly open: { readonly group: number; readonly before: Choices }[] = []
  private groups = 0

  get choices(): Choices {
    return { repetitions: this.repetitions, forks: this.forked.size }
  }

  get hasBarOutside(): boolean {
    return this.forked.has(0)
  }

  get isBalanced(): boolean {
    return this.open.length === 0
  }

  /** @returns false for what must not be repeated as a whole */
  take({ often, opening, closing, repeated, bar }: Partial<Record<string, string>>): boolean {
    if (often !== undefined && !EXACT.test(often)) this.repetitions++
    if (opening !== undefined) this.open.push({ group: ++this.groups, before: this.choices })
    if (bar !== undefined) this.forked.add(this.open.at(-1)?.group ?? 0)
    if (closing === undefined) return true
    const before = this.open.pop()?.before
    if (!before) return false
    const { repetitions, forks } = this.choices
    return repeated === undefined || (repetitions === before.repetitions && forks === before.forks)
  }
}

function choicesOf(body: string): ChoiceCounter | undefined {
  const counter = new ChoiceCounter()
  for (let at = 0; at < body.length; at = STEP.lastIndex) {
    STEP.lastIndex = at
    const step = STEP.exec(body)
    if (!step?.groups || !counter.take(step.groups)) return undefined
  }
  return counter.isBalanced ? counter : undefined
}

/** Nothing but characters that stand for themselves. */
const LITERAL = /^[A-Za-z0-9 _:,/@#%&=~!<>;'"-]*$/

function literalPattern(start: string, body: string, end: string): (text: string) => boolean {
  if (start === '' && end === '') return (text) => text === body
  if (start === '') return (text) => text.startsWith(body)
  return end === '' ? (text) => text.endsWith(body) : (text) => text.includes(body)
}

/**
 * A matcher by JavaScript's own expressions, for patterns with which it cannot take more than linear time; undefined for others.
 * It backtracks, which costs as many tries as there are ways through the pattern: here at most one character that may come more or
 * less often, and at most one group of alternatives, and nothing repeated that has either. A `.*` at an end counts for nothing, as
 * it is left out together with the anchor; at the beginning it is a repetition itself, namely of the place to begin at.
 * @returns to be asked of printable ASCII only: with that, both engines and Java's mean the same by everything allowed here
 */
export function plainPattern(pattern: string): ((text: string) => boolean) | undefined {
  const ignoresCase = pattern.startsWith('(?i)')
  const [, start = '', body = '', end = ''] =
    /^\^?(\.\*)?(.*?)((?<!\\)\.\*)?(?:(?<!\\)\$)?$/s.exec(
      ignoresCase ? pattern.slice(4) : pattern,
    ) ?? []
  const counter = choicesOf(body)
  if (!counter) return undefined
  const { repetitions, forks } = counter.choices
  if (forks > 1 || repetitions > (start === '' ? 1 : 0)) return undefined
  if (counter.hasBarOutside && start + end !== '') return undefined
  if (LITERAL.test(body) && !ignoresCase) return literalPattern(start, body, end)
  const source = `${start === '' ? '^' : ''}(?:${body})${end === '' ? '$' : ''}`
  const expression = new RegExp(source, ignoresCase ? 'i' : '')
  return (text) => expression.test(text)
}

/** Characters that stand for themselves, each neither repeated nor left out. */
const START = /^\^?((?:[A-Za-z0-9 _:,/@#%&=~!<>;'"-](?![?*+{]))*)/

/** What every text that a whole pattern matches begins with; empty when that is not known. */
export function literalStart(pattern: string): string {
  return pattern.includes('|') ? '' : (START.exec(pattern)?.[1] ?? '')
}
