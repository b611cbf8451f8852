import { inWords } from './condition-words.js'
import type { Branch, Condition, Outcome, UrlParameters } from './document.js'
import { quoted, type Problems } from './problems.js'
import type { CompiledRule } from './rules.js'

/** Whether a condition holds for every request there can be. Not `percent` of 100: clients without a key are not among them. */
function alwaysHolds(condition: Condition): boolean {
  if (condition.kind === 'random') return condition.percent >= 100
  if (condition.kind === 'and') return condition.of.every(alwaysHolds)
  return condition.kind === 'or' && condition.of.some(alwaysHolds)
}

/** Whether a condition holds for no request. */
function neverHolds(condition: Condition): boolean {
  if (condition.kind === 'random') return condition.percent <= 0
  if (condition.kind === 'contains' || condition.kind === 'inIpRange')
    return !condition.negated && condition.values.length + condition.lists.length === 0
  if (condition.kind === 'and') return condition.of.some(neverHolds)
  return condition.kind === 'or' && condition.of.every(neverHolds)
}

function dependsOnChance(condition: Condition): boolean {
  return condition.kind === 'random' || ('of' in condition && condition.of.some(dependsOnChance))
}

function alwaysLeads<Result>(outcome: Outcome<Result>): boolean {
  return outcome.kind === 'result' || branchLeads(outcome.branch)
}

/** Whether a branch has a result for every request. */
function branchLeads<Result>({ conditions, then, otherwise }: Branch<Result>): boolean {
  if (!alwaysLeads(then)) return false
  return conditions.every(alwaysHolds) || (otherwise !== undefined && alwaysLeads(otherwise))
}

/** The same text for the same condition, however its fields are ordered. */
function keyOf(condition: Condition): string {
  if ('of' in condition) return JSON.stringify([condition.kind, ...condition.of.map(keyOf)])
  return JSON.stringify(Object.entries(condition).sort(([a], [b]) => (a < b ? -1 : 1)))
}

interface Certain<Result> {
  readonly rule: CompiledRule<Result>
  readonly keys: readonly string[]
}

/** Earlier rules that have a result whenever certain conditions hold. */
class EarlierRules<Result> {
  private readonly byKey = new Map<string, Certain<Result>[]>()
  private readonly unconditional: CompiledRule<Result>[] = []

  /** @param conditions with which the rule has a result; forgotten when chance is among them */
  add(rule: CompiledRule<Result>, conditions: readonly Condition[]): void {
    const asked = conditions.filter((condition) => !alwaysHolds(condition))
    if (asked.some(dependsOnChance)) return
    const keys = asked.map(keyOf)
    // By the condition that the fewest have: one that many rules share would have all of them looked at each time.
    const [first] = keys
      .map((key) => this.byKey.get(key) ?? this.opened(key))
      .sort((a, b) => a.length - b.length)
    if (first) first.push({ rule, keys })
    else this.unconditional.push(rule)
  }

  /** Those that have a result whenever a rule's own conditions hold; with `otherwise`, which has a say when not, the few that always do. */
  impliedBy({
    rule: { conditions, otherwise },
  }: CompiledRule<Result>): readonly CompiledRule<Result>[] {
    if (otherwise) return this.unconditional
    const asked = new Set(conditions.map(keyOf))
    const implied = [...asked]
      .flatMap((key) => this.byKey.get(key) ?? [])
      .filter(({ keys }) => keys.every((key) => asked.has(key)))
      .map(({ rule }) => rule)
    return [...this.unconditional, ...implied]
  }

  private opened(key: string): Certain<Result>[] {
    const opened: Certain<Result>[] = []
    this.byKey.set(key, opened)
    return opened
  }
}

function warnOfNeverMatching(
  { rule: { conditions, otherwise }, path }: CompiledRule<unknown>,
  warnings: Problems,
): void {
  const never = otherwise ? undefined : conditions.find(neverHolds)
  if (never)
    warnings.add('RuleNeverMatches', path, `this can match nobody: ${quoted(inWords(never))}`)
}

/** Tells which rules nobody can get to, as far as that is certain. @param rules in the order in which they are tried */
export function warnOfUnreachable(
  rules: readonly CompiledRule<unknown>[],
  warnings: Problems,
): void {
  const earlier = new EarlierRules<unknown>()
  for (const rule of rules) {
    warnOfNeverMatching(rule, warnings)
    const [before] = earlier.impliedBy(rule)
    if (before)
      warnings.add(
        'RuleIsUnreachable',
        rule.path,
        `whatever this matches, ${quoted(before.rule.id)} has matched before`,
      )
    if (branchLeads(rule.rule)) earlier.add(rule, [])
    else if (alwaysLeads(rule.rule.then)) earlier.add(rule, rule.rule.conditions)
  }
}

function fieldsOf(rule: CompiledRule<UrlParameters>): readonly string[] {
  const { then } = rule.rule
  const fields = then.kind === 'result' ? Object.entries(then.result) : []
  return fields.flatMap(([name, value]) => (value ? [name] : []))
}

/** The same of URL rules, of which several may apply: those whose every field an earlier one has given. */
export function warnOfUnusedUrlRules(
  rules: readonly CompiledRule<UrlParameters>[],
  warnings: Problems,
): void {
  const earlier = new EarlierRules<UrlParameters>()
  for (const rule of rules) {
    warnOfNeverMatching(rule, warnings)
    const given = new Set(earlier.impliedBy(rule).flatMap(fieldsOf))
    const { then, otherwise } = rule.rule
    if (then.kind !== 'result') continue
    if (!otherwise && fieldsOf(rule).every((field) => given.has(field)))
      warnings.add('RuleIsUnreachable', rule.path, 'earlier rules have given every field of it')
    earlier.add(rule, rule.rule.conditions)
  }
}
