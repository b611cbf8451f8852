import { test } from 'tap'
import { DEFAULT_SETTINGS } from '../../src/model/defaults.js'
import type { NamespacedList, StackHosts } from '../../src/model/document.js'
import { DEEPEST_NESTING, LONGEST_TEXT, MOST_PROBLEMS, MOST_RULES } from '../../src/model/limits.js'
import { readHosts, readLists, readModel, type Read } from '../../src/model/read-model.js'
import { writeHosts, writeLists, writeModel } from '../../src/model/write-model.js'
import { RandomModels } from '../support/random-model.js'

function contentOf<Content>(read: Read<Content>): Content {
  if ('content' in read) return read.content
  throw new Error(JSON.stringify(read.problems, null, 1))
}

/** Code and place of each problem. */
function problemsOf(read: Read<unknown>): readonly string[] {
  if ('content' in read) return []
  return read.problems.map(({ code, path }) => `${code} ${path}`)
}

/** As it is after it was stored. */
function stored(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document))
}

const SERVER = { path: '1.9' }

/** A model around some of its parts, as text so that it may say anything. */
function around(parts: string): unknown {
  return JSON.parse(`{"defaultServer": {"path": "1.9"}, ${parts}}`)
}

test('A model comes back as it was written', (t) => {
  const models = new RandomModels(1)
  for (let n = 0; n < 300; n++) {
    const model = models.model()
    t.same(contentOf(readModel(stored(writeModel(model)))), model)
  }
  t.end()
})

test('Lists and hosts come back as they were written', (t) => {
  const lists: readonly NamespacedList[] = [
    { name: 'a', description: '', type: 'text', values: [] },
    { name: '__proto__', description: 'hosts', type: 'ip', values: ['10.0.0.0/8', '::1'] },
  ]
  t.same(contentOf(readLists(stored(writeLists(lists)))), lists)
  const hosts: readonly StackHosts[] = [
    {
      path: '/DC/AZ/1.9',
      hosts: [
        { ipv4: '10.0.0.1', weight: 5 },
        { ipv6: '::1', weight: 0 },
      ],
    },
    { path: '/DC/AZ/2.0', hosts: [] },
  ]
  t.same(contentOf(readHosts(stored(writeHosts(hosts)))), hosts)
  t.end()
})

test('A model may leave out everything but the default server', (t) => {
  const model = contentOf(readModel({ defaultServer: SERVER }))
  t.same(model.settings, DEFAULT_SETTINGS)
  t.equal(model.defaultServer.url, '{protocol}://{host}:{port}/{urn}')
  t.same(writeModel(model), { defaultServer: SERVER })
  t.end()
})

const PROBLEMS: readonly (readonly [document: unknown, ...problems: string[]])[] = [
  [null, 'WrongType '],
  [[], 'WrongType '],
  [{}, 'ServerIsMissed /defaultServer'],
  [{ defaultServer: {} }, 'ServerUrlMissed /defaultServer/url'],
  [around('"rules": {}, "colour": 1'), 'UnknownKey /colour', 'WrongType /rules'],
  [around('"__proto__": {"rules": []}'), 'UnknownKey /__proto__'],
  [
    around('"rules": [{"__proto__": {"id": "a"}, "then": {"server": {"path": "a"}}}]'),
    'UnknownKey /rules/0/__proto__',
    'MissedRuleName /rules/0/id',
  ],
  [around('"rules": [{"id": 1}]'), 'WrongType /rules/0/id', 'ServerIsMissed /rules/0/then'],
  [around('"rules": [{"id": "a", "then": {}}]'), 'OutcomeInvalid /rules/0/then'],
  [
    around('"rules": [{"id": "a", "then": {"server": {"path": "b"}, "branch": {}}}]'),
    'OutcomeInvalid /rules/0/then',
  ],
  [
    around('"rules": [{"id": "a", "then": {"group": {}}}]'),
    'ServerIsMissed /rules/0/then/group/servers',
    'ServerGroupEnablePrivateMissed /rules/0/then/group/enablePrivate',
  ],
  [
    around(
      '"rules": [{"id": "a", "then": {"group": {"servers": [], "enablePrivate": "no", "countDownTime": 1.5}}}]',
    ),
    'ServerGroupEnablePrivateInvalid /rules/0/then/group/enablePrivate',
    'ServerGroupCountDown /rules/0/then/group/countDownTime',
  ],
  [
    around(
      '"rules": [{"id": "a", "then": {"server": {"path": "a", "query": {"__proto__": "b", "c": 1}}}}]',
    ),
    'QueryNameInvalid /rules/0/then/server/query/__proto__',
    'WrongType /rules/0/then/server/query/c',
  ],
  [around('"urlRules": [{"id": "a"}]'), 'AllReturnURLParamsMissed /urlRules/0/then'],
  [
    around('"urlDefaults": {"port": "80", "ipVersion": 5}'),
    'PortIsInvalid /urlDefaults/port',
    'UnknownChoice /urlDefaults/ipVersion',
  ],
  [
    around('"templates": [{"id": "a", "template": "b"}, {"id": "c", "then": {}}]'),
    'TemplateDependsOnTemplate /templates/0/template',
    'UnknownKey /templates/1/then',
  ],
  [
    around('"templates": [{"conditions": [1, {}, {"kind": "like"}, {"kind": "equals"}]}]'),
    'MissedRuleName /templates/0/id',
    'ExpressionCouldNotBeDeserialized /templates/0/conditions/0',
    'ExpressionCouldNotBeDeserialized /templates/0/conditions/1/kind',
    'ExpressionCouldNotBeDeserialized /templates/0/conditions/2/kind',
    'MissedParamName /templates/0/conditions/3/parameter',
    'MissedParamValue /templates/0/conditions/3/value',
  ],
  [
    around(
      '"templates": [{"id": "a", "conditions": [{"kind": "percent"}, {"kind": "random", "percent": "5"}, {"kind": "and", "of": [{"kind": "isEmpty", "parameter": "a", "type": "none"}]}]}]',
    ),
    'PercentRangeError /templates/0/conditions/0/percent',
    'RandomRangeError /templates/0/conditions/1/percent',
    'ExpressionCouldNotBeDeserialized /templates/0/conditions/2/of',
  ],
  [
    around('"distribution": [{"id": "a", "server": 1}]'),
    'WrongType /distribution/0/id',
    'RuleDistributionPercentageInvalid /distribution/0/percent',
    'WrongType /distribution/0/server',
  ],
  [around('"whitelist": ["/DC/AZ", 5]'), 'WrongType /whitelist/1'],
  [
    around(
      '"settings": {"evaluationOrder": "best", "missingMatches": 1, "minimumHosts": -0.5, "hostCheck": {"kind": "udp"}}',
    ),
    'UnknownChoice /settings/evaluationOrder',
    'WrongType /settings/missingMatches',
    'WrongType /settings/minimumHosts',
    'UnknownChoice /settings/hostCheck/kind',
    'MissedKey /settings/hostCheck/port',
  ],
]

for (const [document, ...problems] of PROBLEMS) {
  test(`A model is refused with ${problems[0] ?? ''}`, (t) => {
    t.same(problemsOf(readModel(document)).toSorted(), problems.toSorted())
    t.end()
  })
}

test('Messages name what is wrong', (t) => {
  const read = readModel(around('"rules": true, "whitelist": ["/a~b", null], "co/l~our": 1'))
  const problems = 'problems' in read ? read.problems : []
  const [key, ...rest] = problems
  t.match(key, { path: '/co~1l~0our', message: '"co/l~our" is no key of this; there are rules, ' })
  t.same(rest, [
    { code: 'WrongType', path: '/rules', message: 'must be a list, and is true' },
    { code: 'WrongType', path: '/whitelist/1', message: 'must be a text, and is null' },
  ])
  t.end()
})

function nested(depth: number, open: string, inmost: string, close: string): string {
  return open.repeat(depth) + inmost + close.repeat(depth)
}

const LEAF = '{"kind": "isEmpty", "parameter": "a"}'

function conditionsOf(depth: number): unknown {
  const condition = nested(depth - 1, `{"kind": "and", "of": [${LEAF}, `, LEAF, ']}')
  return around(`"templates": [{"id": "a", "conditions": [${condition}]}]`)
}

function branchesOf(depth: number): unknown {
  const rule = nested(depth - 1, '{"branch": {"then": ', '{"server": {"path": "a"}}', '}}')
  return around(`"rules": [{"id": "a", "then": ${rule}}]`)
}

test('Nesting beyond the bound is refused, however deep it goes', (t) => {
  for (const make of [conditionsOf, branchesOf]) {
    contentOf(readModel(make(DEEPEST_NESTING)))
    for (const depth of [DEEPEST_NESTING + 1, 100_000])
      t.match(problemsOf(readModel(make(depth))), [/^TooDeep /])
  }
  t.end()
})

test('What is larger than the bounds is refused', (t) => {
  const long = 'a'.repeat(LONGEST_TEXT + 1)
  t.same(problemsOf(readModel({ defaultServer: { ...SERVER, name: long } })), [
    'TooLarge /defaultServer/name',
  ])
  const rules = Array.from({ length: MOST_RULES + 1 }, () => ({}))
  t.same(problemsOf(readModel({ defaultServer: SERVER, rules })), ['TooLarge /rules'])
  t.same(problemsOf(readModel({ defaultServer: SERVER, whitelist: [long] })), [
    'TooLarge /whitelist/0',
  ])
  t.end()
})

test('Of very many problems so many are told, and that there are more', (t) => {
  const whitelist = Array.from({ length: MOST_PROBLEMS + 5 }, () => 0)
  const problems = problemsOf(readModel({ defaultServer: SERVER, whitelist }))
  t.equal(problems.length, MOST_PROBLEMS + 1)
  t.equal(problems.at(-1), 'TooManyProblems ')
  t.end()
})

test('Lists and hosts are refused with what is wrong in them', (t) => {
  t.same(problemsOf(readLists([{ values: [1] }, { name: 'a', type: 'md5', valeus: [] }])), [
    'NamespacedListNameIsMissed /0/name',
    'WrongType /0/values/0',
    'UnknownKey /1/valeus',
    'UnknownChoice /1/type',
  ])
  t.same(problemsOf(readLists({})), ['WrongType '])
  t.same(problemsOf(readHosts([{ hosts: [{ ipv4: 1, weight: 1.5, port: 5 }] }])), [
    'MissedKey /0/path',
    'UnknownKey /0/hosts/0/port',
    'WrongType /0/hosts/0/ipv4',
    'WrongType /0/hosts/0/weight',
  ])
  t.same(problemsOf(readHosts([{ path: '1.9', hosts: [{}, { ipv6: '::1', weight: 101 }] }])), [
    'HostPathInvalid /0/path',
    'HostAddressMissed /0/hosts/0',
    'HostWeightInvalid /0/hosts/1',
  ])
  t.end()
})
