import {
  RELATIONS,
  type Condition,
  type Junction,
  type Relation,
} from '../../../../src/model/document.js'

/** A condition that joins no others. */
export type SimpleCondition = Exclude<Condition, Junction>

/** What people read in the place of an operator's name. */
export const KIND_WORDS: Readonly<Record<Condition['kind'], string>> = {
  equals: 'equals',
  notEqual: 'does not equal',
  lessThan: 'is less than',
  lessOrEqual: 'is at most',
  greaterThan: 'is greater than',
  greaterOrEqual: 'is at least',
  contains: 'is one of',
  inIpRange: 'is in the networks',
  matches: 'matches the pattern',
  isEmpty: 'is missing or blank',
  percent: 'share of the clients',
  random: 'chance',
  and: 'all of',
  or: 'any of',
  xor: 'exactly one of',
}

/** The operators of simple conditions, in the order in which they are offered. */
export const SIMPLE_KINDS: readonly SimpleCondition['kind'][] = [
  ...RELATIONS,
  'contains',
  'inIpRange',
  'matches',
  'isEmpty',
  'percent',
  'random',
]

/** What a condition that is added begins as. */
export const NEW_CONDITION: SimpleCondition = {
  kind: 'equals',
  parameter: '',
  value: '',
  type: 'none',
  caseSensitive: false,
}

function isRelation(kind: SimpleCondition['kind']): kind is Relation {
  return RELATIONS.some((relation) => relation === kind)
}

/** What all kinds may keep of one another. */
interface Said {
  readonly parameter: string
  readonly texts: readonly string[]
  readonly lists: readonly string[]
  readonly percent: number
  readonly isNegated: boolean
  readonly caseSensitive: boolean
}

function saidBy(condition: SimpleCondition): Said {
  return {
    parameter: 'parameter' in condition ? condition.parameter : '',
    texts: textsOf(condition),
    lists: 'lists' in condition ? condition.lists : [],
    percent: 'percent' in condition ? condition.percent : 10,
    isNegated: 'negated' in condition && condition.negated,
    caseSensitive: 'caseSensitive' in condition && condition.caseSensitive,
  }
}

function textsOf(condition: SimpleCondition): readonly string[] {
  if ('values' in condition) return condition.values
  if ('value' in condition) return condition.value === '' ? [] : [condition.value]
  return 'pattern' in condition && condition.pattern !== '' ? [condition.pattern] : []
}

/** A condition with another operator, and as much of what was said as that one takes. */
export function withKind(
  condition: SimpleCondition,
  kind: SimpleCondition['kind'],
): SimpleCondition {
  if (condition.kind === kind) return condition
  const { parameter, texts, lists, percent, isNegated: negated, caseSensitive } = saidBy(condition)
  const [value = ''] = texts
  if (isRelation(kind)) {
    const type = 'type' in condition ? condition.type : 'none'
    return { kind, parameter, value, type, caseSensitive }
  }
  switch (kind) {
    case 'contains':
    case 'inIpRange':
      return { kind, parameter, values: texts, lists, negated, caseSensitive }
    case 'matches':
      return { kind, parameter, pattern: value, negated }
    case 'isEmpty':
      return { kind, parameter, negated }
    case 'percent':
    case 'random':
      return { kind, percent }
  }
}
