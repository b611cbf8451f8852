import { test } from 'tap'
import type { TestCase } from '../../../src/model/trial.js'
import { exportedTests, readTests } from '../../../web/src/applications/trial/test-items.js'

const SAVED: readonly TestCase[] = [
  { name: 'a', parameters: { mac: '1' }, expected: { path: '2.0', appliedUrlRules: ['web'] } },
  { name: 'b', parameters: {}, expected: {} },
]

const OTHER_B: TestCase = { name: 'b', parameters: { x: '' }, expected: { by: 'rule', port: '' } }
const NEW: TestCase = { name: '<c>/%', parameters: { 'a b': 'c=d' }, expected: { rule: 'Labs' } }

test('Of a file it is told which tests are new, saved, and saved in another way', (t) => {
  const [a] = SAVED
  const read = readTests(JSON.stringify({ items: [NEW, OTHER_B, a] }), SAVED)
  t.same('items' in read && read.items, [
    { what: 'test <c>/%', state: 'new', after: NEW, test: NEW },
    { what: 'test b', state: 'another', before: SAVED[1], after: OTHER_B, test: OTHER_B },
    { what: 'test a', state: 'the same', before: a, after: a, test: a },
  ])
  t.end()
})

test('What was exported is all there when it is imported', (t) => {
  const read = readTests(exportedTests(SAVED), SAVED)
  t.same('items' in read && read.items.map(({ state }) => state), ['the same', 'the same'])
  t.end()
})

const NAMELESS = { parameters: {}, expected: {} }
const B = { ...NAMELESS, name: 'b' }

const UNREADABLE = [
  ['{', /JSON/],
  ['[]', /must be an object/],
  ['{}', /items is missing/],
  ['{"items": 1}', /\/items: must be a list/],
  ['{"items": [], "rules": []}', /"rules" is no key/],
  [JSON.stringify({ items: [NAMELESS] }), /\/items\/0\/name: name is missing/],
  [JSON.stringify({ items: [{ ...B, name: '' }] }), /\/items\/0\/name: must have 1 to 200/],
  [JSON.stringify({ items: [{ ...B, name: 'x'.repeat(201) }] }), /must have 1 to 200/],
  [JSON.stringify({ items: [B, B] }), /\/items\/1\/name: there is another test b/],
  [JSON.stringify({ items: [{ ...B, parameters: { x: 1 } }] }), /parameters\/x: must be a text/],
  [JSON.stringify({ items: [{ ...B, expected: { flavor: '2' } }] }), /"flavor" is no key/],
  [JSON.stringify({ items: [{ ...B, expected: { port: 80 } }] }), /port: must be a text/],
  [JSON.stringify({ items: [{ name: 'b' }] }), /parameters is missing.*expected is missing/],
  [JSON.stringify({ items: Array.from({ length: 1001 }, () => B) }), /1000 are the most/],
] as const

for (const [text, why] of UNREADABLE)
  test(`A file with ${text.slice(0, 70)} is refused with ${String(why)}`, (t) => {
    const read = readTests(text, SAVED)
    t.match('why' in read ? read.why : '', why)
    t.end()
  })
