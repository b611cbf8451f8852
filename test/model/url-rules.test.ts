import { test } from 'tap'
import type { UrlDecision } from '../../src/model/decision.js'
import { applicationOf, parametersOf } from './deciding.js'
import { modelWith, type Parts } from './parts.js'

function urlRule(id: string, parameter: string, parameters: Parts): Parts {
  return { id, conditions: [{ kind: 'equals', parameter, value: '1' }], then: { parameters } }
}

function decide(parts: Parts, ...present: readonly string[]): UrlDecision {
  const application = applicationOf(modelWith(parts))
  const request = parametersOf(Object.fromEntries(present.map((name) => [name, '1'])))
  const decision = application.decideUrl(request)
  const { url } = application.explain(request)
  if (JSON.stringify(url) !== JSON.stringify(decision))
    throw new Error('the explanation says otherwise')
  return decision
}

const RULES = [
  urlRule('urn', 'a', { urn: 'www' }),
  urlRule('port', 'a', { port: 100, ipVersion: 6 }),
  urlRule('protocol', 'a', { protocol: 'xre', port: 200 }),
  urlRule('other', 'b', { protocol: 'https', urn: 'other' }),
]
const URL_DEFAULTS = { protocol: 'http', urn: 'default', port: 9090, ipVersion: 4 }

test('Each field is that of the first rule that matches and has it', (t) => {
  t.same(decide({ urlRules: RULES, urlDefaults: URL_DEFAULTS }, 'a'), {
    parameters: { protocol: 'xre', urn: 'www', port: 100, ipVersion: 6 },
    applied: ['urn', 'port', 'protocol'],
  })
  t.same(decide({ urlRules: RULES, urlDefaults: URL_DEFAULTS }, 'b'), {
    parameters: { protocol: 'https', urn: 'other', port: 9090, ipVersion: 4 },
    applied: ['other'],
  })
  t.end()
})

test('A rule that matches and gives nothing new is not named', (t) => {
  const rules = [urlRule('first', 'a', { port: 100 }), urlRule('second', 'a', { port: 200 })]
  t.same(decide({ urlRules: rules }, 'a').applied, ['first'])
  t.end()
})

test('What no rule gives comes from the defaults, and then is as Redirector has it', (t) => {
  t.same(decide({ urlRules: RULES, urlDefaults: URL_DEFAULTS }), {
    parameters: URL_DEFAULTS,
    applied: [],
  })
  t.same(decide({ urlDefaults: {} }), {
    parameters: { protocol: 'xre', urn: 'shell', port: 10_004, ipVersion: 4 },
    applied: [],
  })
  t.same(decide({ urlDefaults: { port: 443 }, urlRules: RULES }, 'b').parameters, {
    protocol: 'https',
    urn: 'other',
    port: 443,
    ipVersion: 4,
  })
  t.end()
})

test('URL rules are tried in the order of their cost, too', (t) => {
  const dear = {
    ...urlRule('dear', 'a', { port: 1 }),
    conditions: [{ kind: 'matches', parameter: 'a', pattern: '1' }],
  }
  const rules = [dear, urlRule('cheap', 'a', { port: 2 })]
  t.equal(
    decide({ urlRules: rules, settings: { evaluationOrder: 'cost' } }, 'a').parameters.port,
    2,
  )
  t.equal(
    decide({ urlRules: rules, settings: { evaluationOrder: 'listed' } }, 'a').parameters.port,
    1,
  )
  t.end()
})

test('URL rules have templates of their own', (t) => {
  const rules = [{ ...urlRule('r', 'a', { port: 1 }), template: 'b' }]
  const urlTemplates = [{ id: 'b', conditions: [{ kind: 'equals', parameter: 'b', value: '1' }] }]
  const templates = [{ id: 'b', conditions: [{ kind: 'random', percent: 1 }] }]
  const parts = { urlRules: rules, urlTemplates, templates, urlDefaults: URL_DEFAULTS }
  t.equal(decide(parts, 'a', 'b').parameters.port, 1)
  t.equal(decide(parts, 'a').parameters.port, 9090)
  t.end()
})

test('Once every field is given, no further rule is tried', (t) => {
  const application = applicationOf(
    modelWith({ urlRules: [urlRule('all', 'a', URL_DEFAULTS), ...RULES] }),
  )
  const tried = application.explain(parametersOf({ a: '1' })).urlRules.map(({ id }) => id)
  t.same(tried, ['all'])
  t.end()
})
