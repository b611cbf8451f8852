import { test } from 'tap'
import {
  edited,
  redone,
  undone,
  unedited,
} from '../../../web/src/applications/draft/edit-history.js'

test('What was edited is taken back and done again, step by step', (t) => {
  const twice = edited(edited(unedited('a'), 'b'), 'c')
  t.equal(undone(twice).present, 'b')
  t.equal(undone(undone(twice)).present, 'a')
  t.equal(undone(undone(undone(twice))).present, 'a', 'there is nothing before')
  t.equal(redone(undone(twice)).present, 'c')
  t.equal(redone(twice), twice, 'nothing was taken back')
  t.end()
})

test('An edit ends what could be done again', (t) => {
  const other = edited(undone(edited(unedited('a'), 'b')), 'c')
  t.equal(redone(other).present, 'c')
  t.equal(undone(other).present, 'a')
  t.end()
})

test('Typing on in one field is one step, and begins another after a step back', (t) => {
  const typed = ['x', 'xy', 'xyz'].reduce(
    (history, text) => edited(history, text, '/rules/0/id'),
    unedited(''),
  )
  t.equal(undone(typed).present, '')
  const elsewhere = edited(typed, 'other', '/rules/1/id')
  t.equal(undone(elsewhere).present, 'xyz')
  const again = edited(undone(elsewhere), 'xy', '/rules/1/id')
  t.equal(undone(again).present, 'xyz')
  t.end()
})

test('What is the same is no step', (t) => {
  const history = unedited('a')
  t.equal(edited(history, 'a'), history)
  t.end()
})

test('The oldest steps are given up, not the newest', (t) => {
  let history = unedited(0)
  for (let step = 1; step <= 1000; step++) history = edited(history, step)
  t.equal(history.past.length, 200)
  t.equal(undone(history).present, 999)
  t.end()
})
