import { test } from 'tap'
import { applicationOf, ruleOf } from './deciding.js'
import { modelWith, shown, type Parts } from './parts.js'

const is = (value: string): Parts => ({ kind: 'equals', parameter: 'p', value })
const all = { kind: 'random', percent: 100 }
const half = { kind: 'random', percent: 50 }

function warnings(parts: Parts): readonly string[] {
  const model = modelWith({ settings: { evaluationOrder: 'listed' }, ...parts })
  return shown(applicationOf(model).warnings)
}

test('A rule that asks for all that an earlier one asks for is unreachable', (t) => {
  const second = ['RuleIsUnreachable /rules/1']
  t.same(warnings({ rules: [ruleOf('a', is('1')), ruleOf('b', is('1'))] }), second)
  t.same(warnings({ rules: [ruleOf('a', is('1')), ruleOf('b', is('2'), is('1'))] }), second)
  t.same(
    warnings({ rules: [ruleOf('a', is('1'), is('2')), ruleOf('b', is('2'), is('1'))] }),
    second,
  )
  t.same(warnings({ rules: [ruleOf('a', is('1'), all), ruleOf('b', is('1'))] }), second)
  t.same(warnings({ rules: [ruleOf('a', all), ruleOf('b', is('1'))] }), second)
  const inner = { branch: { conditions: [is('2')], then: { server: { path: 'x' } } } }
  t.same(
    warnings({ rules: [ruleOf('a', is('1')), { id: 'b', conditions: [is('1')], then: inner }] }),
    second,
  )
  t.end()
})

test('The order that counts is the one in which rules are tried', (t) => {
  const rules = [ruleOf('a', is('1'), { kind: 'isEmpty', parameter: 'q' }), ruleOf('b', is('1'))]
  t.same(warnings({ rules }), [])
  t.same(warnings({ rules, settings: { evaluationOrder: 'cost' } }), ['RuleIsUnreachable /rules/0'])
  t.end()
})

test('A template’s conditions count', (t) => {
  const templates = [{ id: 't', conditions: [is('1')] }]
  const rules = [ruleOf('a', is('1')), { ...ruleOf('b', is('2')), template: 't' }]
  t.same(warnings({ rules, templates }), ['RuleIsUnreachable /rules/1'])
  t.end()
})

test('A rule that leads somewhere whether or not its conditions hold is the last one', (t) => {
  const always = { ...ruleOf('a', is('1')), otherwise: { server: { path: 'else' } } }
  t.same(warnings({ rules: [always, ruleOf('b', is('2'))] }), ['RuleIsUnreachable /rules/1'])
  t.same(warnings({ rules: [always, { ...always, id: 'b' }] }), ['RuleIsUnreachable /rules/1'])
  t.end()
})

test('Only what is certain is told', (t) => {
  const inner = { branch: { conditions: [is('2')], then: { server: { path: 'x' } } } }
  const fine: readonly (readonly Parts[])[] = [
    [ruleOf('a', is('1')), ruleOf('b', is('2'))],
    [ruleOf('a', is('1'), is('2')), ruleOf('b', is('1'))],
    [ruleOf('a', half), ruleOf('b', half)],
    [ruleOf('a', { kind: 'percent', percent: 100 }), ruleOf('b', is('1'))],
    [{ id: 'a', conditions: [is('1')], then: inner }, ruleOf('b', is('1'))],
    [ruleOf('a', is('1')), { ...ruleOf('b', is('1')), otherwise: { server: { path: 'else' } } }],
    [ruleOf('a', { ...is('1'), caseSensitive: true }), ruleOf('b', is('1'))],
  ]
  for (const rules of fine) t.same(warnings({ rules }), [])
  t.end()
})

test('A rule that can match nobody is told', (t) => {
  const none = { kind: 'random', percent: 0 }
  const never = ['RuleNeverMatches /rules/0']
  t.same(warnings({ rules: [ruleOf('a', is('1'), none)] }), never)
  t.same(warnings({ rules: [ruleOf('a', { kind: 'and', of: [is('1'), none] })] }), never)
  t.same(
    warnings({ rules: [ruleOf('a', { kind: 'contains', parameter: 'p', values: [] })] }),
    never,
  )
  t.same(warnings({ rules: [ruleOf('a', { kind: 'or', of: [is('1'), none] })] }), [])
  t.same(
    warnings({ rules: [{ ...ruleOf('a', none), otherwise: { server: { path: 'else' } } }] }),
    [],
  )
  t.end()
})

test('A URL rule whose fields earlier ones have all given is told', (t) => {
  const rule = (id: string, value: string, parameters: Parts): Parts => ({
    id,
    conditions: [is(value)],
    then: { parameters },
  })
  const unused = ['RuleIsUnreachable /urlRules/2']
  const [port, urn, both] = [{ port: 1 }, { urn: 'a' }, { port: 2, urn: 'b' }]
  t.same(
    warnings({ urlRules: [rule('a', '1', port), rule('b', '1', urn), rule('c', '1', both)] }),
    unused,
  )
  t.same(
    warnings({ urlRules: [rule('a', '1', port), rule('b', '2', urn), rule('c', '1', both)] }),
    [],
  )
  t.same(warnings({ urlRules: [rule('a', '1', port), rule('b', '1', both)] }), [])
  t.end()
})

test('Ten thousand rules that share a condition are looked at in no time', (t) => {
  const rules = Array.from({ length: 10_000 }, (_, at) =>
    ruleOf(`r${at}`, is('shared'), is(`v${at}`)),
  )
  const before = process.cpuUsage()
  t.same(warnings({ rules }), [])
  const { user, system } = process.cpuUsage(before)
  t.ok((user + system) / 1e6 < 10, `${(user + system) / 1e6} s`)
  t.end()
})
