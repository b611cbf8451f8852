import type { Argument, Arguments } from './argument.js'
import type { Branch, Condition } from './document.js'
import { isTextEquality } from './comparison.js'
import { caseFolded } from './text.js'

/** How two texts are compared: each form makes equal what the condition takes to be equal. */
type Form = 'exact' | 'lowered' | 'folded'

/** Texts of which a parameter must have one, or a rule leads nowhere. */
interface Need {
  readonly parameter: string
  readonly form: Form
  readonly texts: readonly string[]
}

/** A condition with more literals is left to be asked. */
const MOST_TEXTS = 16

/** Bytes that the index of one parameter may take: texts times rules, one bit each. */
const LARGEST_INDEX = 4 * 1024 * 1024

const BITS = 32

/** What a condition needs to hold; undefined when that is more than a text. */
function needOf(condition: Condition): Need | undefined {
  if (condition.kind === 'or') return sharedNeed(condition.of.map(needOf))
  if (condition.kind === 'contains') {
    const { parameter, values, lists, negated, caseSensitive } = condition
    if (negated || lists.length > 0 || values.length > MOST_TEXTS) return undefined
    return caseSensitive
      ? { parameter, form: 'exact', texts: values }
      : { parameter, form: 'folded', texts: values.map(caseFolded) }
  }
  if (condition.kind !== 'equals' || !isTextEquality(condition)) return undefined
  const { parameter, value, caseSensitive } = condition
  return caseSensitive
    ? { parameter, form: 'exact', texts: [value] }
    : { parameter, form: 'lowered', texts: [value.toLowerCase()] }
}

/** Of alternatives that ask for the same parameter in the same way. */
function sharedNeed(needs: readonly (Need | undefined)[]): Need | undefined {
  const [first] = needs
  if (!first) return undefined
  const texts: string[] = []
  for (const need of needs) {
    if (need?.parameter !== first.parameter || need.form !== first.form) return undefined
    texts.push(...need.texts)
  }
  return texts.length > MOST_TEXTS ? undefined : { ...first, texts }
}

/** What a rule needs; nothing when it may lead somewhere also when its conditions do not hold. */
function needsOf({ conditions, otherwise }: Branch<unknown>): readonly Need[] {
  return otherwise ? [] : conditions.map(needOf).filter((need) => need !== undefined)
}

function formOf(argument: Argument, form: Form): string | undefined {
  const { text } = argument
  if (text === undefined || form === 'exact') return text
  return form === 'lowered' ? argument.lowered : argument.asFolded(text)
}

/** Of one parameter in one form: for each text the rules that remain, a bit for each rule. */
class ParameterIndex {
  private readonly argument: Argument
  private readonly form: Form
  private readonly byText = new Map<string, Uint32Array>()
  /** With any other text, or none: the rules that do not ask. */
  private readonly rest: Uint32Array

  constructor(argument: Argument, form: Form, needs: readonly (Need | undefined)[]) {
    this.argument = argument
    this.form = form
    if (form === 'lowered') argument.lower()
    this.rest = new Uint32Array(Math.ceil(needs.length / BITS))
    for (const [rule, need] of needs.entries()) if (!need) mark(this.rest, rule)
    for (const [rule, need] of needs.entries())
      for (const text of need?.texts ?? []) mark(this.rulesFor(text), rule)
  }

  /** Takes out of `remaining` what cannot lead anywhere. */
  narrow(remaining: Uint32Array): void {
    const text = formOf(this.argument, this.form)
    const rules = (text === undefined ? undefined : this.byText.get(text)) ?? this.rest
    for (let word = 0; word < remaining.length; word++)
      remaining[word] = (remaining[word] ?? 0) & (rules[word] ?? 0)
  }

  private rulesFor(text: string): Uint32Array {
    const known = this.byText.get(text)
    if (known) return known
    const rules = this.rest.slice()
    this.byText.set(text, rules)
    return rules
  }
}

function mark(rules: Uint32Array, rule: number): void {
  const word = rule >>> 5
  rules[word] = (rules[word] ?? 0) | (1 << (rule & 31))
}

/**
 * Tells for a request which rules are worth trying. Most rules ask for a certain text of a parameter; those that ask for another one
 * are left out 32 at a time, so that the time of a decision hardly grows with their number.
 */
export class RuleIndex {
  private readonly parameters: readonly ParameterIndex[]
  private readonly all: Uint32Array
  private readonly remaining: Uint32Array

  /** @param rules in the order in which they are tried, with all their conditions */
  constructor(rules: readonly Branch<unknown>[], args: Arguments) {
    this.all = new Uint32Array(Math.ceil(rules.length / BITS))
    for (const rule of rules.keys()) mark(this.all, rule)
    this.remaining = this.all.slice()
    this.parameters = indexesOf(rules, args)
  }

  /** Takes up the request that the arguments hold. @returns the first rule worth trying, or -1 */
  first(): number {
    this.remaining.set(this.all)
    for (const parameter of this.parameters) parameter.narrow(this.remaining)
    return this.after(-1)
  }

  /** The next one, or -1. */
  after(rule: number): number {
    const from = rule + 1
    let word = from >>> 5
    let bits = (this.remaining[word] ?? 0) & (-1 << (from & 31))
    while (bits === 0) {
      if (++word >= this.remaining.length) return -1
      bits = this.remaining[word] ?? 0
    }
    return word * BITS + BITS - 1 - Math.clz32(bits & -bits)
  }
}

function indexesOf(rules: readonly Branch<unknown>[], args: Arguments): readonly ParameterIndex[] {
  const needs = rules.map(needsOf)
  const asked = new Map<string, { readonly need: Need; texts: number }>()
  for (const need of needs.flat()) {
    const key = JSON.stringify([need.parameter, need.form])
    const group = asked.get(key) ?? { need, texts: 0 }
    group.texts += need.texts.length
    asked.set(key, group)
  }
  return [...asked.values()]
    .filter(({ texts }) => (texts * rules.length) / 8 <= LARGEST_INDEX)
    .map(({ need: { parameter, form } }) => {
      const own = needs.map((each) =>
        each.find((need) => need.parameter === parameter && need.form === form),
      )
      return new ParameterIndex(args.named(parameter), form, own)
    })
}
