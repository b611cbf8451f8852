import { test } from 'tap'
import { costOf as costInOrder } from '../../src/model/cost.js'
import type { Decision } from '../../src/model/decision.js'
import type { Branch, Condition, Outcome } from '../../src/model/document.js'
import { applicationOf, drawing, parametersOf, problemsOf, ruleOf } from './deciding.js'
import { modelWith, shown, withConditions, withSlices, type Parts } from './parts.js'

const is = (parameter: string, value: string): Parts => ({ kind: 'equals', parameter, value })
const yes = { kind: 'isEmpty', parameter: 'absent' }
const no = { kind: 'isEmpty', parameter: 'absent', negated: true }
const network = { kind: 'inIpRange', parameter: 'ip', values: ['10.0.0.1'] }
const member = { kind: 'contains', parameter: 'a', values: ['a'] }
const pattern = { kind: 'matches', parameter: 'a', pattern: 'a' }
const share = { kind: 'percent', percent: 50 }
const chance = { kind: 'random', percent: 50 }
const both = (left: Parts, right: Parts, kind = 'and'): Parts => ({ kind, of: [left, right] })

function costOf(...conditions: readonly Parts[]): number | undefined {
  const model = modelWith(withConditions(...conditions))
  return applicationOf(model).explain(parametersOf({})).rules[0]?.cost
}

test('Conditions cost what they cost in Redirector', (t) => {
  const cells: readonly (readonly [cost: number, ...conditions: Parts[]])[] = [
    [10, is('a', 'a')],
    [10, { ...is('a', 'a'), kind: 'greaterOrEqual', type: 'version' }],
    [10, yes],
    [1000, network],
    [5000, member],
    [25_000, pattern],
    [50_000, share],
    [50_000, chance],
    [20, both(yes, yes)],
    [75_000, both(pattern, share, 'or')],
    [5010, both(member, yes, 'xor')],
    [110, both(both(pattern, pattern), yes)],
    [200, both(both(pattern, pattern), both(share, share))],
    [31_010, is('a', 'a'), network, member, pattern],
    [0],
  ]
  for (const [cost, ...conditions] of cells) t.equal(costOf(...conditions), cost)
  t.end()
})

test('The cost of a rule is that of its conditions and of what they lead to, but not of what else', (t) => {
  const inner = { conditions: [pattern], then: { server: { path: 'x' } } }
  const rule = {
    id: 'r',
    conditions: [yes],
    then: { branch: inner },
    otherwise: { branch: { ...inner, conditions: [share] } },
  }
  const application = applicationOf(modelWith({ rules: [rule] }))
  t.equal(application.explain(parametersOf({})).rules[0]?.cost, 25_010)
  t.end()
})

test('Costs stop to add up at the greatest integer of Java', (t) => {
  const conditions: Condition[] = Array.from({ length: 40_000 }, () => ({
    kind: 'percent',
    percent: 1,
  }))
  const then: Outcome<number> = { kind: 'result', result: 1 }
  t.equal(costInOrder({ conditions: conditions, then }), 2_000_000_000)
  const inner: Branch<number> = { conditions, then }
  t.equal(costInOrder({ conditions, then: { kind: 'branch', branch: inner } }), 2_147_483_647)
  t.end()
})

test('Cheap rules are tried first, and those that cost the same as they are listed', (t) => {
  const rules = [
    ruleOf('share', share),
    ruleOf('pattern', pattern),
    ruleOf('second', no),
    ruleOf('member', member),
    ruleOf('third', is('a', 'b')),
    ruleOf('network', network),
  ]
  const tried = (evaluationOrder: string): readonly string[] => {
    const model = modelWith({ rules, settings: { evaluationOrder } })
    return applicationOf(model)
      .explain(parametersOf({}))
      .rules.map(({ id }) => id)
  }
  t.same(tried('cost'), ['second', 'third', 'network', 'member', 'pattern', 'share'])
  t.same(tried('listed'), ['share', 'pattern', 'second', 'member', 'third', 'network'])
  t.end()
})

test('The first rule of the order that leads somewhere decides', (t) => {
  const rules = [ruleOf('dear', pattern), ruleOf('cheap', is('a', 'a'))]
  const decide = (evaluationOrder: string): string => {
    const application = applicationOf(modelWith({ rules, settings: { evaluationOrder } }))
    return application.decide(parametersOf({ a: 'a' })).name
  }
  t.equal(decide('cost'), 'cheap')
  t.equal(decide('listed'), 'dear')
  t.end()
})

function pathOf({ server }: Decision): string | undefined {
  return server?.path
}

test('A branch leads on, or to what else there is, or nowhere', (t) => {
  const server = (path: string): Parts => ({ server: { path } })
  const inner = {
    conditions: [is('b', '1')],
    then: server('inner'),
    otherwise: server('else-of-inner'),
  }
  const bare = { conditions: [is('b', '1')], then: server('bare') }
  const rules = [
    { id: 'one', conditions: [is('a', '1')], then: { branch: inner } },
    { id: 'two', conditions: [is('a', '2')], then: { branch: bare }, otherwise: server('else') },
  ]
  const application = applicationOf(modelWith({ rules, settings: { evaluationOrder: 'listed' } }))
  const decide = (parameters: Record<string, string>): string | undefined =>
    pathOf(application.decide(parametersOf(parameters)))
  t.equal(decide({ a: '1', b: '1' }), 'inner')
  t.equal(decide({ a: '1' }), 'else-of-inner')
  t.equal(decide({ a: '2', b: '1' }), 'bare')
  t.equal(
    decide({ a: '2' }),
    '1.9',
    'what is inside leads nowhere, and the outer otherwise is not for that',
  )
  t.equal(decide({}), 'else')
  t.end()
})

test('Junctions hold as they are named', (t) => {
  const cells = {
    and: [false, false, false, true],
    or: [false, true, true, true],
    xor: [false, true, true, false],
  }
  for (const [kind, expected] of Object.entries(cells)) {
    const seen = [
      [no, no],
      [no, yes],
      [yes, no],
      [yes, yes],
    ].map(([left = no, right = no]) => {
      const application = applicationOf(modelWith(withConditions(both(left, right, kind))))
      const [tried] = application.explain(parametersOf({})).rules
      const decided = application.decide(parametersOf({})).by === 'rule'
      t.equal(tried?.matched, decided)
      return decided
    })
    t.same(seen, expected, kind)
  }
  t.end()
})

test('A template’s conditions must hold too, and come first', (t) => {
  const model = modelWith({
    rules: [{ ...ruleOf('beta', is('b', '1')), template: 'boxes' }],
    templates: [{ id: 'boxes', conditions: [is('a', '1')] }],
  })
  const application = applicationOf(model)
  for (const [parameters, by] of [
    [{ a: '1', b: '1' }, 'rule'],
    [{ b: '1' }, 'default'],
    [{ a: '1' }, 'default'],
  ] as const)
    t.equal(application.decide(parametersOf({ ...parameters })).by, by)
  const [tried] = application.explain(parametersOf({})).rules
  t.same(
    tried?.conditions.map(({ text }) => text),
    ['a equals 1', 'b equals 1'],
  )
  t.equal(tried?.cost, 20)
  t.end()
})

test('A decision is one and the same object each time, and nobody can change it', (t) => {
  const model = modelWith({ ...withConditions(is('a', '1')), ...withSlices([30, '2.0']) })
  const application = applicationOf(model)
  for (const parameters of [{ a: '1' }, { mac: 'x' }, {}]) {
    const request = parametersOf({ ...parameters })
    t.equal(application.decide(request), application.decide(request))
    t.ok(Object.isFrozen(application.decide(request)))
    t.equal(application.decideUrl(request), application.decideUrl(request))
  }
  t.end()
})

test('A decision says who made it, and a group is told whole', (t) => {
  const group = { servers: [{ path: '1' }, { path: '2' }], enablePrivate: true }
  const model = modelWith({
    rules: [{ id: 'many', conditions: [is('a', '1')], then: { group } }],
    distribution: [{ id: 0, percent: 99.99, server: { name: 'canary', path: '2.0' } }],
    defaultServer: { name: 'default', path: '1.9' },
  })
  const application = applicationOf(model)
  const decide = (parameters: Record<string, string>): Decision =>
    application.decide(parametersOf(parameters))
  t.match(decide({ a: '1' }), {
    by: 'rule',
    name: 'many',
    group: { servers: [{ path: '1' }, { path: '2' }] },
  })
  t.match(decide({ mac: 'x' }), { by: 'distribution', name: 'canary', server: { path: '2.0' } })
  t.match(decide({}), { by: 'default', name: 'default', server: { path: '1.9' } })
  t.end()
})

test('Chance is drawn anew for each request, below its percentage', (t) => {
  const application = applicationOf(
    modelWith(withConditions(chance)),
    [],
    drawing(0, 0.499, 0.5, 0.999),
  )
  const seen = Array.from({ length: 4 }, () => application.decide(parametersOf({})).by)
  t.same(seen, ['rule', 'rule', 'default', 'default'])
  t.end()
})

test('Everything that cannot be made ready is told, with its place', (t) => {
  const model = modelWith({
    rules: [
      {
        ...ruleOf('one', { ...pattern, pattern: '(?=a)b' }, { ...pattern, pattern: '(' }),
        template: 'gone',
      },
      ruleOf('two', both(network, { ...network, values: ['10.0.0.1', 'x'] })),
    ],
    templates: [{ id: 't', conditions: [{ kind: 'contains', parameter: 'a', lists: ['gone'] }] }],
    urlRules: [
      {
        id: 'url',
        conditions: [{ ...network, lists: ['nets'], values: [] }],
        then: { parameters: { port: 80 } },
      },
    ],
  })
  const nets = {
    name: 'nets',
    description: '',
    type: 'text',
    values: ['10.0.0.1', 'foreign'],
  } as const
  t.same(shown(problemsOf(model, [nets])), [
    'NamespacedListNotFound /templates/0/conditions/0/lists/0',
    'TemplateNotFound /rules/0/template',
    'PatternIsUnsupported /rules/0/conditions/0/pattern',
    'PatternIsInvalid /rules/0/conditions/1/pattern',
    'ValueIPV6_4TypeError /rules/1/conditions/0/of/1/values/1',
    'IpRangeTypeError /urlRules/0/conditions/0/lists/0',
  ])
  t.end()
})
