import { test } from 'tap'
import { diffLists, diffModels, MOST_TOLD_VALUES } from '../../src/model/diff.js'
import { readModel } from '../../src/model/read-model.js'
import { writeModel } from '../../src/model/write-model.js'
import { RandomModels } from '../support/random-model.js'
import { modelWith, RULE, SERVER, URL_DEFAULTS, withSlices, type Parts } from './parts.js'

function ruleNamed(id: string, value = 'box2'): Parts {
  return { ...RULE, id, conditions: [{ kind: 'equals', parameter: 'a', value }] }
}

function told(before: Parts, after: Parts): readonly string[] {
  return diffModels(modelWith(before), modelWith(after)).map(
    ({ kind, what, path }) => `${kind} ${what} ${path}`,
  )
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => ruleNamed(id))

const CASES: readonly (readonly [string, Parts, Parts, readonly string[]])[] = [
  ['Equal models do not differ', { rules: [a] }, { rules: [a] }, []],
  ['A rule is added', { rules: [a] }, { rules: [b, a] }, ['added rule b /rules/0']],
  ['A rule is removed', { rules: [a, b] }, { rules: [a] }, ['removed rule b /rules/1']],
  [
    'A rule is changed',
    { rules: [a, b] },
    { rules: [a, ruleNamed('b', 'box3')] },
    ['changed rule b /rules/1'],
  ],
  [
    'Of an order the fewest that moved are told',
    { rules: [a, b, c, d] },
    { rules: [d, a, b, c] },
    ['moved rule d /rules/0'],
  ],
  [
    'A rule may be changed and moved',
    { rules: [a, b, c] },
    { rules: [b, c, ruleNamed('a', 'box3')] },
    ['changed rule a /rules/2', 'moved rule a /rules/2'],
  ],
  [
    'Slices are told by their ids',
    withSlices([10, '1'], [20, '2']),
    withSlices([15, '1']),
    ['removed slice 1 /distribution/1', 'changed slice 0 /distribution/0'],
  ],
  [
    'The order of stacks and templates means nothing',
    { whitelist: ['/A/B', '/C/D'], templates: [{ id: 'x' }, { id: 'y' }] },
    { whitelist: ['/C/D', '/A/B'], templates: [{ id: 'y' }, { id: 'x' }] },
    [],
  ],
  [
    'Stacks, fields of URLs and settings stand each for itself',
    { whitelist: ['/A/B'], settings: { minimumHosts: 5 } },
    {
      whitelist: ['/C/D'],
      urlDefaults: { ...URL_DEFAULTS, port: 9 },
      settings: { maximumDeviation: 10, minimumHosts: 1 },
      defaultServer: { ...SERVER, description: 'new' },
    },
    [
      'removed stack /A/B /whitelist/0',
      'added stack /C/D /whitelist/0',
      'changed default server /defaultServer',
      'changed URL defaults / port /urlDefaults/port',
      'removed settings / minimumHosts /settings/minimumHosts',
      'added settings / maximumDeviation /settings/maximumDeviation',
    ],
  ],
]

for (const [name, before, after, expected] of CASES)
  test(name, (t) => {
    t.same(told(before, after), expected)
    t.end()
  })

test('A change has both forms, a move both places, an application that goes all that it had', (t) => {
  const [before, after] = [modelWith({ rules: [a, b] }), modelWith({ rules: [b, a] })]
  t.match(diffModels(before, after), [{ kind: 'moved', what: 'rule b', before: 2, after: 1 }])
  const [changed] = diffModels(before, modelWith({ rules: [a, ruleNamed('b', 'box3')] }))
  t.match(changed, { before: b, after: { id: 'b', conditions: [{ value: 'box3' }] } })
  const removed = diffModels(before, undefined)
  t.match(removed[0], { kind: 'removed', what: 'rule a', before: a, after: undefined })
  t.equal(removed.length, diffModels(undefined, before).length)
  t.end()
})

test('Models differ exactly when their JSON forms do', (t) => {
  const models = new RandomModels(7)
  for (let times = 0; times < 100; times++) {
    const model = models.model()
    const copy = readModel(JSON.parse(JSON.stringify(writeModel(model))))
    if ('problems' in copy) throw new Error(JSON.stringify(copy.problems))
    t.same(diffModels(model, copy.content), [])
    t.not(diffModels(model, models.model()).length, 0)
  }
  t.end()
})

test('Of lists values are counted, and told up to a bound', (t) => {
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `v${n}`)
  const list = { name: 'l', description: '', type: 'text', values: numbers(1000) } as const
  const grown = { ...list, values: [...numbers(1500).reverse()].filter((each) => each !== 'v3') }
  const [difference] = diffLists([list], [grown])
  t.match(difference, {
    path: '/l',
    what: 'list l',
    kind: 'changed',
    before: { size: 1000, removed: { count: 1, values: ['v3'] } },
    after: { size: 1499, added: { count: 500 } },
  })
  const told = JSON.stringify(difference).match(/"v\d+"/g)
  t.equal(told?.length, MOST_TOLD_VALUES + 1)
  t.same(diffLists([list], [{ ...list, values: list.values.toReversed() }]), [])
  t.match(diffLists([], [list]), [{ kind: 'added' }])
  t.match(diffLists([list], [{ ...list, type: 'ip' }]), [{ kind: 'changed' }])
  t.match(diffLists([list], []), [{ kind: 'removed' }])
  t.end()
})
