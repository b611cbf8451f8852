import { test } from 'tap'
import { applicationOf, drawing, parametersOf, ruleOf } from './deciding.js'
import { modelWith, type Parts } from './parts.js'

const LISTS = [{ name: 'lab', description: '', type: 'text', values: ['x'] }] as const
const p = { parameter: 'p' }

/** What an explanation says of one condition: in words, and why. */
function explained(condition: Parts, parameters: Record<string, string>): readonly unknown[] {
  const application = applicationOf(
    modelWith({ rules: [ruleOf('r', condition)] }),
    LISTS,
    drawing(0.372),
  )
  const [tried] = application.explain(parametersOf(parameters)).rules[0]?.conditions ?? []
  return [tried?.text, tried?.held, tried?.why]
}

test('A condition is told in words, with what the request had', (t) => {
  const cells: readonly (readonly [Parts, Record<string, string>, string, boolean, string])[] = [
    [{ kind: 'equals', ...p, value: 'box2' }, { p: 'BOX2' }, 'p equals box2', true, 'p is "BOX2"'],
    [
      { kind: 'notEqual', ...p, value: 'a', caseSensitive: true },
      {},
      'p does not equal a (case-sensitive)',
      true,
      'p is missing',
    ],
    [
      { kind: 'atLeast', ...p, value: '5.0' },
      { p: '4' },
      'p is at least 5.0 (as version)',
      false,
      'p is "4"',
    ],
    [
      { kind: 'contains', ...p, values: ['a', 'b'], lists: ['lab'] },
      { p: 'c' },
      'p is one of a, b or the lists lab',
      false,
      'p is "c"',
    ],
    [
      { kind: 'contains', ...p, values: ['1', '2', '3', '4', '5', '6', '7'], negated: true },
      { p: 'c' },
      'p is not one of 1, 2, 3, 4, 5 and 2 more',
      true,
      'p is "c"',
    ],
    [
      { kind: 'inIpRange', ...p, values: ['10.0.0.0/8'] },
      { p: '10.1' },
      'p is within 10.0.0.0/8',
      false,
      'p is "10.1", which is neither an address nor a network',
    ],
    [
      { kind: 'matches', ...p, pattern: 'a+' },
      { p: 'a'.repeat(5000) },
      'p matches a+',
      false,
      `p is "${'a'.repeat(100)}…", longer than the 4096 characters that are looked at`,
    ],
    [
      { kind: 'matches', ...p, pattern: 'a+', negated: true },
      { p: 'b' },
      'p does not match a+',
      true,
      'p is "b"',
    ],
    [{ kind: 'isEmpty', ...p }, {}, 'p is missing or blank', true, 'p is missing'],
    [
      { kind: 'isEmpty', ...p, negated: true },
      { p: ' ' },
      'p is neither missing nor blank',
      false,
      'p is " "',
    ],
    [{ kind: 'random', percent: 40 }, {}, 'chance, 40 %', true, '37.20 was drawn'],
    [
      { kind: 'percent', percent: 40 },
      {},
      'the client is among the first 40 %',
      false,
      'serviceAccountId and mac are missing',
    ],
  ]
  for (const [condition, parameters, ...expected] of cells) {
    const whole =
      condition['kind'] === 'atLeast'
        ? { ...condition, kind: 'greaterOrEqual', type: 'version' }
        : condition
    t.same(explained(whole, parameters), expected)
  }
  t.end()
})

test('A junction is told with its parts, also with those that a decision would not ask any more', (t) => {
  const is = (value: string): Parts => ({ kind: 'equals', ...p, value })
  const condition = { kind: 'or', of: [is('a'), { kind: 'xor', of: [is('b'), is('c')] }] }
  const application = applicationOf(modelWith({ rules: [ruleOf('r', condition)] }))
  t.same(application.explain(parametersOf({ p: 'a' })).rules, [
    {
      id: 'r',
      matched: true,
      cost: 110,
      conditions: [
        {
          text: '(p equals a) or (either (p equals b) or (p equals c))',
          held: true,
          why: 'the first part holds, the second does not hold',
          parts: [
            { text: 'p equals a', held: true, why: 'p is "a"', parts: [] },
            {
              text: 'either (p equals b) or (p equals c)',
              held: false,
              why: 'the first part does not hold, the second does not hold',
              parts: [
                { text: 'p equals b', held: false, why: 'p is "a"', parts: [] },
                { text: 'p equals c', held: false, why: 'p is "a"', parts: [] },
              ],
            },
          ],
        },
      ],
    },
  ])
  t.end()
})

test('Rules are told as far as they were tried, with the decision and its URL', (t) => {
  const is = (value: string): Parts => ({ kind: 'equals', ...p, value })
  const rules = [ruleOf('first', is('1')), ruleOf('second', is('2')), ruleOf('third', is('2'))]
  const application = applicationOf(modelWith({ rules }))
  const request = parametersOf({ p: '2' })
  const { decision, url, rules: tried } = application.explain(request)
  t.same(
    tried.map(({ id, matched }) => [id, matched]),
    [
      ['first', false],
      ['second', true],
    ],
  )
  t.equal(decision, application.decide(request))
  t.same(url, application.decideUrl(request))
  t.end()
})

test('One draw of chance decides and is explained', (t) => {
  const rules = [ruleOf('r', { kind: 'random', percent: 50 })]
  const application = applicationOf(modelWith({ rules }), [], drawing(0.1, 0.9))
  for (const expected of ['rule', 'default', 'rule', 'default']) {
    const { decision, rules: tried } = application.explain(new Map())
    t.equal(decision.by, expected)
    t.equal(tried[0]?.conditions[0]?.held, expected === 'rule')
  }
  t.end()
})
