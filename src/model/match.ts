import { RE2JS, RE2JSException } from 're2js'
import type { Compilation } from './compilation.js'
import type { Test } from './condition-test.js'
import type { Match } from './document.js'
import { plainPattern } from './plain-pattern.js'
import { below, quoted } from './problems.js'
import type { PatternCheck, PatternProblem } from './validate-conditions.js'

/** Steps of a compiled pattern; those of RE2 are about one for a character, and those of a repetition as often as it may repeat. */
const MOST_STEPS = 10_000

/**
 * Steps times characters of one match. The engine is linear in both, and at its slowest, with a pattern written to that end, takes
 * 0.2 µs for each: so one match never takes longer than about 0.1 s, and one of an ordinary pattern some µs.
 */
const MOST_WORK = 500_000
const LONGEST_INPUT = 4096

/** What Java's expressions have and linear time, or RE2, has not. A pattern is looked at only after RE2 has refused it. */
const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/\(\?[=!]/, 'lookahead'],
  [/\(\?<[=!]/, 'lookbehind'],
  [/\(\?>/, 'atomic groups'],
  [/\\[1-9]|\\k</, 'back-references'],
  [/[*+?}]\+/, 'possessive quantifiers'],
]

/** Whether there is a set inside of a set of characters, which RE2 would in silence read as ordinary characters. */
function hasNestedSet(pattern: string): boolean {
  let isInSet = false
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at, at + 2)
    if (rest === '\\Q') {
      const end = pattern.indexOf('\\E', at)
      at = end < 0 ? pattern.length : end + 1
    } else if (rest.startsWith('\\')) at++
    else if (isInSet && (rest.startsWith('[') || rest === '&&')) return true
    else if (isInSet && rest.startsWith(']')) isInSet = false
    else if (!isInSet && rest.startsWith('[')) {
      isInSet = true
      // A bracket that comes first, or first after the negation, is one of the characters.
      at += /^\^?\]?/.exec(pattern.slice(at + 1, at + 3))?.[0].length ?? 0
    }
  }
  return false
}

interface Compiled {
  readonly matches: (text: string) => boolean
  /** The same for printable ASCII, many times as fast; not every pattern has it. */
  readonly plain: ((text: string) => boolean) | undefined
  /** In UTF-16 units. */
  readonly longestInput: number
}

/** Stands in for a pattern with problems. */
const NOTHING: Compiled = { matches: () => false, plain: undefined, longestInput: 0 }

/** What RE2 says of patterns that are too much for it. */
const TOO_LARGE = /invalid repeat count|too large|too deeply/

function problemOf(pattern: string, reason: string): PatternProblem {
  if (TOO_LARGE.test(reason))
    return { code: 'PatternIsTooLarge', message: 'the pattern repeats or nests too much' }
  const [, feature] = UNSUPPORTED.find(([sign]) => sign.test(pattern)) ?? []
  if (feature)
    return { code: 'PatternIsUnsupported', message: `${feature} cannot be used in patterns` }
  return { code: 'PatternIsInvalid', message: 'this is not a regular expression' }
}

function compilePattern(pattern: string): Compiled | PatternProblem {
  if (hasNestedSet(pattern)) {
    const message = 'sets inside of sets of characters cannot be used in patterns'
    return { code: 'PatternIsUnsupported', message }
  }
  let engine: RE2JS
  try {
    engine = RE2JS.compile(pattern)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    const { code, message } = problemOf(pattern, error.message)
    return { code, message: `${message}: ${error.message}` }
  }
  const steps = engine.programSize()
  if (steps > MOST_STEPS) {
    const message = `the pattern has ${steps} steps, and may have ${MOST_STEPS}`
    return { code: 'PatternIsTooLarge', message }
  }
  return {
    matches: (text) => engine.testExact(text),
    plain: plainPattern(pattern),
    longestInput: Math.min(LONGEST_INPUT, Math.floor(MOST_WORK / steps)),
  }
}

/** Why a pattern cannot be used: it is none, it cannot be run in linear time, or it would take too long. */
export const patternProblem: PatternCheck = (pattern) => {
  const compiled = compilePattern(pattern)
  if (!('code' in compiled)) return undefined
  return { code: compiled.code, message: `${quoted(pattern)}: ${compiled.message}` }
}

/** The whole of a parameter against a regular expression. False for a text too long to look at, negated or not. */
export function compileMatch(match: Match, path: string, compilation: Compilation): Test {
  const { negated, pattern } = match
  const argument = compilation.args.named(match.parameter)
  const ofMissing = negated && compilation.missingMatches
  const compiled = compilePattern(pattern)
  if ('code' in compiled)
    compilation.problems.add(
      compiled.code,
      below(path, 'pattern'),
      `${quoted(pattern)}: ${compiled.message}`,
    )
  const { matches, plain, longestInput } = 'code' in compiled ? NOTHING : compiled
  const isMatch = plain
    ? (text: string) => (argument.isPrintable(text) ? plain(text) : matches(text))
    : matches
  return {
    condition: match,
    holds: () => {
      const { text } = argument
      if (text === undefined) return ofMissing
      return text.length <= longestInput && isMatch(text) !== negated
    },
    why: () => {
      const isTooLong = (argument.text?.length ?? 0) > longestInput
      return `${argument.inWords()}${isTooLong ? `, longer than the ${longestInput} characters that are looked at` : ''}`
    },
  }
}
