import type { Rule } from '../../../../src/model/document.js'
import { linkTo, navigate } from '../../router/route.js'
import { notify } from '../../state/toasts.js'
import type { ApplicationState } from '../application-state.js'
import { moved } from '../conditions/condition-group.js'
import { freeName, type RuleKind } from './rule-rows.js'
import type { RuleActions } from './rule-list.js'

/** Rules of one kind, read from and written to a model. */
export interface RuleAccess<Result> {
  readonly kind: RuleKind
  /** Of the address of one rule: `rule`. */
  readonly segment: string
  readonly rules: readonly Rule<Result>[]
  readonly setRules: (rules: readonly Rule<Result>[], field?: string) => void
}

/** The address of a rule in the editor. */
export function linkToRule(application: string, segment: string, id: string): string {
  return linkTo(['applications', application, segment], { id })
}

/** What the list of rules does with them. @param isListed whether rules are tried in the order of the list */
export function ruleActions<Result>(
  { name, workspace }: ApplicationState,
  { segment, rules, setRules }: RuleAccess<Result>,
  isListed: boolean,
): RuleActions {
  const copy = (index: number): void => {
    const rule = rules[index]
    if (!rule) return
    const taken = rules.map(({ id }) => id)
    const twin = { ...rule, id: freeName(rule.id, taken) }
    setRules(rules.toSpliced(index + 1, 0, twin))
    navigate(linkToRule(name, segment, twin.id))
  }
  const remove = (index: number): void => {
    const rule = rules[index]
    if (!rule) return
    setRules(rules.toSpliced(index, 1))
    notify(`${rule.id} is deleted in your draft.`, { undo: () => workspace.undo() })
  }
  return {
    linkOf: (id) => linkToRule(name, segment, id),
    move: isListed ? (index, by) => setRules(moved(rules, index, by)) : undefined,
    copy,
    remove,
  }
}

/** Adds a rule and opens it. */
export function addRule<Result>(
  { name }: ApplicationState,
  { segment, rules, setRules }: RuleAccess<Result>,
  rule: Rule<Result>,
): void {
  const id = freeName(
    rule.id,
    rules.map((each) => each.id),
  )
  setRules([...rules, { ...rule, id }])
  navigate(linkToRule(name, segment, id))
}
