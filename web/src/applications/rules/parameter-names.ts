import type { ApplicationModel, Branch, Condition } from '../../../../src/model/document.js'

/** Those that every gateway knows. */
const WELL_KNOWN = ['clientAddress', 'mac', 'receiverId', 'receiverType', 'serviceAccountId']

function namesOf(conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap((condition) => {
    if ('of' in condition) return namesOf(condition.of)
    return 'parameter' in condition ? [condition.parameter] : []
  })
}

function namesOfBranch({ conditions, then, otherwise }: Branch<unknown>): readonly string[] {
  const outcomes = [then, ...(otherwise ? [otherwise] : [])]
  const inner = outcomes.flatMap((each) =>
    each.kind === 'branch' ? namesOfBranch(each.branch) : [],
  )
  return [...namesOf(conditions), ...inner]
}

/** The names of the parameters that a model asks for, and of those that gateways know, in their order. */
export function parametersOf(model: ApplicationModel): readonly string[] {
  const { rules, urlRules, templates, urlTemplates } = model
  const names = [
    ...WELL_KNOWN,
    ...[...rules, ...urlRules].flatMap(namesOfBranch),
    ...[...templates, ...urlTemplates].flatMap(({ conditions }) => namesOf(conditions)),
  ]
  return [...new Set(names)].filter((name) => name.trim() !== '').sort()
}
