import type { Branch, Condition, Outcome, Rule, Template } from './document.js'
import { below, quoted, type Problems } from './problems.js'
import { ConditionsValidation, type ConditionsCheck } from './validate-conditions.js'
import { isBlank } from './text.js'
import { isName } from './values.js'

/** Looks at what a branch leads to; the path is that of the outcome. */
type ValidateResult<Result> = (result: Result, path: string) => void

function validateName(name: string, path: string, taken: Set<string>, problems: Problems): void {
  if (isBlank(name)) problems.add('MissedRuleName', path, 'the name is missing')
  else if (!isName(name)) {
    const message = `${quoted(name)} is not made of letters, digits and _, or is "undefined"`
    problems.add('InvalidRuleName', path, message)
  } else if (taken.has(name))
    problems.add('DuplicatedRuleName', path, `${quoted(name)} stands here for the second time`)
  taken.add(name)
}

/** Looks at rules of one kind and at their templates. */
export class RulesValidation<Result> {
  private readonly problems: Problems
  private readonly check: ConditionsCheck
  private readonly validateResult: ValidateResult<Result>
  private readonly templates: ReadonlyMap<string, Template>

  constructor(
    check: ConditionsCheck,
    templates: readonly Template[],
    validateResult: ValidateResult<Result>,
  ) {
    this.problems = check.problems
    this.check = check
    this.validateResult = validateResult
    this.templates = new Map(templates.map((template) => [template.id, template]))
  }

  checkRules(rules: readonly Rule<Result>[], path: string): void {
    const taken = new Set<string>()
    for (const [index, rule] of rules.entries()) {
      const place = below(path, index)
      validateName(rule.id, below(place, 'id'), taken, this.problems)
      this.checkBranch(rule, place, this.assumed(rule, place))
    }
  }

  checkTemplates(templates: readonly Template[], path: string): void {
    const taken = new Set<string>()
    for (const [index, { id, conditions }] of templates.entries()) {
      const place = below(path, index)
      validateName(id, below(place, 'id'), taken, this.problems)
      this.checkConditions(conditions, below(place, 'conditions'), [])
    }
  }

  /** The conditions of the rule's template. */
  private assumed({ template }: Rule<Result>, place: string): readonly Condition[] {
    if (template === undefined) return []
    const found = this.templates.get(template)
    if (found) return found.conditions
    const message = `there is no template ${quoted(template)}`
    this.problems.add('TemplateNotFound', below(place, 'template'), message)
    return []
  }

  private checkBranch(branch: Branch<Result>, place: string, assumed: readonly Condition[]): void {
    this.checkConditions(branch.conditions, below(place, 'conditions'), assumed)
    this.checkOutcome(branch.then, below(place, 'then'))
    if (branch.otherwise) this.checkOutcome(branch.otherwise, below(place, 'otherwise'))
  }

  private checkConditions(
    conditions: readonly Condition[],
    place: string,
    assumed: readonly Condition[],
  ): void {
    if (conditions.length + assumed.length === 0)
      this.problems.add('EmptyExpressions', place, 'there are no conditions')
    const validation = new ConditionsValidation(this.check)
    validation.assume(assumed)
    validation.check(conditions, place)
  }

  private checkOutcome(outcome: Outcome<Result>, place: string): void {
    if (outcome.kind === 'branch') this.checkBranch(outcome.branch, below(place, 'branch'), [])
    else this.validateResult(outcome.result, place)
  }
}
