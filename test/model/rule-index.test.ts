import { test } from 'tap'
import { applicationOf, parametersOf, ruleOf } from './deciding.js'
import { modelWith, type Parts } from './parts.js'

/** Draws from a seed, so that a failure can be seen again. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const TEXTS = ['a', 'A', 'b', '1', 'ı', 'I', 'ß', '1.0']
const PATTERNS = [
  'a',
  'a.*',
  'ab?',
  'a|1.*',
  '^1\\.0',
  '1+',
  '(?i)A',
  '.',
  'ab.*',
  '10\\..*',
  'a{2}',
  'ß?',
]
const NETWORKS = ['10.0.0.0/8', '10.1.0.0/16', '192.0.2.1', '2001:db8::/32', '0.0.0.0/0']
const ADDRESSES = [
  '10.1.2.3',
  '10.1.0.0/16',
  '10.0.0.0/7',
  '192.0.2.1',
  '2001:db8::1',
  'ab',
  'aa',
  '',
]
const NAMES = ['x', 'y', 'z']

test('A decision is the one that trying every rule leads to', (t) => {
  const draw = seeded(3)
  const from = <Item>(items: readonly Item[]): Item => {
    const item = items[draw(items.length)]
    if (item === undefined) throw new Error('there are no items')
    return item
  }
  const flag = (): boolean => draw(2) === 0
  const condition = (depth = 0): Parts => {
    const kind = from([
      'equals',
      'equals',
      'equals',
      'notEqual',
      'contains',
      'isEmpty',
      'lessThan',
      'matches',
      'inIpRange',
      'or',
      'and',
      'xor',
    ])
    const parameter = from(NAMES)
    if (kind === 'or' || kind === 'and' || kind === 'xor')
      return depth > 2
        ? condition(depth)
        : { kind, of: [condition(depth + 1), condition(depth + 1)] }
    if (kind === 'isEmpty') return { kind, parameter, negated: flag() }
    if (kind === 'matches') return { kind, parameter, pattern: from(PATTERNS), negated: flag() }
    if (kind === 'inIpRange') {
      const networks = Array.from({ length: 1 + draw(2) }, () => from(NETWORKS))
      return { kind, parameter, values: networks, negated: flag() }
    }
    const values = Array.from({ length: 1 + draw(3) }, () => from(TEXTS))
    if (kind === 'contains')
      return { kind, parameter, values, negated: flag(), caseSensitive: flag() }
    return {
      kind,
      parameter,
      value: from(TEXTS),
      type: from(['none', 'numeric', 'string', 'version']),
      caseSensitive: flag(),
    }
  }
  const outcome = (depth: number): Parts =>
    depth > 2 || draw(4) > 0 ? { server: { path: `f${draw(100)}` } } : { branch: branch(depth + 1) }
  const branch = (depth = 0): Parts => ({
    conditions: Array.from({ length: 1 + draw(3) }, () => condition()),
    then: outcome(depth),
    ...(draw(6) === 0 && { otherwise: outcome(depth) }),
  })
  let decidedByRules = 0
  for (let round = 0; round < 150; round++) {
    const rules = Array.from({ length: 1 + draw(70) }, (_, at) => ({ id: `r${at}`, ...branch() }))
    const settings = { missingMatches: flag(), evaluationOrder: from(['cost', 'listed']) }
    const application = applicationOf(modelWith({ rules, settings }))
    for (let request = 0; request < 20; request++) {
      const parameters = new Map(
        NAMES.filter(flag).map((name) => [name, from([...TEXTS, ...ADDRESSES])]),
      )
      const decision = application.decide(parameters)
      if (decision.by === 'rule') decidedByRules++
      if (application.explain(parameters).decision !== decision)
        t.fail(JSON.stringify({ rules, settings, parameters: [...parameters] }))
    }
  }
  t.ok(decidedByRules > 500, `${decidedByRules} requests met a rule`)
  t.end()
})

test('Any number of rules around the bits of a word is tried', (t) => {
  for (const count of [1, 31, 32, 33, 63, 64, 65, 100]) {
    const rules = Array.from({ length: count }, (_, at) =>
      ruleOf(`r${at}`, { kind: 'equals', parameter: 'p', value: `v${at}` }),
    )
    const application = applicationOf(modelWith({ rules }))
    for (let at = 0; at < count; at++)
      t.equal(application.decide(parametersOf({ p: `V${at}` })).name, `r${at}`)
    t.equal(application.decide(parametersOf({ p: `v${count}` })).by, 'default')
  }
  t.end()
})

test('Patterns that begin with different texts, of different lengths, are told apart and none is left out', (t) => {
  const patterns = [
    'a.*',
    'ab?',
    'ab.*',
    'abc',
    'abc*',
    'xyz+',
    'b|c',
    '(?i)Q.*',
    '^q.*',
    'r{2}',
    's+t',
  ]
  const texts = [
    'a',
    'ab',
    'abc',
    'abcc',
    'abd',
    'xy',
    'xyz',
    'xyzz',
    'c',
    'b',
    'q1',
    'Q1',
    'rr',
    'r',
    'sst',
    '',
  ]
  for (const first of patterns)
    for (const second of patterns) {
      const rules = [first, second].map((pattern, at) =>
        ruleOf(`r${at}`, { kind: 'matches', parameter: 'p', pattern, negated: false }),
      )
      const application = applicationOf(modelWith({ rules }))
      for (const p of texts) {
        const parameters = parametersOf({ p })
        const { name } = application.explain(parameters).decision
        if (application.decide(parameters).name !== name) t.fail(`${first} and ${second} for ${p}`)
      }
    }
  t.pass()
  t.end()
})
