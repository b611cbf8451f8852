/** The parts of a Python regular expression in which a `$`, a `\Z` or a group's name means what it says. */
const PARTS = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P<|\$/g

/** Escapes that mean another thing in JavaScript, or nothing. */
const FOREIGN_ESCAPE = /^\\[UN0]/

const LEAST_STATUS = 100
const MOST_STATUS = 999

/** Python's `$` and `\Z` differ, and JavaScript's `$` is the latter. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ['\\A', '^'],
  ['\\Z', '$'],
  ['$', '(?=\\n?$)'],
  ['(?P<', '(?<'],
])

/** A class may begin with the bracket that ends it elsewhere, which JavaScript wants escaped. */
function withClosedClass(part: string): string {
  return part.replace(/^\[(\^?)\]/, '[$1\\]')
}

/**
 * A regular expression of Python in the words of JavaScript.
 * @returns undefined when there is none that certainly means the same
 */
export function javascriptPattern(pattern: string): string | undefined {
  const parts = pattern.match(PARTS) ?? []
  if (parts.some((part) => FOREIGN_ESCAPE.test(part)) || /\{,\d/.test(pattern)) return undefined
  const written = pattern.replace(PARTS, (part) => WRITTEN.get(part) ?? withClosedClass(part))
  try {
    new RegExp(written)
    return written
  } catch {
    return undefined
  }
}

/**
 * The status codes in which a regular expression is found, as HEALTH_STATUS lists them: `200-299,429`.
 * @returns undefined when there are none, or the expression has no words in JavaScript
 */
export function matchingStatuses(pattern: string): string | undefined {
  const written = javascriptPattern(pattern)
  if (written === undefined) return undefined
  const expression = new RegExp(written)
  const ranges: { first: number; last: number }[] = []
  for (let status = LEAST_STATUS; status <= MOST_STATUS; status++) {
    if (!expression.test(String(status))) continue
    const range = ranges.at(-1)
    if (range?.last === status - 1) range.last = status
    else ranges.push({ first: status, last: status })
  }
  const text = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return text.length > 0 ? text.join(',') : undefined
}
