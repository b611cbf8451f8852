import { OPERATORS, VALUE_TYPES, type Condition, type Relation } from './document.js'
import type { JsonField, JsonObject } from './json-field.js'
import { DEEPEST_NESTING, MOST_CONDITIONS, MOST_LITERALS } from './limits.js'

const UNREADABLE = 'ExpressionCouldNotBeDeserialized'

/** Stands in for a condition with problems. */
const NOTHING: Condition = { kind: 'random', percent: 0 }

function parameterOf(object: JsonObject): string {
  return object.neededText('parameter', 'MissedParamName')
}

function readComparison(kind: Relation, object: JsonObject): Condition {
  object.allow(['kind', 'parameter', 'value', 'type', 'caseSensitive'])
  return {
    kind,
    parameter: parameterOf(object),
    value: object.neededText('value', 'MissedParamValue'),
    type: object.at('type')?.choice(VALUE_TYPES) ?? 'none',
    caseSensitive: object.flag('caseSensitive', false),
  }
}

function readMembership(kind: 'contains' | 'inIpRange', object: JsonObject): Condition {
  object.allow(['kind', 'parameter', 'values', 'lists', 'negated', 'caseSensitive'])
  return {
    kind,
    parameter: parameterOf(object),
    values: object.texts('values', MOST_LITERALS),
    lists: object.texts('lists', MOST_CONDITIONS),
    negated: object.flag('negated', false),
    caseSensitive: object.flag('caseSensitive', false),
  }
}

function readJunction(kind: 'and' | 'or' | 'xor', object: JsonObject, depth: number): Condition {
  object.allow(['kind', 'of'])
  const field = object.need('of', UNREADABLE)
  const fields = field?.items(MOST_CONDITIONS) ?? []
  const [left, right] = fields
  if (left && right && fields.length === 2)
    return { kind, of: [readCondition(left, depth + 1), readCondition(right, depth + 1)] }
  field?.complain(UNREADABLE, `${kind} takes two conditions, and has ${fields.length}`)
  return NOTHING
}

function readMatch(kind: 'matches', object: JsonObject): Condition {
  object.allow(['kind', 'parameter', 'pattern', 'negated'])
  const pattern = object.neededText('pattern', 'MissedParamValue')
  return { kind, parameter: parameterOf(object), pattern, negated: object.flag('negated', false) }
}

function readEmptiness(kind: 'isEmpty', object: JsonObject): Condition {
  object.allow(['kind', 'parameter', 'negated'])
  return { kind, parameter: parameterOf(object), negated: object.flag('negated', false) }
}

function readShare(kind: 'percent' | 'random', object: JsonObject): Condition {
  object.allow(['kind', 'percent'])
  const code = kind === 'percent' ? 'PercentRangeError' : 'RandomRangeError'
  return { kind, percent: object.need('percent', code)?.number(code) ?? 0 }
}

function readKind(kind: Condition['kind'], object: JsonObject, depth: number): Condition {
  switch (kind) {
    case 'contains':
    case 'inIpRange':
      return readMembership(kind, object)
    case 'matches':
      return readMatch(kind, object)
    case 'isEmpty':
      return readEmptiness(kind, object)
    case 'percent':
    case 'random':
      return readShare(kind, object)
    case 'and':
    case 'or':
    case 'xor':
      return readJunction(kind, object, depth)
    case 'equals':
    case 'notEqual':
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return readComparison(kind, object)
  }
}

function readCondition(field: JsonField, depth: number): Condition {
  if (depth > DEEPEST_NESTING) {
    field.complain('TooDeep', `conditions are nested more than ${DEEPEST_NESTING} deep`)
    return NOTHING
  }
  const object = field.object(UNREADABLE)
  const kind = object?.need('kind', UNREADABLE)?.choice(OPERATORS, UNREADABLE)
  return object && kind ? readKind(kind, object, depth) : NOTHING
}

/** The conditions of a branch or a template. */
export function readConditions(object: JsonObject): readonly Condition[] {
  return object.items('conditions', MOST_CONDITIONS).map((field) => readCondition(field, 1))
}
