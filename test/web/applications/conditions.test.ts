import { test } from 'tap'
import type { Condition } from '../../../src/model/document.js'
import { writeCondition } from '../../../src/model/write-results.js'
import {
  groupOf,
  isJunction,
  joined,
  memberPointer,
  moved,
  replaced,
} from '../../../web/src/applications/conditions/condition-group.js'
import {
  NEW_CONDITION,
  SIMPLE_KINDS,
  withKind,
} from '../../../web/src/applications/conditions/condition-kinds.js'

function named(parameter: string): Condition {
  return { kind: 'isEmpty', parameter, negated: false }
}

const [A, B, C, D] = [named('a'), named('b'), named('c'), named('d')]

/** What a JSON pointer leads to. */
function at(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((value, key) => (value as Record<string, unknown>)[key], document) // a path that leads nowhere throws, and fails
}

test('A chain that leans to the left is one group, and is stored as it was', (t) => {
  for (const kind of ['and', 'or'] as const) {
    const members = [A, B, C, D]
    const stored = joined({ kind, members })
    if (!stored || !isJunction(stored)) throw new Error('no junction')
    t.same(groupOf(stored), { kind, members })
    const document = writeCondition(stored)
    for (const [index, member] of members.entries())
      t.same(at(document, memberPointer(index, 4)), writeCondition(member))
  }
  t.end()
})

test('What leans to the right, is of another kind, or is exactly one of two keeps its own group', (t) => {
  const right: Condition = { kind: 'or', of: [A, { kind: 'or', of: [B, C] }] }
  t.same(groupOf(right).members, right.of)
  const other: Condition = { kind: 'or', of: [{ kind: 'and', of: [A, B] }, C] }
  t.same(groupOf(other).members, other.of)
  const either: Condition = { kind: 'xor', of: [{ kind: 'xor', of: [A, B] }, C] }
  t.same(groupOf(either).members, either.of)
  t.end()
})

test('A group that loses its members ends', (t) => {
  t.equal(joined({ kind: 'or', members: [A] }), A)
  t.equal(joined({ kind: 'or', members: [] }), undefined)
  t.end()
})

test('Entries are replaced, removed and moved within a list', (t) => {
  t.same(replaced([1, 2, 3], 1, 9), [1, 9, 3])
  t.same(replaced([1, 2, 3], 1, undefined), [1, 3])
  t.same(moved([1, 2, 3], 0, 2), [2, 3, 1])
  t.same(moved([1, 2, 3], 0, -1), [1, 2, 3])
  t.same(moved([1, 2, 3], 2, 1), [1, 2, 3])
  t.end()
})

test('Another operator keeps what it can take', (t) => {
  const equals = { ...NEW_CONDITION, parameter: 'mac', value: 'x' } as const
  const contains = withKind(equals, 'contains')
  t.match(contains, { kind: 'contains', parameter: 'mac', values: ['x'], lists: [] })
  t.same(withKind(contains, 'equals'), equals)
  t.match(withKind(equals, 'matches'), { parameter: 'mac', pattern: 'x', negated: false })
  t.match(withKind(withKind(equals, 'matches'), 'inIpRange'), { values: ['x'] })
  t.match(withKind(NEW_CONDITION, 'contains'), { values: [] })
  t.end()
})

test('Every operator can become every other one, and comes with the fields of its own kind', (t) => {
  for (const from of SIMPLE_KINDS)
    for (const to of SIMPLE_KINDS) {
      const condition = withKind(withKind(NEW_CONDITION, from), to)
      t.equal(condition.kind, to)
      t.same(Object.keys(condition).sort(), Object.keys(withKind(NEW_CONDITION, to)).sort())
    }
  t.end()
})
