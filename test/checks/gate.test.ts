import { test } from 'tap'
import { Gate } from '../../src/checks/gate.js'

function entrants(names: string): { inside: string[]; all: { enter: () => void }[] } {
  const inside: string[] = []
  const all = names.split('').map((name) => ({ enter: () => void inside.push(name) }))
  return { inside, all }
}

test('only so many are inside, and the others follow in their turn', (t) => {
  const gate = new Gate(2)
  const { inside, all } = entrants('abcd')
  for (const entrant of all) gate.admit(entrant)
  t.same(inside, ['a', 'b'])
  gate.leave()
  t.same(inside, ['a', 'b', 'c'])
  gate.leave()
  gate.leave()
  gate.leave()
  t.same(inside, ['a', 'b', 'c', 'd'])
  t.end()
})

test('when all have left, as many fit in again', (t) => {
  const gate = new Gate(2)
  const { inside, all } = entrants('abcdef')
  const [a, b, ...others] = all
  if (a && b) for (const entrant of [a, b]) gate.admit(entrant)
  gate.leave()
  gate.leave()
  for (const entrant of others) gate.admit(entrant)
  t.same(inside, ['a', 'b', 'c', 'd'])
  t.end()
})

test('one that is withdrawn does not hold its place', (t) => {
  const gate = new Gate(1)
  const { inside, all } = entrants('abc')
  for (const entrant of all) gate.admit(entrant)
  const [, b] = all
  if (b) gate.withdraw(b)
  gate.leave()
  t.same(inside, ['a', 'c'])
  t.end()
})
