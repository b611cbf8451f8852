import type { Comparison, Condition, Membership, Relation } from './document.js'

/** Literals that are named before the rest is counted. */
const MOST_NAMED = 5

const RELATION_WORDS: Readonly<Record<Relation, string>> = {
  equals: 'equals',
  notEqual: 'does not equal',
  lessThan: 'is less than',
  lessOrEqual: 'is at most',
  greaterThan: 'is greater than',
  greaterOrEqual: 'is at least',
}

function comparisonWords({ kind, parameter, value, type, caseSensitive }: Comparison): string {
  const manner = [
    ...(type === 'none' ? [] : [`as ${type}`]),
    ...(caseSensitive ? ['case-sensitive'] : []),
  ]
  const suffix = manner.length > 0 ? ` (${manner.join(', ')})` : ''
  return `${parameter} ${RELATION_WORDS[kind]} ${value}${suffix}`
}

function enumeration(values: readonly string[]): string {
  const named = values.slice(0, MOST_NAMED).join(', ')
  return values.length > MOST_NAMED ? `${named} and ${values.length - MOST_NAMED} more` : named
}

function membershipWords({
  kind,
  parameter,
  values,
  lists,
  negated,
  caseSensitive,
}: Membership): string {
  const places = [
    ...(values.length > 0 ? [enumeration(values)] : []),
    ...(lists.length > 0 ? [`the lists ${enumeration(lists)}`] : []),
  ]
  const verb = kind === 'contains' ? 'one of' : 'within'
  const suffix = kind === 'contains' && caseSensitive ? ' (case-sensitive)' : ''
  return `${parameter} is ${negated ? 'not ' : ''}${verb} ${places.join(' or ') || 'nothing'}${suffix}`
}

/** A condition in words: `receiverType equals box2`. */
export function inWords(condition: Condition): string {
  switch (condition.kind) {
    case 'contains':
    case 'inIpRange':
      return membershipWords(condition)
    case 'matches':
      return `${condition.parameter} ${condition.negated ? 'does not match' : 'matches'} ${condition.pattern}`
    case 'isEmpty':
      return `${condition.parameter} is ${condition.negated ? 'neither missing nor' : 'missing or'} blank`
    case 'percent':
      return `the client is among the first ${condition.percent} %`
    case 'random':
      return `chance, ${condition.percent} %`
    case 'and':
      return `(${inWords(condition.of[0])}) and (${inWords(condition.of[1])})`
    case 'or':
      return `(${inWords(condition.of[0])}) or (${inWords(condition.of[1])})`
    case 'xor':
      return `either (${inWords(condition.of[0])}) or (${inWords(condition.of[1])})`
    case 'equals':
    case 'notEqual':
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return comparisonWords(condition)
  }
}
