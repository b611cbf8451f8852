import type { Compilation } from './compilation.js'
import type { Test } from './condition-test.js'
import { compileCondition, tryTest } from './conditions.js'
import { costOf } from './cost.js'
import type { TriedCondition, TriedRule } from './decision.js'
import type { Branch, EvaluationOrder, Outcome, Rule, Template } from './document.js'
import { below, quoted } from './problems.js'

/** A branch made ready: what it leads to for the request that is being decided. */
interface CompiledBranch<Result> {
  /** Undefined when it leads nowhere. */
  readonly result: () => Result | undefined
  /** The same, and everything that was asked on the way. */
  readonly tried: (conditions: TriedCondition[]) => Result | undefined
}

/** A rule made ready, at its place in the order of evaluation. */
export interface CompiledRule<Result> extends CompiledBranch<Result> {
  /** With the conditions of its template before its own. */
  readonly rule: Rule<Result>
  readonly cost: number
  /** Where it is in its document. */
  readonly path: string
}

/** Everything that rules of one kind are compiled from. */
export interface RuleSource<Result> {
  readonly rules: readonly Rule<Result>[]
  readonly templates: readonly Template[]
  readonly order: EvaluationOrder
  /** Where the rules are in the document: `/rules`. */
  readonly path: string
  /** And the templates. */
  readonly templatesPath: string
}

const NOWHERE: CompiledBranch<never> = { result: () => undefined, tried: () => undefined }

function compileOutcome<Result>(
  outcome: Outcome<Result>,
  path: string,
  compilation: Compilation,
): CompiledBranch<Result> {
  if (outcome.kind === 'result')
    return { result: () => outcome.result, tried: () => outcome.result }
  const { branch } = outcome
  const place = below(path, 'branch')
  return compileBranch(branch, compileOwn(branch, place, compilation), place, compilation)
}

function compileOwn(
  { conditions }: Branch<unknown>,
  path: string,
  compilation: Compilation,
): readonly Test[] {
  const place = below(path, 'conditions')
  return conditions.map((each, at) => compileCondition(each, below(place, at), compilation))
}

/** All of the conditions as one, which is asked in fewer steps than a loop takes. */
function allOf(conditions: readonly (() => boolean)[]): () => boolean {
  const [first, ...others] = conditions
  if (!first) return () => true
  if (others.length === 0) return first
  const rest = allOf(others)
  return () => first() && rest()
}

function compileBranch<Result>(
  { then, otherwise }: Branch<Result>,
  tests: readonly Test[],
  path: string,
  compilation: Compilation,
): CompiledBranch<Result> {
  const yes = compileOutcome(then, below(path, 'then'), compilation)
  const no = otherwise ? compileOutcome(otherwise, below(path, 'otherwise'), compilation) : NOWHERE
  const holds = allOf(tests.map((test) => test.holds))
  const [ofYes, ofNo] = [yes.result, no.result]
  return {
    result: () => (holds() ? ofYes() : ofNo()),
    tried: (conditions) => {
      const own = tests.map(tryTest)
      conditions.push(...own)
      return (own.every(({ held }) => held) ? yes : no).tried(conditions)
    },
  }
}

/** Compiles rules, with their templates' conditions, and puts them into the order in which they are to be tried. */
export function compileRules<Result>(
  { rules, templates, order, path, templatesPath }: RuleSource<Result>,
  compilation: Compilation,
): readonly CompiledRule<Result>[] {
  const shared = new Map(
    templates.map((template, at) => {
      const place = below(below(templatesPath, at), 'conditions')
      const tests = template.conditions.map((each, index) =>
        compileCondition(each, below(place, index), compilation),
      )
      return [template.id, { conditions: template.conditions, tests }] as const
    }),
  )
  const compiled = rules.map((rule, at): CompiledRule<Result> => {
    const place = below(path, at)
    const template = rule.template === undefined ? undefined : shared.get(rule.template)
    if (rule.template !== undefined && !template)
      compilation.problems.add(
        'TemplateNotFound',
        below(place, 'template'),
        `there is no template ${quoted(rule.template)}`,
      )
    const tests = [...(template?.tests ?? []), ...compileOwn(rule, place, compilation)]
    const whole = { ...rule, conditions: [...(template?.conditions ?? []), ...rule.conditions] }
    const branch = compileBranch(rule, tests, place, compilation)
    return { ...branch, rule: whole, cost: costOf(whole), path: place }
  })
  return order === 'listed' ? compiled : compiled.toSorted((a, b) => a.cost - b.cost)
}

/** A rule with everything that it asks of the request. */
export function tryRule<Result>({ rule, cost, tried }: CompiledRule<Result>): {
  readonly result: Result | undefined
  readonly tried: TriedRule
} {
  const conditions: TriedCondition[] = []
  const result = tried(conditions)
  return { result, tried: { id: rule.id, matched: result !== undefined, cost, conditions } }
}
