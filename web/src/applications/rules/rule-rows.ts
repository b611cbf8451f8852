import { costOf } from '../../../../src/model/cost.js'
import { inWords } from '../../../../src/model/condition-words.js'
import type {
  ApplicationModel,
  Branch,
  Condition,
  Destination,
  DocumentProblem,
  EvaluationOrder,
  Outcome,
  Rule,
  Template,
  UrlParameters,
} from '../../../../src/model/document.js'

/** Gives what a rule leads to in words. */
export type ResultWords<Result> = (result: Result) => string

/** What a flavor rule leads to, in words. */
export function destinationWords(destination: Destination): string {
  if (destination.kind === 'group') {
    const { servers } = destination.group
    return `one after the other of ${servers.map(({ path, url }) => path ?? url).join(', ') || 'no servers'}`
  }
  const { path, url, nonWhitelisted } = destination.server
  if (path === undefined) return url || 'nothing'
  return nonWhitelisted ? `${path}, on stacks that are not whitelisted` : path
}

/** What a URL rule gives, in words. */
export function parametersWords({ protocol, urn, port, ipVersion }: UrlParameters): string {
  const said = [
    ...(protocol === undefined ? [] : [`protocol ${protocol}`]),
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(urn === undefined ? [] : [`urn ${urn}`]),
    ...(ipVersion === undefined ? [] : [`IPv${ipVersion}`]),
  ]
  return said.join(', ') || 'nothing'
}

function outcomeWords<Result>(outcome: Outcome<Result>, words: ResultWords<Result>): string {
  return outcome.kind === 'result' ? words(outcome.result) : branchWords(outcome.branch, words)
}

function branchWords<Result>(
  { conditions, then, otherwise }: Branch<Result>,
  words: ResultWords<Result>,
): string {
  const asked = conditions.map(inWords).join(' and ') || 'always'
  const other = otherwise ? `, otherwise ${outcomeWords(otherwise, words)}` : ''
  return `if ${asked}: ${outcomeWords(then, words)}${other}`
}

/** A rule as one reads it aloud. */
export interface RuleWords {
  /** Of the template, then its own; all of them must hold. */
  readonly conditions: readonly string[]
  readonly then: string
  /** Empty when it has none. */
  readonly otherwise: string
}

function templateConditions(
  { template }: Rule<unknown>,
  templates: readonly Template[],
): readonly Condition[] {
  return templates.find(({ id }) => id === template)?.conditions ?? []
}

/** A rule in words, with the conditions of its template. */
export function wordsOfRule<Result>(
  rule: Rule<Result>,
  templates: readonly Template[],
  words: ResultWords<Result>,
): RuleWords {
  const conditions = [...templateConditions(rule, templates), ...rule.conditions]
  return {
    conditions: conditions.map(inWords),
    then: outcomeWords(rule.then, words),
    otherwise: rule.otherwise ? outcomeWords(rule.otherwise, words) : '',
  }
}

/** One line of the list of rules. */
export interface RuleRow<Result> {
  readonly rule: Rule<Result>
  /** In the document. */
  readonly index: number
  /** In the order in which rules are tried, from 1. */
  readonly turn: number
  readonly cost: number
  readonly words: RuleWords
  /** What is wrong with it, or doubtful. */
  readonly problems: readonly DocumentProblem[]
  readonly warnings: readonly DocumentProblem[]
}

/** What rows are made from, beside the rules. */
export interface RuleSurroundings<Result> {
  readonly templates: readonly Template[]
  readonly order: EvaluationOrder
  /** Where the rules are in the document: `/rules`. */
  readonly path: string
  readonly words: ResultWords<Result>
  readonly problems: readonly DocumentProblem[]
  readonly warnings: readonly DocumentProblem[]
}

/** Those of a place in the document, and of the places in it. */
export function problemsWithin(
  problems: readonly DocumentProblem[],
  place: string,
): readonly DocumentProblem[] {
  return problems.filter(({ path }) => path === place || path.startsWith(`${place}/`))
}

/** The rules in the order in which gateways try them. */
export function ruleRows<Result>(
  rules: readonly Rule<Result>[],
  { templates, order, path, words, problems, warnings }: RuleSurroundings<Result>,
): readonly RuleRow<Result>[] {
  const costs = rules.map((rule) =>
    costOf({ ...rule, conditions: [...templateConditions(rule, templates), ...rule.conditions] }),
  )
  const listed = rules.map((rule, index) => ({ rule, index, cost: costs[index] ?? 0 }))
  const tried = order === 'listed' ? listed : listed.toSorted((a, b) => a.cost - b.cost)
  return tried.map(({ rule, index, cost }, at) => ({
    rule,
    index,
    turn: at + 1,
    cost,
    words: wordsOfRule(rule, templates, words),
    problems: problemsWithin(problems, `${path}/${index}`),
    warnings: problemsWithin(warnings, `${path}/${index}`),
  }))
}

/** The rows that have every word of a text somewhere, without regard to case. */
export function filteredRows<Row extends RuleRow<unknown>>(
  rows: readonly Row[],
  text: string,
): readonly Row[] {
  const wanted = text.toLowerCase().split(/\s+/)
  return rows.filter(({ rule, words }) => {
    const all = [rule.id, rule.template ?? '', ...words.conditions, words.then, words.otherwise]
    const said = all.join('\n').toLowerCase()
    return wanted.every((word) => said.includes(word))
  })
}

/** The ids of the rules that refer to a template. */
export function usersOfTemplate(rules: readonly Rule<unknown>[], id: string): readonly string[] {
  return rules.filter(({ template }) => template === id).map((rule) => rule.id)
}

/** A name like the one that is asked for, and that none of the taken ones is: `Beta_2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const known = new Set(taken)
  if (!known.has(wanted)) return wanted
  const stem = wanted.replace(/_\d+$/, '')
  let count = 2
  while (known.has(`${stem}_${count}`)) count += 1
  return `${stem}_${count}`
}

/** Everything a model has two of: for flavor rules, and for URL rules. */
export type RuleKind = 'rules' | 'urlRules'

/** The key of a model's templates for rules of a kind. */
export function templatesKey(kind: RuleKind): 'templates' | 'urlTemplates' {
  return kind === 'rules' ? 'templates' : 'urlTemplates'
}

/** The templates for rules of a kind. */
export function templatesFor(model: ApplicationModel, kind: RuleKind): readonly Template[] {
  return model[templatesKey(kind)]
}
