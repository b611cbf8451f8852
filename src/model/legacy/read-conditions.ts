import {
  OPERATORS,
  VALUE_TYPES,
  type Comparison,
  type Condition,
  type Junction,
  type Membership,
  type Share,
} from '../document.js'
import { DEEPEST_NESTING, MOST_CONDITIONS, MOST_LITERALS } from '../limits.js'
import { quoted } from '../problems.js'
import type { LegacyElement } from './xml.js'

/** Whether an element is a condition, known or not: everything in an `if` that does not lead anywhere. */
export function isCondition({ name }: LegacyElement): boolean {
  return name !== 'if' && name !== 'return'
}

function parameterOf(element: LegacyElement): string | undefined {
  const parameter = element.textOf('param')
  if (parameter === undefined) element.note('MissedParamName', 'param is missing')
  return parameter
}

function neededText(element: LegacyElement, name: string): string | undefined {
  const text = element.textOf(name)
  if (text === undefined) element.note('MissedParamValue', `${name} is missing`)
  return text
}

function readComparison(kind: Comparison['kind'], element: LegacyElement): Comparison | undefined {
  element.expect(['param', 'value'])
  element.expectAttributes(['type', 'caseSensitive', 'negation'])
  if (element.flag('negation', false))
    element.note('NegationIgnored', `Redirector does not heed negation of ${kind}, nor is it kept`)
  const parameter = parameterOf(element)
  const value = neededText(element, 'value')
  const named = element.attribute('type')?.toLowerCase() ?? 'none'
  const type = VALUE_TYPES.find((each) => each === named)
  if (!type)
    element.note('UnknownChoice', `type ${quoted(named)} is none of ${VALUE_TYPES.join(', ')}`)
  if (parameter === undefined || value === undefined || !type) return undefined
  return { kind, parameter, value, type, caseSensitive: element.flag('caseSensitive', false) }
}

/** Parts of a text between delimiters, each of whose characters is one. */
function parts(text: string, delimiters: string): readonly string[] {
  const found: string[] = []
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !delimiters.includes(text.charAt(at))) continue
    found.push(text.slice(start, at).trim())
    start = at + 1
  }
  return found.filter((part) => part !== '')
}

/** Repeated `value`, or one text with a delimiter; the attribute is spelled so. */
function readTexts(element: LegacyElement | undefined): readonly string[] {
  if (!element) return []
  element.expect([], ['value'])
  element.expectAttributes(['delimeter'])
  const values = element.all('value')
  if (values.length === 0) return parts(element.text, element.exactAttribute('delimeter') || ',')
  return values.map(({ text }) => text).filter((text) => text !== '')
}

function readMembership(kind: Membership['kind'], element: LegacyElement): Membership | undefined {
  element.expect(['param', 'values', 'namespacedList'])
  element.expectAttributes(['type', 'negation', 'caseSensitive'])
  const parameter = parameterOf(element)
  const values = readTexts(element.child('values'))
  const lists = readTexts(element.child('namespacedList'))
  if (values.length + lists.length === 0)
    element.note('MissedParamValue', 'there are neither values nor names of lists')
  if (values.length > MOST_LITERALS || lists.length > MOST_CONDITIONS)
    element.note('TooLarge', `has ${values.length} values and ${lists.length} lists`)
  else if (parameter !== undefined && values.length + lists.length > 0) {
    const negated = element.flag('negation', false)
    const caseSensitive = element.flag('caseSensitive', false)
    return { kind, parameter, values, lists, negated, caseSensitive }
  }
  return undefined
}

function readMatch(element: LegacyElement): Condition | undefined {
  element.expect(['param', 'pattern'])
  element.expectAttributes(['negation'])
  const parameter = parameterOf(element)
  const pattern = neededText(element, 'pattern')
  if (parameter === undefined || pattern === undefined) return undefined
  return { kind: 'matches', parameter, pattern, negated: element.flag('negation', false) }
}

function readEmptiness(element: LegacyElement): Condition | undefined {
  element.expect(['param'])
  element.expectAttributes(['negation'])
  const parameter = parameterOf(element)
  const negated = element.flag('negation', false)
  return parameter === undefined ? undefined : { kind: 'isEmpty', parameter, negated }
}

function readShare(kind: Share['kind'], element: LegacyElement): Share | undefined {
  element.expect(['value'])
  element.expectAttributes([])
  const text = neededText(element, 'value')
  if (text === undefined) return undefined
  const percent = Number(text)
  if (Number.isFinite(percent)) return { kind, percent }
  const code = kind === 'percent' ? 'PercentRangeError' : 'RandomRangeError'
  element.note(code, `${quoted(text)} is no number`)
  return undefined
}

function readJunction(
  kind: Junction['kind'],
  element: LegacyElement,
  depth: number,
): Junction | undefined {
  element.expectAttributes([])
  const { children } = element
  const [first, second] = children
  if (!first || !second || children.length !== 2) {
    element.note(UNREADABLE, `takes two conditions, and has ${children.length}`)
    return undefined
  }
  const [left, right] = [readCondition(first, depth + 1), readCondition(second, depth + 1)]
  return left && right && { kind, of: [left, right] }
}

const UNREADABLE = 'ExpressionCouldNotBeDeserialized'

/** Undefined when it cannot be read; the reason is among the notes then. */
export function readCondition(element: LegacyElement, depth = 1): Condition | undefined {
  if (depth > DEEPEST_NESTING) {
    element.note('TooDeep', `conditions are nested more than ${DEEPEST_NESTING} deep`)
    return undefined
  }
  const kind = OPERATORS.find((operator) => operator === element.name)
  switch (kind) {
    case undefined:
      element.note(UNREADABLE, `${quoted(element.name)} is no condition`)
      return undefined
    case 'contains':
    case 'inIpRange':
      return readMembership(kind, element)
    case 'matches':
      return readMatch(element)
    case 'isEmpty':
      return readEmptiness(element)
    case 'percent':
    case 'random':
      return readShare(kind, element)
    case 'and':
    case 'or':
    case 'xor':
      return readJunction(kind, element, depth)
    case 'equals':
    case 'notEqual':
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return readComparison(kind, element)
  }
}
