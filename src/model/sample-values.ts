import { readNetwork } from './address.js'
import type { Comparison, Condition, Membership, NamespacedList } from './document.js'
import { ipv6Words, type Words } from './ipv6.js'
import { readDouble } from './numbers.js'
import { textsFor } from './pattern-text.js'
import { encodedValue } from './values.js'

/** What no condition names. */
const FOREIGN = 'something-else'

/** Literals and values of lists that are looked at: the first ones and the last. */
const MOST_VALUES = 4

/** A value for a parameter; undefined for none. */
export type SampleValue = string | undefined

function shownWords(words: Words, family: 4 | 6): string {
  const [, , , last] = words
  if (family === 4) return [24, 16, 8, 0].map((bits) => (last >>> bits) & 0xff).join('.')
  return words
    .flatMap((word) => [word >>> 16, word & 0xffff].map((part) => part.toString(16)))
    .join(':')
}

/** The address so far above or below another, unless it overflows. */
function neighbour(words: Words, step: 1 | -1): Words | undefined {
  const next = [...words] as [number, number, number, number]
  for (let at = 3; at >= 0; at--) {
    next[at] = ((next[at] ?? 0) + step) | 0
    const overflows = step === 1 ? next[at] === 0 : next[at] === -1
    if (!overflows) return next
  }
  return undefined
}

function shownNeighbour(words: Words, family: 4 | 6, step: 1 | -1): readonly string[] {
  const next = neighbour(words, step)
  return next ? [shownWords(next, family)] : []
}

/** Both ends of a network, and the addresses before and behind it. */
function addressesAround(value: string): readonly string[] {
  const network = readNetwork(value)
  if (!network) return []
  const { family, low, high } = network
  return [
    shownWords(low, family),
    shownWords(high, family),
    ...shownNeighbour(low, family, -1),
    ...shownNeighbour(high, family, 1),
  ]
}

function versionsAround(value: string): readonly string[] {
  const parts = value.split('.')
  const last = Number(parts.pop())
  if (!Number.isSafeInteger(last)) return []
  return [last + 1, last - 1].map((part) => [...parts, Math.max(part, 0)].join('.'))
}

function comparisonSamples({ value, type }: Comparison): readonly string[] {
  const words = type === 'ipv6' ? ipv6Words(value) : undefined
  if (words) return [value, ...shownNeighbour(words, 6, 1), ...shownNeighbour(words, 6, -1)]
  if (type === 'version') return [value, ...versionsAround(value)]
  const number = type === 'string' ? undefined : readDouble(value)
  if (number !== undefined && Number.isFinite(number))
    return [value, String(number + 1), String(number - 1)]
  // Just behind it, and before it, in the order of texts.
  return [value, `${value}0`, value.slice(0, -1)]
}

function ends<Item>(items: readonly Item[]): readonly Item[] {
  return items.length <= MOST_VALUES
    ? items
    : [...items.slice(0, MOST_VALUES - 1), ...items.slice(-1)]
}

function membershipSamples(
  { kind, values, lists }: Membership,
  known: ReadonlyMap<string, NamespacedList>,
): readonly string[] {
  const listed = ends(lists).flatMap((name) => {
    const { type = 'text', values: all = [] } = known.get(name) ?? {}
    return ends(all).map((value) => (type === 'encoded' ? encodedValue(value) : value))
  })
  const named = [...ends(values), ...listed]
  return kind === 'contains' ? named : named.flatMap(addressesAround)
}

/**
 * Values of a condition's parameter that are worth to be tried: those at its borders, which hold, and those beside them, which do
 * not. Of a junction nothing is told.
 */
export function samplesFor(
  condition: Exclude<Condition, { of: unknown } | { percent: unknown }>,
  lists: ReadonlyMap<string, NamespacedList>,
): readonly SampleValue[] {
  switch (condition.kind) {
    case 'contains':
    case 'inIpRange':
      return [...membershipSamples(condition, lists), FOREIGN, '192.0.2.1']
    case 'matches':
      return [...textsFor(condition.pattern), FOREIGN, '']
    case 'isEmpty':
      return [undefined, '', FOREIGN]
    case 'equals':
    case 'notEqual':
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return [...comparisonSamples(condition), FOREIGN]
  }
}
