import type { Comparison, Condition, Membership, NamespacedList, ValueType } from './document.js'
import { below, quoted, type Problems } from './problems.js'
import { isBlank } from './text.js'
import { fitsType, isAddressOrNetwork } from './values.js'

const TYPE_CODES: Readonly<Record<ValueType, string>> = {
  none: 'ValueStringTypeError',
  string: 'ValueStringTypeError',
  numeric: 'ValueNumericTypeError',
  version: 'ValueVersionTypeError',
  ipv6: 'ValueIPV6TypeError',
}

/** Operators that a rule may apply only once to a parameter. */
const ONCE: ReadonlyMap<string, string> = new Map([
  ['lessThan', 'DuplicatedLessParam'],
  ['greaterThan', 'DuplicatedGreaterParam'],
  ['lessOrEqual', 'DuplicatedLessOrEqualParam'],
  ['greaterOrEqual', 'DuplicatedGreaterOrEqualParam'],
])

/** The lists that conditions may name; each is looked at once, however many conditions name it. */
export class KnownLists {
  private readonly lists: ReadonlyMap<string, NamespacedList>
  private readonly foreign = new Map<string, string | undefined>()

  constructor(lists: readonly NamespacedList[]) {
    this.lists = new Map(lists.map((list) => [list.name, list]))
  }

  has(name: string): boolean {
    return this.lists.has(name)
  }

  /** The first value of a list that is neither an address nor a network. */
  foreignValue(name: string): string | undefined {
    if (!this.foreign.has(name)) {
      const values = this.lists.get(name)?.values ?? []
      const foreign = values.find((value) => !isAddressOrNetwork(value))
      this.foreign.set(name, foreign)
    }
    return this.foreign.get(name)
  }
}

/** Why a pattern cannot be used. */
export interface PatternProblem {
  readonly code: string
  readonly message: string
}

/** Tells what is wrong with a pattern, or that it would take too long; undefined for nothing. */
export type PatternCheck = (pattern: string) => PatternProblem | undefined

/** What conditions are looked at with. */
export interface ConditionsCheck {
  readonly problems: Problems
  readonly lists: KnownLists
  /** Undefined where somebody else looks at patterns. */
  readonly patternProblem: PatternCheck | undefined
}

/** Looks at the conditions of one branch or template. */
export class ConditionsValidation {
  private readonly problems: Problems
  private readonly lists: KnownLists
  private readonly patternProblem: PatternCheck | undefined
  /** Operator and parameter of the comparisons so far. */
  private readonly compared = new Set<string>()

  constructor({ problems, lists, patternProblem }: ConditionsCheck) {
    this.problems = problems
    this.lists = lists
    this.patternProblem = patternProblem
  }

  /** Counts conditions that hold beside those that are looked at: a template's, which is looked at itself. */
  assume(conditions: readonly Condition[]): void {
    for (const condition of conditions) {
      if ('of' in condition) this.assume(condition.of)
      else if ('value' in condition) this.compared.add(comparisonKey(condition))
    }
  }

  /** @param path of the list of conditions */
  check(conditions: readonly Condition[], path: string): void {
    for (const [index, condition] of conditions.entries())
      this.checkOne(condition, below(path, index))
  }

  private checkOne(condition: Condition, path: string): void {
    if ('of' in condition) {
      this.check(condition.of, below(path, 'of'))
      return
    }
    if ('percent' in condition) {
      this.checkShare(condition, below(path, 'percent'))
      return
    }
    if (isBlank(condition.parameter))
      this.problems.add('MissedParamName', below(path, 'parameter'), 'the parameter has no name')
    if ('value' in condition) this.checkComparison(condition, path)
    else if ('values' in condition) this.checkMembership(condition, path)
    else if ('pattern' in condition) this.checkPattern(condition.pattern, below(path, 'pattern'))
  }

  private checkPattern(pattern: string, path: string): void {
    const problem =
      pattern === ''
        ? { code: 'MissedParamValue', message: 'the pattern is empty' }
        : this.patternProblem?.(pattern)
    if (problem) this.problems.add(problem.code, path, problem.message)
  }

  private checkShare(share: { kind: 'percent' | 'random'; percent: number }, path: string): void {
    if (share.percent > 0 && share.percent <= 100) return
    const code = share.kind === 'percent' ? 'PercentRangeError' : 'RandomRangeError'
    this.problems.add(code, path, `must be above 0 and at most 100, and is ${share.percent}`)
  }

  private checkComparison(comparison: Comparison, path: string): void {
    const { kind, parameter, value, type } = comparison
    if (isBlank(value))
      this.problems.add('MissedParamValue', below(path, 'value'), 'the value is missing')
    else if (!fitsType(value, type))
      this.problems.add(TYPE_CODES[type], below(path, 'value'), `${quoted(value)} is not ${type}`)
    const code = ONCE.get(kind)
    const key = comparisonKey(comparison)
    if (code !== undefined && this.compared.has(key)) {
      const message = `${kind} stands for ${quoted(parameter)} for the second time in this rule`
      this.problems.add(code, path, message)
    }
    this.compared.add(key)
  }

  private checkMembership({ kind, values, lists }: Membership, path: string): void {
    if (values.length + lists.length === 0)
      this.problems.add('MissedParamValue', path, 'there are neither values nor lists')
    for (const [index, value] of values.entries()) {
      const place = below(below(path, 'values'), index)
      if (isBlank(value)) this.problems.add('MissedParamValue', place, 'the value is missing')
      else if (kind === 'inIpRange' && !isAddressOrNetwork(value))
        this.problems.add('ValueIPV6_4TypeError', place, notAnAddress(value))
    }
    for (const [index, name] of lists.entries())
      this.checkList(kind, name, below(below(path, 'lists'), index))
  }

  private checkList(kind: 'contains' | 'inIpRange', name: string, path: string): void {
    if (!this.lists.has(name)) {
      this.problems.add('NamespacedListNotFound', path, `there is no list ${quoted(name)}`)
      return
    }
    const foreign = kind === 'inIpRange' ? this.lists.foreignValue(name) : undefined
    if (foreign === undefined) return
    this.problems.add('IpRangeTypeError', path, `list ${quoted(name)}: ${notAnAddress(foreign)}`)
  }
}

function comparisonKey({ kind, parameter }: Comparison): string {
  return `${kind} ${parameter}`
}

function notAnAddress(text: string): string {
  return `${quoted(text)} is neither an address nor a network`
}
