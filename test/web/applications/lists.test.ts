import { test } from 'tap'
import type { NamespacedList } from '../../../src/model/document.js'
import { readModel } from '../../../src/model/read-model.js'
import {
  searchLists,
  usesOfList,
  usesOfValue,
} from '../../../web/src/applications/lists/list-uses.js'
import {
  duplicatesOf,
  readValues,
  withImported,
  withMoved,
  writeValues,
} from '../../../web/src/applications/lists/list-values.js'

const LABS: NamespacedList = {
  name: 'labs',
  description: '',
  type: 'text',
  values: ['Mac1', 'mac2'],
}
const NETS: NamespacedList = { name: 'nets', description: '', type: 'ip', values: ['192.0.2.0/24'] }
const LISTS = [LABS, NETS]

test('A value is found in the lists that hold it, in networks, and in parts', (t) => {
  const found = (text: string) =>
    searchLists(LISTS, text).map(({ list, value, isExact }) => [list.name, value, isExact])
  t.same(found(' mac1 '), [['labs', 'Mac1', true]])
  t.same(found('192.0.2.7'), [['nets', '192.0.2.0/24', true]])
  t.same(found('192.0.2.0/25'), [['nets', '192.0.2.0/24', true]])
  t.same(found('198.51.100.1'), [])
  t.same(found('mac'), [['labs', 'Mac1', false]])
  t.same(found('  '), [])
  t.end()
})

test('What uses a list or a value is found in rules, branches, junctions and templates', (t) => {
  const inList = { kind: 'contains', parameter: 'mac', lists: ['labs'] }
  const literal = { kind: 'contains', parameter: 'mac', values: ['MAC9'] }
  const read = readModel({
    rules: [
      {
        id: 'Inner',
        conditions: [literal],
        then: { branch: { conditions: [inList], then: { server: { path: '1' } } } },
      },
    ],
    templates: [{ id: 'Shared', conditions: [{ kind: 'or', of: [literal, inList] }] }],
    urlRules: [
      {
        id: 'Url',
        conditions: [{ kind: 'equals', parameter: 'mac', value: 'mac9' }],
        then: { parameters: { port: 1 } },
      },
    ],
    urlTemplates: [{ id: 'UrlShared', conditions: [inList] }],
    defaultServer: { path: '1' },
  })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const uses = usesOfList('shop', read.content, 'labs')
  t.same(
    uses.map(({ kind, rule }) => `${kind} ${rule}`),
    ['rule Inner', 'template Shared', 'URL template UrlShared'],
  )
  t.same(
    usesOfValue('shop', read.content, 'Mac9 ').map(({ rule }) => rule),
    ['Inner', 'Url', 'Shared'],
  )
  t.same(usesOfList('shop', read.content, 'nets'), [])
  t.end()
})

test('Values are read between line breaks, commas and semicolons, once each', (t) => {
  t.same(readValues('a, b;\r\n# a comment, with a comma\n\n c \na', 'text'), {
    values: ['a', 'b', 'c'],
    repeated: 1,
    invalid: [],
  })
  t.same(readValues('192.0.2.1 2001:db8::/32\n10.0.0.0/8, x', 'ip'), {
    values: ['10.0.0.0/8'],
    repeated: 0,
    invalid: ['192.0.2.1 2001:db8::/32', 'x'],
  })
  t.same(readValues(writeValues(LABS), 'text').values, LABS.values)
  t.end()
})

test('An import adds, replaces or removes', (t) => {
  t.same(withImported(LABS, ['mac2', 'new'], 'add').values, ['Mac1', 'mac2', 'new'])
  t.same(withImported(LABS, ['new'], 'replace').values, ['new'])
  t.same(withImported(LABS, ['mac2', 'new'], 'remove').values, ['Mac1'])
  t.end()
})

test('A value that another list has is told, and moved when that is wanted', (t) => {
  const wanted = { ...NETS, values: ['Mac1', '10.0.0.0/8'] }
  t.same(duplicatesOf('nets', wanted.values, LISTS), [{ value: 'Mac1', list: 'labs' }])
  const after = withMoved(LISTS, wanted)
  t.same(after, [{ ...LABS, values: ['mac2'] }, wanted])
  t.same(duplicatesOf('nets', wanted.values, after), [])
  t.end()
})
