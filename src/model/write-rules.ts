import type { Branch, Outcome, Rule, Template } from './document.js'
import { writeCondition, type JsonRecord } from './write-results.js'

type WriteResult<Result> = (result: Result) => JsonRecord

function writeConditions({ conditions }: Template | Branch<unknown>): JsonRecord {
  return conditions.length > 0 ? { conditions: conditions.map(writeCondition) } : {}
}

function writeOutcome<Result>(outcome: Outcome<Result>, write: WriteResult<Result>): JsonRecord {
  if (outcome.kind === 'result') return write(outcome.result)
  return { branch: writeBranch(outcome.branch, write) }
}

function writeBranch<Result>(branch: Branch<Result>, write: WriteResult<Result>): JsonRecord {
  const { then, otherwise } = branch
  return {
    ...writeConditions(branch),
    then: writeOutcome(then, write),
    ...(otherwise && { otherwise: writeOutcome(otherwise, write) }),
  }
}

/**
 * The JSON form of the rules of one kind.
 * @param write gives the form of what they lead to
 */
export function writeRules<Result>(
  rules: readonly Rule<Result>[],
  write: WriteResult<Result>,
): readonly JsonRecord[] {
  return rules.map((rule) => {
    const { id, template } = rule
    return { id, ...(template !== undefined && { template }), ...writeBranch(rule, write) }
  })
}

/** The JSON form of the templates for rules of one kind. */
export function writeTemplates(templates: readonly Template[]): readonly JsonRecord[] {
  return templates.map((template) => ({ id: template.id, ...writeConditions(template) }))
}
