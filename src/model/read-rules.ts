import type { Branch, Outcome, Rule, Template } from './document.js'
import type { JsonField, JsonObject } from './json-field.js'
import { DEEPEST_NESTING, MOST_RULES } from './limits.js'
import { readConditions } from './read-conditions.js'
import type { ResultForm } from './read-results.js'

function readBranch<Result>(
  object: JsonObject,
  form: ResultForm<Result>,
  depth: number,
): Branch<Result> {
  const then = object.need('then', form.missed)
  const otherwise = object.at('otherwise')
  const nothing: Outcome<Result> = { kind: 'result', result: form.nothing }
  return {
    conditions: readConditions(object),
    then: then ? readOutcome(then, form, depth) : nothing,
    ...(otherwise && { otherwise: readOutcome(otherwise, form, depth) }),
  }
}

function readOutcome<Result>(
  field: JsonField,
  form: ResultForm<Result>,
  depth: number,
): Outcome<Result> {
  const nothing: Outcome<Result> = { kind: 'result', result: form.nothing }
  const object = field.object()
  if (!object) return nothing
  const keys = [...form.keys, 'branch']
  object.allow(keys)
  if (keys.filter((key) => object.at(key)).length !== 1) {
    field.complain('OutcomeInvalid', `must have one of the keys ${keys.join(', ')}, and only one`)
    return nothing
  }
  const result = form.read(object)
  if (result !== undefined) return { kind: 'result', result }
  return readInnerBranch(object, form, depth) ?? nothing
}

function readInnerBranch<Result>(
  object: JsonObject,
  form: ResultForm<Result>,
  depth: number,
): Outcome<Result> | undefined {
  const field = object.at('branch')
  if (depth >= DEEPEST_NESTING) {
    field?.complain('TooDeep', `branches are nested more than ${DEEPEST_NESTING} deep`)
    return undefined
  }
  const inner = field?.object()
  inner?.allow(['conditions', 'then', 'otherwise'])
  return inner && { kind: 'branch', branch: readBranch(inner, form, depth + 1) }
}

/** The rules of one kind. */
export function readRules<Result>(
  object: JsonObject,
  key: string,
  form: ResultForm<Result>,
): readonly Rule<Result>[] {
  return object.items(key, MOST_RULES).flatMap((field) => {
    const rule = field.object()
    rule?.allow(['id', 'template', 'conditions', 'then', 'otherwise'])
    if (!rule) return []
    const id = rule.neededText('id', 'MissedRuleName')
    const template = rule.at('template')?.text()
    return [{ id, ...(template !== undefined && { template }), ...readBranch(rule, form, 1) }]
  })
}

/** The templates for rules of one kind. */
export function readTemplates(object: JsonObject, key: string): readonly Template[] {
  return object.items(key, MOST_RULES).flatMap((field) => {
    const template = field.object()
    template?.allow(['id', 'template', 'conditions'])
    template
      ?.at('template')
      ?.complain('TemplateDependsOnTemplate', 'a template cannot have a template itself')
    if (!template) return []
    return [
      { id: template.neededText('id', 'MissedRuleName'), conditions: readConditions(template) },
    ]
  })
}
