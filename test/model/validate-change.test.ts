import { test } from 'tap'
import type { NamespacedList } from '../../src/model/document.js'
import { listsOf } from '../../src/model/lists-of.js'
import { validateChange, validateListsChange } from '../../src/model/validate-change.js'
import { validateLists } from '../../src/model/validate-lists.js'
import { LISTS, modelWith, PARAMETER, RULE, shown, withSlices, type Parts } from './parts.js'

test('Lists are valid when their names and values are', (t) => {
  t.same(validateLists(LISTS), [])
  const list: NamespacedList = { name: 'x', description: '', type: 'text', values: [] }
  const cases: readonly (readonly [lists: readonly NamespacedList[], problem: string])[] = [
    [[{ ...list, name: '' }], 'NamespacedListNameIsMissed /0/name'],
    [[{ ...list, name: 'a-b' }], 'NamespacedListNameIsInvalid /0/name'],
    [[list, list], 'DuplicatedNamespacedListName /1/name'],
    [[{ ...list, values: [' '] }], 'NamespacedListContainsEmptyValue /0/values/0'],
    [
      [{ ...list, type: 'ip', values: ['10.0.0.1', 'a'] }],
      'NamespacedListValueIsInvalid /0/values/1',
    ],
    [[{ ...list, values: ['a', 'a'] }], 'NamespacedListsDuplicates /0/values/1'],
    [[...LISTS, { ...list, values: ['b'] }], 'NamespacedListsDuplicates /2/values/0'],
  ]
  for (const [lists, problem] of cases) t.same(shown(validateLists(lists)), [problem])
  t.end()
})

test('A change may not empty a distribution or a whitelist of several entries', (t) => {
  const several = modelWith({
    ...withSlices([5, '2.0'], [5, '2.1']),
    whitelist: ['/DC1/Z1', '/DC2/Z1'],
  })
  const one = modelWith(withSlices([5, '2.0']))
  const none = modelWith({ whitelist: [] })
  t.same(shown(validateChange(several, none)), [
    'DistributionDeletionError /distribution',
    'WhitelistDeleteError /whitelist',
  ])
  t.same(validateChange(several, one), [])
  t.same(validateChange(one, none), [])
  t.end()
})

test('A change may not remove templates and lists in use', (t) => {
  const templates = [{ id: 't', conditions: [{ kind: 'contains', ...PARAMETER, lists: ['lab'] }] }]
  const rules = [{ ...RULE, template: 't' }]
  const before = modelWith({ templates, rules })
  t.same(shown(validateChange(before, modelWith({ rules }))), ['TemplateIsUsed /rules/0/template'])
  t.same(validateChange(before, modelWith({})), [])
  const urlRules = [{ ...RULE, template: 't', then: { parameters: { port: 1 } } }]
  const withUrl = modelWith({ urlTemplates: templates, urlRules })
  t.same(shown(validateChange(withUrl, modelWith({ urlRules }))), [
    'TemplateIsUsed /urlRules/0/template',
  ])
  const models = new Map([['app', before]])
  t.same(shown(validateListsChange(LISTS, [], models)), ['NamespacedlistIsInUse '])
  t.same(validateListsChange(LISTS, LISTS.slice(0, 1), models), [])
  t.end()
})

test('The lists of a model are those of every condition, however deep', (t) => {
  const uses = (name: string): Parts => ({ kind: 'contains', ...PARAMETER, lists: [name] })
  const branch = { conditions: [uses('c')], then: RULE.then, otherwise: RULE.then }
  const rules = [
    {
      ...RULE,
      conditions: [{ kind: 'or', of: [uses('a'), uses('b')] }],
      then: { branch },
      otherwise: { branch: { ...branch, conditions: [uses('d')] } },
    },
  ]
  const parts = { rules, urlTemplates: [{ id: 't', conditions: [uses('e')] }] }
  t.same([...listsOf(modelWith(parts))], ['a', 'b', 'c', 'd', 'e'])
  t.end()
})
