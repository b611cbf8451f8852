import type { Branch, Condition, Junction } from './document.js'

/** Where costs stop to add up, as Redirector's integers do. */
const GREATEST_COST = 0x7fffffff

const NESTED_JUNCTION = 100

const COSTS: Readonly<Record<Exclude<Condition['kind'], Junction['kind']>, number>> = {
  equals: 10,
  notEqual: 10,
  lessThan: 10,
  lessOrEqual: 10,
  greaterThan: 10,
  greaterOrEqual: 10,
  isEmpty: 10,
  inIpRange: 1000,
  contains: 5000,
  matches: 25_000,
  random: 50_000,
  percent: 50_000,
}

function isJunction(condition: Condition): condition is Junction {
  return condition.kind === 'and' || condition.kind === 'or' || condition.kind === 'xor'
}

/** What Redirector takes a condition to cost: a junction what is directly in it does, where another junction counts a flat 100. */
function costOfCondition(condition: Condition): number {
  if (!isJunction(condition)) return COSTS[condition.kind]
  return condition.of.reduce(
    (sum, part) => sum + (isJunction(part) ? NESTED_JUNCTION : COSTS[part.kind]),
    0,
  )
}

/** What a rule goes by in the order of evaluation: its conditions, and those of the branches its `then` leads to. */
export function costOf({ conditions, then }: Branch<unknown>): number {
  const inner = then.kind === 'branch' ? costOf(then.branch) : 0
  const own = conditions.reduce((sum, condition) => sum + costOfCondition(condition), 0)
  return Math.min(GREATEST_COST, own + inner)
}
