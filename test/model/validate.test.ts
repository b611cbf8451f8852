import { test } from 'tap'
import { patternProblem } from '../../src/model/match.js'
import { validateModel } from '../../src/model/validate.js'
import {
  GROUP,
  HOSTS,
  LESS,
  LISTS,
  modelWith,
  PARAMETER,
  RULE,
  SERVER,
  shown,
  withConditions,
  withServer,
  withSlices,
  type Parts,
} from './parts.js'

const VALID: readonly (readonly [what: string, parts: Parts])[] = [
  ['nothing but a default server', {}],
  ['a rule', { rules: [RULE] }],
  [
    'two rules of different kinds with one name',
    { rules: [RULE], urlRules: [{ ...RULE, then: { parameters: { port: 65_535 } } }] },
  ],
  [
    'lists that are there',
    withConditions(
      { kind: 'contains', ...PARAMETER, lists: ['lab'] },
      { kind: 'inIpRange', ...PARAMETER, lists: ['networks'], values: ['1.2.3.4', 'fe80::/10'] },
    ),
  ],
  [
    'values of their types',
    withConditions(
      { ...LESS, type: 'numeric', value: '-1.5e3' },
      { ...LESS, parameter: 'b', type: 'version', value: '1.52.rc-SNAPSHOT' },
      { ...LESS, parameter: 'c', type: 'ipv6', value: '::1' },
    ),
  ],
  [
    'one comparison of each kind for a parameter',
    withConditions(
      LESS,
      { ...LESS, kind: 'lessOrEqual' },
      { ...LESS, kind: 'greaterThan' },
      { ...LESS, kind: 'greaterOrEqual' },
      { ...LESS, kind: 'equals' },
      { ...LESS, kind: 'equals' },
    ),
  ],
  [
    'a template in place of conditions',
    {
      templates: [{ id: 't', conditions: RULE.conditions }],
      rules: [{ ...RULE, template: 't', conditions: [] }],
    },
  ],
  ['a rule that leads where a slice leads, too', { ...withSlices([20, '2.0']), rules: [RULE] }],
  ['slices of nearly everything', withSlices([33.33, '2.0'], [33.33, '2.1'], [33.33, '2.2'])],
  ['a URL of its own', withServer({ url: 'wss://[::1]:80/a?b=c' })],
  [
    'a template with fixed parts',
    withServer({ url: 'https://{host}:8443/{urn}', path: '/DC1/Z1/2.0' }),
  ],
  [
    'fractions of clients',
    withConditions({ kind: 'percent', percent: 0.01 }, { kind: 'random', percent: 100 }),
  ],
  [
    'fixed URLs alone, so that nothing is to be filled in',
    { defaultServer: { url: 'http://a.example/' }, urlDefaults: {} },
  ],
]

for (const [what, parts] of VALID) {
  test(`A model is valid with ${what}`, (t) => {
    t.same(shown(validateModel(modelWith(parts), { lists: LISTS })), [])
    t.end()
  })
}

const INVALID: readonly (readonly [parts: Parts, ...problems: string[]])[] = [
  [{ rules: [{ ...RULE, id: ' ' }] }, 'MissedRuleName /rules/0/id'],
  [
    {
      rules: [
        { ...RULE, id: 'a b' },
        { ...RULE, id: 'undefined' },
      ],
    },
    'InvalidRuleName /rules/0/id',
    'InvalidRuleName /rules/1/id',
  ],
  [{ rules: [RULE, RULE] }, 'DuplicatedRuleName /rules/1/id'],
  [
    {
      urlTemplates: [
        { id: 'a', conditions: [LESS] },
        { id: 'a', conditions: [LESS] },
      ],
    },
    'DuplicatedRuleName /urlTemplates/1/id',
  ],
  [withConditions(), 'EmptyExpressions /rules/0/conditions'],
  [
    { rules: [{ ...RULE, then: { branch: { then: RULE.then } } }] },
    'EmptyExpressions /rules/0/then/branch/conditions',
  ],
  [{ templates: [{ id: 'a' }] }, 'EmptyExpressions /templates/0/conditions'],
  [
    withConditions({ kind: 'isEmpty', parameter: ' ' }),
    'MissedParamName /rules/0/conditions/0/parameter',
  ],
  [withConditions({ ...LESS, value: '' }), 'MissedParamValue /rules/0/conditions/0/value'],
  [
    withConditions({ kind: 'matches', ...PARAMETER, pattern: '' }),
    'MissedParamValue /rules/0/conditions/0/pattern',
  ],
  [withConditions({ kind: 'contains', ...PARAMETER }), 'MissedParamValue /rules/0/conditions/0'],
  [
    withConditions({ kind: 'contains', ...PARAMETER, values: ['a', ''] }),
    'MissedParamValue /rules/0/conditions/0/values/1',
  ],
  [
    withConditions({
      kind: 'xor',
      of: [LESS, { ...LESS, parameter: 'b', type: 'numeric', value: '0x1' }],
    }),
    'ValueNumericTypeError /rules/0/conditions/0/of/1/value',
  ],
  [
    withConditions({ ...LESS, type: 'version', value: '1..2' }),
    'ValueVersionTypeError /rules/0/conditions/0/value',
  ],
  [
    withConditions({ ...LESS, type: 'ipv6', value: '1.2.3.4' }),
    'ValueIPV6TypeError /rules/0/conditions/0/value',
  ],
  [
    withConditions({ kind: 'inIpRange', ...PARAMETER, values: ['10.0.0.0/33', '::/129', '1.2.3'] }),
    'ValueIPV6_4TypeError /rules/0/conditions/0/values/0',
    'ValueIPV6_4TypeError /rules/0/conditions/0/values/1',
    'ValueIPV6_4TypeError /rules/0/conditions/0/values/2',
  ],
  [
    withConditions({ kind: 'inIpRange', ...PARAMETER, lists: ['lab', 'lab'] }),
    'IpRangeTypeError /rules/0/conditions/0/lists/0',
    'IpRangeTypeError /rules/0/conditions/0/lists/1',
  ],
  [
    withConditions({ kind: 'contains', ...PARAMETER, lists: ['gone'] }),
    'NamespacedListNotFound /rules/0/conditions/0/lists/0',
  ],
  [
    withConditions({ kind: 'percent', percent: 0 }, { kind: 'percent', percent: 100.1 }),
    'PercentRangeError /rules/0/conditions/0/percent',
    'PercentRangeError /rules/0/conditions/1/percent',
  ],
  [
    withConditions({ kind: 'random', percent: -1 }),
    'RandomRangeError /rules/0/conditions/0/percent',
  ],
  [withConditions(LESS, LESS), 'DuplicatedLessParam /rules/0/conditions/1'],
  [
    withConditions({
      kind: 'or',
      of: [
        { ...LESS, kind: 'greaterThan' },
        { ...LESS, kind: 'greaterThan' },
      ],
    }),
    'DuplicatedGreaterParam /rules/0/conditions/0/of/1',
  ],
  [
    withConditions({ ...LESS, kind: 'lessOrEqual' }, { ...LESS, kind: 'lessOrEqual' }),
    'DuplicatedLessOrEqualParam /rules/0/conditions/1',
  ],
  [
    {
      templates: [{ id: 't', conditions: [{ ...LESS, kind: 'greaterOrEqual' }] }],
      rules: [{ ...RULE, template: 't', conditions: [{ ...LESS, kind: 'greaterOrEqual' }] }],
    },
    'DuplicatedGreaterOrEqualParam /rules/0/conditions/0',
  ],
  [{ rules: [{ ...RULE, template: 't' }] }, 'TemplateNotFound /rules/0/template'],
  [
    { rules: [{ ...RULE, then: { group: { ...GROUP, servers: [] } } }] },
    'ServerIsMissed /rules/0/then/group/servers',
  ],
  [
    { rules: [{ ...RULE, then: { group: { ...GROUP, countDownTime: -2 } } }] },
    'ServerGroupCountDown /rules/0/then/group/countDownTime',
  ],
  [
    { rules: [{ ...RULE, then: { group: { ...GROUP, servers: [SERVER, { url: 'a' }] } } }] },
    'ServerUrlInvalid /rules/0/then/group/servers/1/url',
  ],
  [withServer({ url: '' }), 'ServerUrlMissed /rules/0/then/server/url'],
  [withServer({ url: 'http://a.example/\r\nb: c' }), 'ServerUrlInvalid /rules/0/then/server/url'],
  [withServer({ path: '2.0', secureUrl: 'a' }), 'ServerUrlInvalid /rules/0/then/server/secureUrl'],
  [withServer({ url: 'xre://{host}/a' }), 'ServerPathMissed /rules/0/then/server/path'],
  [withServer({ path: '/DC1/2.0' }), 'ServerPathInvalid /rules/0/then/server/path'],
  [
    withServer({ path: '2.0', url: 'http://a.example/' }),
    'SimpleServerInvalidUrl /rules/0/then/server/url',
  ],
  [
    withServer({ path: '2.0', url: 'http://{host}/{flavor}' }),
    'SimpleServerInvalidUrl /rules/0/then/server/url',
  ],
  [
    { distribution: [{ id: 0, percent: 5, server: { url: 'http://a.example' } }] },
    'DistributionOnlySimpleServersErr /distribution/0/server',
  ],
  [withSlices([0, '2.0']), 'RuleDistributionPercentageInvalid /distribution/0/percent'],
  [withSlices([50, '2.0'], [50, '2.1']), 'DistributionPercentageInvalid /distribution'],
  [
    withSlices([5, '2.0'], [5, '2.0']),
    'DistributionDuplicatedServersErr /distribution/1/server/path',
  ],
  [withSlices([5, '1.9']), 'ServerPathOverridesDistribution /distribution/0/server/path'],
  [
    { distribution: [0, 0].map((id, n) => ({ id, percent: 5, server: { path: `2.${n}` } })) },
    'DuplicatedSliceId /distribution/1/id',
  ],
  [
    { urlRules: [{ ...RULE, then: { parameters: {} } }] },
    'AllReturnURLParamsMissed /urlRules/0/then/parameters',
  ],
  [
    { urlRules: [{ ...RULE, then: { parameters: { protocol: 'a b', urn: 'a?b', port: 0 } } }] },
    'ProtocolIsInvalid /urlRules/0/then/parameters/protocol',
    'UrnIsInvalid /urlRules/0/then/parameters/urn',
    'PortIsInvalid /urlRules/0/then/parameters/port',
  ],
  [
    { urlDefaults: { protocol: 'xre', port: 65_536 } },
    'PortIsInvalid /urlDefaults/port',
    'UrlParamsHasEmptyValues /urlDefaults/ipVersion',
    'UrlParamsHasEmptyValues /urlDefaults/urn',
  ],
  [
    { whitelist: ['', 'DC1/Z1', '/DC1/Z1/1.9', '/D C/Z'] },
    'WhitelistEmptyPath /whitelist/0',
    'WhitelistInvalidPath /whitelist/1',
    'WhitelistInvalidPath /whitelist/2',
    'WhitelistInvalidPath /whitelist/3',
  ],
  [{ defaultServer: { path: '/DC2/Z1/1.9' } }, 'DeleteDefaultSeverWhitelistedPathError /whitelist'],
  [
    {
      settings: {
        minimumHosts: -1,
        maximumDeviation: -0.5,
        hostCheck: { kind: 'http', port: 0, path: 'a' },
      },
    },
    'SettingInvalid /settings/minimumHosts',
    'SettingInvalid /settings/maximumDeviation',
    'PortIsInvalid /settings/hostCheck/port',
    'SettingInvalid /settings/hostCheck/path',
  ],
]

for (const [parts, ...problems] of INVALID) {
  test(`A model is not valid: ${problems[0] ?? ''}`, (t) => {
    t.same(shown(validateModel(modelWith(parts), { lists: LISTS })), problems)
    t.end()
  })
}

test('Servers need hosts that take clients when hosts are looked at', (t) => {
  const ofServer = (server: Parts): readonly string[] =>
    shown(validateModel(modelWith(withServer(server)), { lists: [], hosts: HOSTS }))
  t.same(ofServer({ path: '1.9' }), [])
  t.same(ofServer({ path: '/DC1/Z1/1.9' }), [])
  t.same(ofServer({ path: '2.0' }), ['NonWhitelistedPathError /rules/0/then/server/path'])
  t.same(ofServer({ path: '2.0', nonWhitelisted: true }), [])
  t.same(ofServer({ path: '1.9', nonWhitelisted: true }), [
    'InactivePathError /rules/0/then/server/path',
  ])
  t.same(ofServer({ path: '3.0' }), ['InactivePathError /rules/0/then/server/path'])
  t.same(ofServer({ path: '/DC1/Z2/1.9' }), ['InactivePathError /rules/0/then/server/path'])
  t.end()
})

test('Messages name what was wrong', (t) => {
  const [problem] = validateModel(
    modelWith(withConditions({ ...LESS, type: 'numeric', value: 'x' })),
    { lists: [] },
  )
  t.equal(problem?.message, '"x" is not numeric')
  t.end()
})

test('Patterns are looked at wherever they stand, by who is asked to', (t) => {
  const pattern = (text: string) => ({ kind: 'matches', ...PARAMETER, pattern: text })
  const branch = { conditions: [pattern('(a{99}){999}')], then: RULE.then }
  const rule = {
    id: 'a',
    conditions: [{ kind: 'or', of: [LESS, pattern('(')] }],
    then: { branch },
  }
  const urlRule = { id: 'u', conditions: [pattern('(?=a)b')], then: { parameters: { port: 1 } } }
  const template = { id: 't', conditions: [pattern('fine.*'), pattern('[a'), pattern('')] }
  const model = modelWith({ rules: [rule], templates: [template], urlRules: [urlRule] })
  const empty = 'MissedParamValue /templates/0/conditions/2/pattern'
  t.same(shown(validateModel(model, { lists: LISTS })), [empty])
  const all = validateModel(model, { lists: LISTS, patternProblem })
  t.same(shown(all), [
    'PatternIsInvalid /rules/0/conditions/0/of/1/pattern',
    'PatternIsTooLarge /rules/0/then/branch/conditions/0/pattern',
    'PatternIsInvalid /templates/0/conditions/1/pattern',
    empty,
    'PatternIsUnsupported /urlRules/0/conditions/0/pattern',
  ])
  t.match(all[0]?.message, /^"\(": this is not a regular expression/)
  t.end()
})
