import { readNetwork, type Network } from './address.js'
import { isTextEquality } from './comparison.js'
import type { Branch, Comparison, Condition, Match, Membership } from './document.js'
import { literalStart } from './plain-pattern.js'
import { caseFolded } from './text.js'

/** How two texts are compared: each form makes equal what the condition takes to be equal; of `start` the first characters count. */
export type TextForm = 'exact' | 'lowered' | 'folded' | 'start'

/** Texts of which a parameter must have one, or a rule leads nowhere. */
export interface TextNeed {
  readonly parameter: string
  readonly form: TextForm
  readonly texts: readonly string[]
}

/** Networks of which one must hold what a parameter says, or a rule leads nowhere. */
export interface NetworkNeed {
  readonly parameter: string
  readonly form: 'network'
  readonly networks: readonly Network[]
}

/** What a parameter must be, or a rule leads nowhere. */
export type Need = TextNeed | NetworkNeed

/** A condition with more literals is left to be asked. */
const MOST_TEXTS = 16

/** What a rule needs; nothing when it may lead somewhere also when its conditions do not hold. */
export function needsOf({ conditions, otherwise }: Branch<unknown>): readonly Need[] {
  return otherwise ? [] : conditions.flatMap(needsOfCondition)
}

function needsOfCondition(condition: Condition): readonly Need[] {
  if (condition.kind === 'and') return condition.of.flatMap(needsOfCondition)
  const need = needOf(condition)
  return need ? [need] : []
}

/** Undefined when a condition needs nothing that is known here. */
function needOf(condition: Condition): Need | undefined {
  if (condition.kind === 'or') return sharedNeed(condition.of.map(needOf))
  if (condition.kind === 'equals') return needOfEquality(condition)
  const isKnown =
    condition.kind === 'contains' || condition.kind === 'inIpRange' || condition.kind === 'matches'
  if (!isKnown || condition.negated) return undefined
  return condition.kind === 'matches' ? needOfMatch(condition) : needOfMembership(condition)
}

function needOfEquality(comparison: Comparison): Need | undefined {
  if (!isTextEquality(comparison)) return undefined
  const { parameter, value, caseSensitive } = comparison
  return caseSensitive
    ? { parameter, form: 'exact', texts: [value] }
    : { parameter, form: 'lowered', texts: [value.toLowerCase()] }
}

function needOfMatch({ parameter, pattern }: Match): Need | undefined {
  const start = literalStart(pattern)
  return start === '' ? undefined : { parameter, form: 'start', texts: [start] }
}

function needOfMembership(membership: Membership): Need | undefined {
  const { kind, parameter, values, lists, caseSensitive } = membership
  if (lists.length > 0) return undefined
  if (kind === 'inIpRange') {
    const networks = values.map(readNetwork).filter((network) => network !== undefined)
    return { parameter, form: 'network', networks }
  }
  if (values.length > MOST_TEXTS) return undefined
  return caseSensitive
    ? { parameter, form: 'exact', texts: values }
    : { parameter, form: 'folded', texts: values.map(caseFolded) }
}

/** Of alternatives that ask for the same parameter in the same way. */
function sharedNeed(needs: readonly (Need | undefined)[]): Need | undefined {
  const [first] = needs
  if (!first || first.form === 'network') return undefined
  const texts: string[] = []
  for (const need of needs) {
    if (need?.parameter !== first.parameter || need.form !== first.form) return undefined
    texts.push(...need.texts)
  }
  return texts.length > MOST_TEXTS ? undefined : { ...first, texts }
}
