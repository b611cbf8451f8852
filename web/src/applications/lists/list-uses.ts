import { readNetwork } from '../../../../src/model/address.js'
import { AddressRanges } from '../../../../src/model/address-ranges.js'
import type {
  ApplicationModel,
  Branch,
  Condition,
  NamespacedList,
  Outcome,
} from '../../../../src/model/document.js'
import { caseFolded } from '../../../../src/model/text.js'

/** A rule or a template that names a list, or has a value in its conditions. */
export interface ListUse {
  readonly application: string
  readonly kind: 'rule' | 'URL rule' | 'template' | 'URL template'
  readonly rule: string
}

type Asks = (condition: Condition) => boolean

function conditionAsks(condition: Condition, asks: Asks): boolean {
  return 'of' in condition
    ? condition.of.some((each) => conditionAsks(each, asks))
    : asks(condition)
}

function outcomeAsks(outcome: Outcome<unknown> | undefined, asks: Asks): boolean {
  return outcome?.kind === 'branch' && branchAsks(outcome.branch, asks)
}

function branchAsks(branch: Branch<unknown>, asks: Asks): boolean {
  return (
    branch.conditions.some((condition) => conditionAsks(condition, asks)) ||
    outcomeAsks(branch.then, asks) ||
    outcomeAsks(branch.otherwise, asks)
  )
}

function usesWhere(application: string, model: ApplicationModel, asks: Asks): readonly ListUse[] {
  const use = (kind: ListUse['kind'], rule: string): ListUse => ({ application, kind, rule })
  const rules = [
    ...model.rules.map((rule) => [use('rule', rule.id), branchAsks(rule, asks)] as const),
    ...model.urlRules.map((rule) => [use('URL rule', rule.id), branchAsks(rule, asks)] as const),
  ]
  const templates = [
    ...model.templates.map((each) => [use('template', each.id), each.conditions] as const),
    ...model.urlTemplates.map((each) => [use('URL template', each.id), each.conditions] as const),
  ]
  return [
    ...rules.filter(([, does]) => does).map(([found]) => found),
    ...templates
      .filter(([, conditions]) => conditions.some((each) => conditionAsks(each, asks)))
      .map(([found]) => found),
  ]
}

/** Where a model names a list. */
export function usesOfList(
  application: string,
  model: ApplicationModel,
  list: string,
): readonly ListUse[] {
  return usesWhere(
    application,
    model,
    (condition) => 'lists' in condition && condition.lists.includes(list),
  )
}

/** Where a model has a value in a condition itself, without regard to case. */
export function usesOfValue(
  application: string,
  model: ApplicationModel,
  value: string,
): readonly ListUse[] {
  const wanted = caseFolded(value.trim())
  const is = (text: string): boolean => caseFolded(text) === wanted
  return usesWhere(application, model, (condition) => {
    if ('values' in condition) return condition.values.some(is)
    return 'value' in condition && is(condition.value)
  })
}

/** A list that has what was searched, and the value that it is. */
export interface ListHit {
  readonly list: NamespacedList
  readonly value: string
  /** Whether the value is the whole of what was searched, or a network that it lies in; else it is only a part of the value. */
  readonly isExact: boolean
}

function hitIn(list: NamespacedList, wanted: string): ListHit | undefined {
  const folded = caseFolded(wanted)
  const same = list.values.find((value) => caseFolded(value) === folded)
  if (same !== undefined) return { list, value: same, isExact: true }
  const network = list.type === 'ip' ? readNetwork(wanted) : undefined
  const around = network && list.values.find((value) => covers(value, network))
  if (around !== undefined) return { list, value: around, isExact: true }
  const partly = list.values.find((value) => caseFolded(value).includes(folded))
  return partly === undefined ? undefined : { list, value: partly, isExact: false }
}

function covers(value: string, network: NonNullable<ReturnType<typeof readNetwork>>): boolean {
  const own = readNetwork(value)
  return own !== undefined && new AddressRanges([own]).covers(network)
}

/** The lists that hold a value, without regard to case; addresses are found in networks, too. Those that hold all of it come first. */
export function searchLists(lists: readonly NamespacedList[], text: string): readonly ListHit[] {
  const wanted = text.trim()
  if (wanted === '') return []
  const hits = lists.flatMap((list) => hitIn(list, wanted) ?? [])
  return hits.toSorted((a, b) => Number(b.isExact) - Number(a.isExact))
}
