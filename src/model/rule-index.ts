import { AddressRanges } from './address-ranges.js'
import type { Argument, Arguments } from './argument.js'
import type { Branch } from './document.js'
import { needsOf, type Need, type NetworkNeed, type TextForm, type TextNeed } from './rule-needs.js'

/** Bytes that the index of one parameter may take: texts times rules, one bit each. */
const LARGEST_INDEX = 4 * 1024 * 1024

const BITS = 32

/** Rules that a parameter rules out. */
interface ParameterIndex {
  /** Takes out of `remaining` what cannot lead anywhere. */
  narrow(remaining: Uint32Array): void
}

function keepOnly(remaining: Uint32Array, rules: Uint32Array): void {
  for (let word = 0; word < remaining.length; word++)
    remaining[word] = (remaining[word] ?? 0) & (rules[word] ?? 0)
}

/** The rules that do not ask. */
function withoutNeed(needs: readonly (Need | undefined)[]): Uint32Array {
  const rules = new Uint32Array(Math.ceil(needs.length / BITS))
  for (const [rule, need] of needs.entries()) if (!need) mark(rules, rule)
  return rules
}

/** Of one parameter in one form: for each text the rules that remain, a bit for each rule. */
class TextIndex implements ParameterIndex {
  private readonly argument: Argument
  private readonly form: TextForm
  /** So many characters of texts of the form `start` are looked at. */
  private readonly length: number
  private readonly byText = new Map<string, Uint32Array>()
  /** With any other text, or none. */
  private readonly rest: Uint32Array

  constructor(argument: Argument, form: TextForm, needs: readonly (TextNeed | undefined)[]) {
    this.argument = argument
    this.form = form
    if (form === 'lowered') argument.lower()
    const texts = needs.flatMap((need) => need?.texts ?? [])
    this.length = Math.min(...texts.map((text) => text.length))
    this.rest = withoutNeed(needs)
    for (const [rule, need] of needs.entries())
      for (const text of need?.texts ?? []) mark(this.rulesFor(this.inForm(text)), rule)
  }

  narrow(remaining: Uint32Array): void {
    const text = this.asked()
    keepOnly(remaining, (text === undefined ? undefined : this.byText.get(text)) ?? this.rest)
  }

  private asked(): string | undefined {
    const { argument, form } = this
    const { text } = argument
    if (text === undefined) return text
    if (form === 'lowered') return argument.lowered
    return form === 'folded' ? argument.asFolded(text) : this.inForm(text)
  }

  private inForm(text: string): string {
    return this.form === 'start' ? text.slice(0, this.length) : text
  }

  private rulesFor(text: string): Uint32Array {
    const known = this.byText.get(text)
    if (known) return known
    const rules = this.rest.slice()
    this.byText.set(text, rules)
    return rules
  }
}

/** Of one parameter: the networks of all rules together, outside of which those that ask for networks lead nowhere. */
class NetworkIndex implements ParameterIndex {
  private readonly argument: Argument
  private readonly networks: AddressRanges
  private readonly rest: Uint32Array

  constructor(argument: Argument, needs: readonly (NetworkNeed | undefined)[]) {
    this.argument = argument
    this.networks = new AddressRanges(needs.flatMap((need) => need?.networks ?? []))
    this.rest = withoutNeed(needs)
  }

  narrow(remaining: Uint32Array): void {
    const { text } = this.argument
    const network = text === undefined ? undefined : this.argument.asNetwork(text)
    if (!network || !this.networks.covers(network)) keepOnly(remaining, this.rest)
  }
}

function mark(rules: Uint32Array, rule: number): void {
  const word = rule >>> 5
  rules[word] = (rules[word] ?? 0) | (1 << (rule & 31))
}

/**
 * Tells for a request which rules are worth trying. Most rules ask for a certain text of a parameter, its start, or for networks that
 * it is to be in; those that ask for others are left out 32 at a time, so that the time of a decision hardly grows with their number.
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

/** A need of each rule that has one of this kind. */
function ofEach<Kind extends Need>(
  needs: readonly (readonly Need[])[],
  isOfKind: (need: Need) => need is Kind,
): readonly (Kind | undefined)[] {
  return needs.map((own) => own.find(isOfKind))
}

function indexesOf(rules: readonly Branch<unknown>[], args: Arguments): readonly ParameterIndex[] {
  const needs = rules.map(needsOf)
  const asked = new Map<string, { readonly need: Need; texts: number }>()
  for (const need of needs.flat()) {
    const key = JSON.stringify([need.parameter, need.form])
    const group = asked.get(key) ?? { need, texts: 0 }
    if (need.form !== 'network') group.texts += need.texts.length
    asked.set(key, group)
  }
  return [...asked.values()]
    .filter(({ texts }) => (texts * rules.length) / 8 <= LARGEST_INDEX)
    .map(({ need: { parameter, form } }) => {
      const argument = args.named(parameter)
      if (form === 'network')
        return new NetworkIndex(
          argument,
          ofEach(
            needs,
            (need): need is NetworkNeed => need.parameter === parameter && need.form === 'network',
          ),
        )
      return new TextIndex(
        argument,
        form,
        ofEach(
          needs,
          (need): need is TextNeed => need.parameter === parameter && need.form === form,
        ),
      )
    })
}
