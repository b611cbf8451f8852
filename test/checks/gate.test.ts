import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'tap'
import { Gate } from '../../src/checks/gate.js'

function entrants(names: string): { inside: string[]; all: { enter: () => void }[] } {
  const inside: string[] = []
  const all = names.split('').map((name) => ({ enter: () => void inside.push(name) }))
  return { inside, all }
}

test('only so many are inside, and the others follow in their turn', (t) => {
  const gate = new Gate(2, 100)
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
  const gate = new Gate(2, 100)
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
  const gate = new Gate(1, 100)
  const { inside, all } = entrants('abc')
  for (const entrant of all) gate.admit(entrant)
  const [, b] = all
  if (b) gate.withdraw(b)
  gate.leave()
  t.same(inside, ['a', 'c'])
  t.end()
})

test('only so many come in in one turn of the event loop, however fast they leave', async (t) => {
  const gate = new Gate(100, 2)
  const inside: string[] = []
  const leaving = 'abcde'.split('').map((name) => ({
    enter: () => {
      inside.push(name)
      gate.leave()
    },
  }))
  for (const entrant of leaving) gate.admit(entrant)
  t.same(inside, ['a', 'b'])
  await turn()
  t.same(inside, ['a', 'b', 'c', 'd'])
  await turn()
  t.same(inside, ['a', 'b', 'c', 'd', 'e'])
})

test('those who come later do not get in before those who wait', async (t) => {
  const gate = new Gate(100, 2)
  const { inside, all } = entrants('abcdef')
  for (const entrant of all.slice(0, 4)) gate.admit(entrant)
  setImmediate(() => all.slice(4).forEach((entrant) => gate.admit(entrant)))
  await turn()
  t.same(inside, ['a', 'b', 'c', 'd'])
  await turn()
  t.same(inside, ['a', 'b', 'c', 'd', 'e', 'f'])
})

test('a turn in which a place is freed does not let in more than another', async (t) => {
  const gate = new Gate(2, 2)
  const { inside, all } = entrants('abcde')
  for (const entrant of all) gate.admit(entrant)
  gate.leave()
  t.same(inside, ['a', 'b'])
  await turn()
  t.same(inside, ['a', 'b', 'c'])
  gate.leave()
  gate.leave()
  t.same(inside, ['a', 'b', 'c', 'd'])
})
