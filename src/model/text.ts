/** Longest piece of a parameter that an explanation shows. */
const LONGEST_SHOWN = 100

/** What Java's `Character.isWhitespace` is true for, which leaves out the spaces that do not break a line. */
// eslint-disable-next-line no-control-regex -- Java counts four control characters in
const BLANK = /^[\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]*$/

const ASCII = /^[\x00-\x7f]*$/ // eslint-disable-line no-control-regex -- all of ASCII is meant

const PRINTABLE_ASCII = /^[ -~]*$/

/** Whether a text has nothing but white space, as Redirector sees it. */
export function isBlank(text: string): boolean {
  return BLANK.test(text)
}

/** Whether a text has nothing but what an old typewriter has. */
export function isPrintableAscii(text: string): boolean {
  return PRINTABLE_ASCII.test(text)
}

/** A parameter's value as an explanation shows it: in quotes, on one line, and cut when it is long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text)
}

/**
 * A text such that two are equal when Java's `equalsIgnoreCase` says so: unit by unit, upper case and then lower case, each only
 * where that is one unit.
 */
export function caseFolded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  let folded = ''
  for (let at = 0; at < text.length; at++) folded += foldedUnit(text.charAt(at))
  return folded
}

function foldedUnit(unit: string): string {
  const upper = unit.toUpperCase()
  const lower = (upper.length === 1 ? upper : unit).toLowerCase()
  return lower.length === 1 ? lower : unit
}
