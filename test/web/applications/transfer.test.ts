import { test } from 'tap'
import { MODEL } from '../../../web/src/applications/draft/document-kind.js'
import {
  exportedModel,
  readItems,
  type ModelItem,
} from '../../../web/src/applications/transfer/model-items.js'

function rule(id: string, path: string) {
  return { id, conditions: [{ kind: 'isEmpty', parameter: 'x' }], then: { server: { path } } }
}

const OWN = MODEL.read({
  rules: [rule('a', '1'), rule('b', '1')],
  defaultServer: { path: '1.0' },
  whitelist: ['/DC1/Z1'],
})

function itemsIn(text: string): readonly ModelItem[] {
  const read = readItems(text, OWN)
  if ('why' in read) throw new Error(read.why)
  return read.items
}

test('Of a file it is told what is new, what is there, and what is there in another way', (t) => {
  const items = itemsIn(
    JSON.stringify({
      rules: [rule('a', '2'), rule('b', '1'), rule('c', '1')],
      whitelist: ['/DC1/Z1', '/DC2/Z1'],
    }),
  )
  t.same(
    items.map(({ what, state }) => [what, state]),
    [
      ['rule a', 'another'],
      ['rule b', 'the same'],
      ['rule c', 'new'],
      ['stack /DC1/Z1', 'the same'],
      ['stack /DC2/Z1', 'new'],
    ],
  )
  const after = items
    .filter(({ state }) => state !== 'the same')
    .reduce((so, { taken }) => taken(so), OWN)
  t.same(MODEL.write(after), {
    rules: [rule('a', '2'), rule('b', '1'), rule('c', '1')],
    defaultServer: { path: '1.0' },
    whitelist: ['/DC1/Z1', '/DC2/Z1'],
  })
  t.end()
})

test('What was exported is all there when it is imported', (t) => {
  t.same(
    itemsIn(exportedModel(OWN)).map(({ state }) => state),
    ['the same', 'the same', 'the same'],
  )
  t.end()
})

const UNREADABLE = [
  ['{', /JSON/],
  ['[]', /no model/],
  ['"text"', /no model/],
  ['{"rules": [{"id": 1}]}', /\/rules\/0\/id: must be a text/],
  ['{"unknown": 1}', /"unknown" is no key/],
] as const

for (const [text, why] of UNREADABLE)
  test(`A file with ${text} is refused with the reason`, (t) => {
    const read = readItems(text, OWN)
    t.match('why' in read ? read.why : '', why)
    t.end()
  })
