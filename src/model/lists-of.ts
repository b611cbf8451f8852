import type { ApplicationModel, Branch, Condition } from './document.js'

/** The names of the lists that conditions name, as often as they do. */
export function listsOfConditions(conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap((condition) => {
    if ('of' in condition) return listsOfConditions(condition.of)
    return 'lists' in condition ? condition.lists : []
  })
}

/** The same of a rule, with all its branches. */
export function listsOfBranch({ conditions, then, otherwise }: Branch<unknown>): readonly string[] {
  const outcomes = [then, ...(otherwise ? [otherwise] : [])]
  const inner = outcomes.flatMap((each) =>
    each.kind === 'branch' ? listsOfBranch(each.branch) : [],
  )
  return [...listsOfConditions(conditions), ...inner]
}

/** The names of all lists that a model's conditions name, each once. */
export function listsOf(model: ApplicationModel): ReadonlySet<string> {
  const { rules, urlRules, templates, urlTemplates } = model
  const ofRules = [...rules, ...urlRules].flatMap(listsOfBranch)
  const ofTemplates = [...templates, ...urlTemplates].flatMap(({ conditions }) =>
    listsOfConditions(conditions),
  )
  return new Set([...ofRules, ...ofTemplates])
}
