import type { Branch, Condition, Outcome, Rule, Template } from '../document.js'
import { DEEPEST_NESTING, MOST_CONDITIONS } from '../limits.js'
import { quoted } from '../problems.js'
import { isCondition, readCondition } from './read-conditions.js'
import type { ReadReturn } from './read-results.js'
import { refer } from './template-reference.js'
import type { LegacyElement } from './xml.js'

/** Undefined when one of them cannot be read: without it the others would hold for more clients. */
function readConditions(element: LegacyElement): readonly Condition[] | undefined {
  const found = element.children.filter(isCondition)
  const conditions = found.map((child) => readCondition(child))
  return conditions.includes(undefined)
    ? undefined
    : conditions.filter((condition) => condition !== undefined)
}

function readOutcome<Result>(
  element: LegacyElement,
  read: ReadReturn<Result>,
  depth: number,
): Outcome<Result> | undefined {
  if (element.name === 'return') {
    const result = read(element)
    return result === undefined ? undefined : { kind: 'result', result }
  }
  const branch = readBranch(element, read, depth + 1)
  return branch && { kind: 'branch', branch }
}

/** An `if` in an `if`, neither of which has an else, is one with all conditions. */
function flattened<Result>(branch: Branch<Result>): Branch<Result> {
  const { conditions, then, otherwise } = branch
  if (otherwise || then.kind === 'result' || then.branch.otherwise) return branch
  return { conditions: [...conditions, ...then.branch.conditions], then: then.branch.then }
}

function readBranch<Result>(
  element: LegacyElement,
  read: ReadReturn<Result>,
  depth: number,
): Branch<Result> | undefined {
  const [first, second, third] = element.children.filter((child) => !isCondition(child))
  if (!first || third) {
    const message = `must have one return or if, and may have another for else`
    element.note(first ? 'OutcomeInvalid' : 'ServerIsMissed', message)
    return undefined
  }
  const conditions = readConditions(element)
  const then = readOutcome(first, read, depth)
  const otherwise = second && readOutcome(second, read, depth)
  if (!conditions || !then || (second && !otherwise)) return undefined
  return flattened({ conditions, then, ...(otherwise && { otherwise }) })
}

function depthOf({ then, otherwise }: Branch<unknown>): number {
  const inner = [then, otherwise].map((each) =>
    each?.kind === 'branch' ? depthOf(each.branch) : 0,
  )
  return 1 + Math.max(...inner)
}

function fits(branch: Branch<unknown>, element: LegacyElement): boolean {
  const isDeep = depthOf(branch) > DEEPEST_NESTING
  if (isDeep) element.note('TooDeep', `branches are nested more than ${DEEPEST_NESTING} deep`)
  const isLarge = branch.conditions.length > MOST_CONDITIONS
  if (isLarge) element.note('TooLarge', `has more than ${MOST_CONDITIONS} conditions`)
  return !isDeep && !isLarge
}

/** One rule; undefined when it cannot be read, as Redirector leaves out such rules, too. */
export function readRule<Result>(
  element: LegacyElement,
  id: string,
  read: ReadReturn<Result>,
  templates: readonly Template[],
): Rule<Result> | undefined {
  element.expectAttributes(['id', 'templateName'])
  const branch = readBranch(element, read, 1)
  if (!branch || !fits(branch, element)) {
    element.note('RuleLeftOut', `rule ${quoted(id)} cannot be read; it is left out`)
    return undefined
  }
  const { template, conditions } = refer(element, branch.conditions, templates)
  return { id, ...(template !== undefined && { template }), ...branch, conditions }
}

/** A name that is not taken yet: the wanted one, or that with a number. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`
  return name
}

/** Gives every rule a name of its own, also in files older than their names. */
function nameOf(element: LegacyElement, number: number, taken: Set<string>): string {
  const own = element.attribute('id')
  const name = freeName(own ?? `rule_${number}`, taken)
  taken.add(name)
  if (own === undefined)
    element.note('RuleNameGenerated', `has no id; it is called ${quoted(name)}`)
  else if (own !== name)
    element.note('DuplicatedRuleName', `${quoted(own)} is taken; it is called ${quoted(name)}`)
  return name
}

/** The rules directly inside of an element, in its order. */
export function readRules<Result>(
  root: LegacyElement,
  read: ReadReturn<Result>,
  templates: readonly Template[],
): readonly Rule<Result>[] {
  const elements = root.all('if')
  const taken = new Set<string>()
  return elements.flatMap((element, index) => {
    const rule = readRule(element, nameOf(element, index + 1, taken), read, templates)
    return rule ? [rule] : []
  })
}

/** The conditions of a template, which is a rule that need not lead anywhere; undefined when one cannot be read. */
export function readTemplate(element: LegacyElement, id: string): Template | undefined {
  element.expectAttributes(['id', 'templateName'])
  if (element.attribute('templateName') !== undefined)
    element.note('TemplateDependsOnTemplate', 'a template has no template; its conditions stay')
  const conditions = readTemplateConditions(element)
  if (conditions && conditions.length > 0 && conditions.length <= MOST_CONDITIONS)
    return { id, conditions }
  element.note('TemplateLeftOut', `template ${quoted(id)} cannot be read; it is left out`)
  return undefined
}

function readTemplateConditions(element: LegacyElement): readonly Condition[] | undefined {
  const own = readConditions(element)
  const others = element.children.filter((child) => !isCondition(child))
  const [inner] = others
  for (const child of others)
    if (child.name === 'return' || child !== inner)
      child.note('TemplateResultLeftOut', 'a template leads nowhere; only its conditions are kept')
  const deeper = inner?.name === 'if' ? readTemplateConditions(inner) : []
  return own && deeper && [...own, ...deeper]
}
