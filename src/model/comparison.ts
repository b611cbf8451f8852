import { compareWords } from './address.js'
import { ipv6Words, type Words } from './ipv6.js'
import type { Argument } from './argument.js'
import type { Compilation } from './compilation.js'
import type { Test } from './condition-test.js'
import type { Comparison, Relation } from './document.js'
import { compareVersions, readDouble, readVersion } from './numbers.js'

/** Whether a relation holds, by how the left side stands to the right one: below 0, 0, above 0, or NaN when they are unordered. */
const VERDICTS: Readonly<Record<Relation, (order: number) => boolean>> = {
  equals: (order) => order === 0,
  notEqual: (order) => order !== 0,
  lessThan: (order) => order < 0,
  lessOrEqual: (order) => order <= 0,
  greaterThan: (order) => order > 0,
  greaterOrEqual: (order) => order >= 0,
}

/** How a parameter that is there stands to the value. */
type Order = (text: string) => number

function compareNumbers(left: number, right: number): number {
  // A difference would not do: infinities are equal to themselves.
  if (left === right) return 0
  if (left < right) return -1
  return left > right ? 1 : NaN
}

/** By UTF-16 units, as Java does it. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** What is no IPv6 address is below all that are, and equal to its kind. */
function compareIpv6(left: Words | undefined, right: Words | undefined): number {
  if (left && right) return compareWords(left, right)
  return Number(left !== undefined) - Number(right !== undefined)
}

function textOrder({ value, caseSensitive }: Comparison, argument: Argument): Order {
  if (caseSensitive) return (text) => compareTexts(text, value)
  const lowered = value.toLowerCase()
  argument.lower()
  return () => compareTexts(argument.lowered ?? '', lowered)
}

function orderOf(comparison: Comparison, argument: Argument): Order {
  switch (comparison.type) {
    case 'string':
      return textOrder(comparison, argument)
    case 'version': {
      const version = readVersion(comparison.value)
      return (text) => compareVersions(argument.asVersion(text), version)
    }
    case 'ipv6': {
      const words = ipv6Words(comparison.value)
      return (text) => compareIpv6(argument.asIpv6(text), words)
    }
    case 'none':
    case 'numeric': {
      const asText = textOrder(comparison, argument)
      const right = readDouble(comparison.value)
      if (right === undefined) return asText
      return (text) => {
        const left = argument.asNumber(text)
        return left === undefined ? asText(text) : compareNumbers(left, right)
      }
    }
  }
}

/** Whether a comparison asks for nothing else than whether texts are equal, as they are or in lower case. */
export function isTextEquality({ kind, type, value }: Comparison): boolean {
  if (kind !== 'equals') return false
  return (
    type === 'string' ||
    ((type === 'none' || type === 'numeric') && readDouble(value) === undefined)
  )
}

/** The most frequent test by far has a way of its own: to order two texts takes many times as long. */
function compileTextEquality(
  { value, caseSensitive }: Comparison,
  argument: Argument,
): Test['holds'] {
  if (caseSensitive) return () => argument.text === value
  const lowered = value.toLowerCase()
  argument.lower()
  return () => argument.lowered === lowered
}

function compileOrder(
  comparison: Comparison,
  argument: Argument,
  ofMissing: boolean,
): Test['holds'] {
  const order = orderOf(comparison, argument)
  const verdict = VERDICTS[comparison.kind]
  return () => (argument.text === undefined ? ofMissing : verdict(order(argument.text)))
}

/** A parameter against a value; false when it is missing, also for `notEqual` unless the application wants that. */
export function compileComparison(comparison: Comparison, compilation: Compilation): Test {
  const argument = compilation.args.named(comparison.parameter)
  const ofMissing = comparison.kind === 'notEqual' && compilation.missingMatches
  const holds = isTextEquality(comparison)
    ? compileTextEquality(comparison, argument)
    : compileOrder(comparison, argument, ofMissing)
  return { condition: comparison, holds, why: () => argument.inWords() }
}
