import { test } from 'tap'
import { compileApplication } from '../../src/model/compile.js'
import type { ApplicationModel, NamespacedList } from '../../src/model/document.js'
import { generateTests, MOST_GENERATED } from '../../src/model/generate-tests.js'
import { textsFor } from '../../src/model/pattern-text.js'
import { EVEN_CHANCE, runTest } from '../../src/model/trial.js'
import { RandomModels } from '../support/random-model.js'
import { LISTS, modelWith, RULE, withConditions, withSlices, type Parts } from './parts.js'

const A = { parameter: 'a' }

/** What is tried for a rule with these conditions, value by value. */
function tried(...conditions: readonly Parts[]): readonly unknown[] {
  return generateTests(modelWith(withConditions(...conditions)), LISTS)
    .filter(({ expected }) => expected.by === 'rule')
    .map(({ parameters }) => parameters)
}

const CASES: readonly (readonly [string, readonly Parts[], readonly unknown[]])[] = [
  ['equal', [{ kind: 'equals', ...A, value: '5' }], [{ a: '5' }]],
  ['less', [{ kind: 'lessThan', ...A, value: '5' }], [{ a: '4' }]],
  [
    'between',
    [
      { kind: 'greaterOrEqual', ...A, value: '5' },
      { kind: 'lessThan', ...A, value: '7' },
    ],
    [{ a: '5' }, { a: '6' }],
  ],
  ['a version', [{ kind: 'greaterThan', ...A, value: '1.9', type: 'version' }], [{ a: '1.10' }]],
  [
    'an address',
    [{ kind: 'lessThan', ...A, value: '::1', type: 'ipv6' }],
    [{ a: '0:0:0:0:0:0:0:0' }, { a: 'something-else' }],
  ],
  ['literals', [{ kind: 'contains', ...A, values: ['x', 'y'] }], [{ a: 'x' }, { a: 'y' }]],
  ['a list', [{ kind: 'contains', ...A, lists: ['lab'] }], [{ a: 'a' }, { a: 'b' }]],
  [
    'the complement',
    [{ kind: 'contains', ...A, values: ['x'], negated: true }],
    [{ a: 'something-else' }, { a: '192.0.2.1' }],
  ],
  [
    'both ends of a network',
    [{ kind: 'inIpRange', ...A, values: ['10.1.2.3/24'] }],
    [{ a: '10.1.2.0' }, { a: '10.1.2.255' }],
  ],
  [
    'what is beside of a network',
    [{ kind: 'inIpRange', ...A, values: ['::ff00/120'], negated: true }],
    [{ a: '0:0:0:0:0:0:0:feff' }, { a: '0:0:0:0:0:0:1:0' }, { a: '192.0.2.1' }],
  ],
  [
    'a pattern',
    [{ kind: 'matches', ...A, pattern: 'b(ox|x)\\d{2}|c' }],
    [{ a: 'box11' }, { a: 'c' }],
  ],
  ['blank', [{ kind: 'isEmpty', ...A }], [{}, { a: '' }]],
  ['not blank', [{ kind: 'isEmpty', ...A, negated: true }], [{ a: 'something-else' }]],
  [
    'one of two',
    [
      {
        kind: 'xor',
        of: [
          { kind: 'equals', ...A, value: '1' },
          { kind: 'equals', parameter: 'b', value: '2' },
        ],
      },
    ],
    [
      { a: '2', b: '2' },
      { a: '0', b: '2' },
      { a: 'something-else', b: '2' },
    ],
  ],
  ['what no request can', [{ kind: 'random', percent: 10 }], []],
]

for (const [name, conditions, expected] of CASES)
  test(`Requests are derived: ${name}`, (t) => {
    t.same(tried(...conditions), expected)
    t.end()
  })

function failures(model: ApplicationModel, lists: readonly NamespacedList[]): readonly string[] {
  const compiled = compileApplication(model, lists, EVEN_CHANCE)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  return generateTests(model, lists)
    .map((each) => runTest(compiled.application, each, true))
    .filter(({ passed }) => !passed)
    .map(({ test: { name }, differs }) => `${name}: ${differs.join(', ')}`)
}

test('Every way through a rule, its template, each slice and the default has requests', (t) => {
  const model = modelWith({
    templates: [{ id: 'old', conditions: [{ kind: 'lessThan', parameter: 'v', value: '3' }] }],
    rules: [
      {
        ...RULE,
        template: 'old',
        then: {
          branch: {
            conditions: [{ kind: 'percent', percent: 20 }],
            then: { server: { path: '2.0' } },
            otherwise: { group: { servers: [{ path: '3.0' }], enablePrivate: true } },
          },
        },
      },
    ],
    ...withSlices([10, '2.1'], [20, '2.2']),
    urlRules: [{ ...RULE, id: 'secure', then: { parameters: { protocol: 'https' } } }],
  })
  const tests = generateTests(model, [])
  const expected = new Set(tests.map((each) => JSON.stringify(each.expected)))
  t.same(
    [...expected],
    [
      { by: 'distribution', path: '2.1' },
      { by: 'distribution', path: '2.2' },
      { by: 'default', path: '1.9' },
      { by: 'rule', rule: 'beta', path: '2.0' },
      { by: 'rule', rule: 'beta', path: '3.0' },
      { appliedUrlRules: ['secure'] },
    ].map((each) => JSON.stringify(each)),
  )
  t.same(failures(model, []), [])
  t.end()
})

test('A test fails for a rule whose clients an earlier one gets', (t) => {
  const model = modelWith({ rules: [RULE, { ...RULE, id: 'late' }] })
  t.same(failures(model, []), ['rule late, 1: rule'])
  t.end()
})

test('Whatever a model is, tests are generated within bounds', (t) => {
  const models = new RandomModels(5)
  for (let times = 0; times < 50; times++)
    t.ok(generateTests(models.model(), LISTS).length <= MOST_GENERATED)
  const rules = Array.from({ length: 3000 }, (_, n) => ({ ...RULE, id: `r${n}` }))
  t.equal(generateTests(modelWith({ rules }), []).length, MOST_GENERATED)
  t.end()
})

test('Texts for simple patterns match them', (t) => {
  for (const pattern of [
    'abc',
    'a|b',
    '(?i)Box[2-9]\\.\\d+',
    '[^a]x?y*',
    '(a|b){3}c{2,}',
    '\\w+ .$',
    '𝄞+',
  ])
    for (const text of textsFor(pattern))
      t.match(text, new RegExp(`^(?:${pattern.replace('(?i)', '')})$`, 'iu'))
  t.same(textsFor('x{1000000}'), ['x'.repeat(64)])
  for (const pattern of ['(?=a)', '[[a]]', '\\pL', 'a(', '\\', '[^\\pX]'])
    t.ok(textsFor(pattern).length <= 1)
  t.end()
})
