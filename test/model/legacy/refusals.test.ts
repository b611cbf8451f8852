import { test } from 'tap'
import {
  readFlavorRule,
  readSelectServer,
  readServer,
  readUrlRule,
  readUrlRules,
} from '../../../src/model/legacy/read-documents.js'
import { settingsNotWritten, writeSelectServer } from '../../../src/model/legacy/write-documents.js'
import { DEEPEST_NESTING } from '../../../src/model/limits.js'
import { modelWith, RULE } from '../parts.js'
import { contentOf, isEmpty, RETURN, SERVER, shown, told, URL } from './telling.js'

test('What is not known is reported, and the rest is read', (t) => {
  const server = `<server><url>${URL}</url><path>2.0</path><colour/><url>b</url></server>`
  const rule = `<if id="a" colour="red">${isEmpty('a')}<return>${server}</return></if>`
  const legacy = readSelectServer(
    `<selectServer xmlns="a"><note/>${rule}<fallbackServer/></selectServer>`,
  )
  t.same(told(legacy), [
    'UnknownElement /selectServer/note[1]',
    'FallbackServerIgnored /selectServer/fallbackServer[1]',
    'UnknownAttribute /selectServer/if[1]',
    'UnknownElement /selectServer/if[1]/return[1]/server[1]/colour[1]',
    'RepeatedElement /selectServer/if[1]/return[1]/server[1]/url[2]',
  ])
  t.equal(contentOf(legacy).rules.length, 1)
  t.end()
})

const LEFT_OUT: readonly (readonly [inside: string, code: string, place: string])[] = [
  [`<like/>${RETURN}`, 'ExpressionCouldNotBeDeserialized', '/like[1]'],
  [`<equals><value>a</value></equals>${RETURN}`, 'MissedParamName', '/equals[1]'],
  [`<equals><param>a</param><value> </value></equals>${RETURN}`, 'MissedParamValue', '/equals[1]'],
  [
    `<equals type="text"><param>a</param><value>b</value></equals>${RETURN}`,
    'UnknownChoice',
    '/equals[1]',
  ],
  [`<contains><param>a</param></contains>${RETURN}`, 'MissedParamValue', '/contains[1]'],
  [`<matches><param>a</param></matches>${RETURN}`, 'MissedParamValue', '/matches[1]'],
  [`<percent><value>many</value></percent>${RETURN}`, 'PercentRangeError', '/percent[1]'],
  [`<random/>${RETURN}`, 'MissedParamValue', '/random[1]'],
  [`<and>${isEmpty('a')}</and>${RETURN}`, 'ExpressionCouldNotBeDeserialized', '/and[1]'],
  [
    `<or>${isEmpty('a')}<like/></or>${RETURN}`,
    'ExpressionCouldNotBeDeserialized',
    '/or[1]/like[1]',
  ],
  [isEmpty('a'), 'ServerIsMissed', ''],
  [`${isEmpty('a')}${RETURN.repeat(3)}`, 'OutcomeInvalid', ''],
  [`${isEmpty('a')}<return/>`, 'ServerIsMissed', '/return[1]'],
  [`${isEmpty('a')}<return><partner/></return>`, 'UnknownElement', '/return[1]/partner[1]'],
  [`${isEmpty('a')}<return><server/></return>`, 'ServerUrlMissed', '/return[1]/server[1]'],
  [
    `${isEmpty('a')}<return><serverGroup countDownTime="long">${SERVER}</serverGroup></return>`,
    'ServerGroupCountDown',
    '/return[1]/serverGroup[1]',
  ],
]

for (const [inside, code, place] of LEFT_OUT) {
  test(`A rule that cannot be read is left out whole: ${code} ${place}`, (t) => {
    const good = `<if id="a">${isEmpty('a')}${RETURN}</if>`
    const legacy = readSelectServer(`<selectServer>${good}<if id="b">${inside}</if></selectServer>`)
    t.same(
      contentOf(legacy).rules.map(({ id }) => id),
      ['a'],
    )
    const notes = told(legacy)
    t.equal(notes[0], `${code} /selectServer/if[2]${place}`)
    t.equal(notes.at(-1), 'RuleLeftOut /selectServer/if[2]')
    t.end()
  })
}

test('Conditions and branches beyond the bound leave their rule out', (t) => {
  const and = (depth: number): string =>
    `${`<and>${isEmpty('a')}`.repeat(depth)}${isEmpty('a')}${'</and>'.repeat(depth)}${RETURN}`
  const otherwise = (depth: number): string =>
    `${`${isEmpty('a')}${RETURN}<if>`.repeat(depth)}${isEmpty('a')}${RETURN}${'</if>'.repeat(depth)}`
  for (const inside of [and, otherwise]) {
    contentOf(readFlavorRule(`<if>${inside(DEEPEST_NESTING - 1)}</if>`, 'a'))
    const legacy = readFlavorRule(`<if>${inside(DEEPEST_NESTING)}</if>`, 'a')
    t.match(told(legacy)[0], /^TooDeep /)
    t.equal(told(legacy).at(-1), 'RuleLeftOut /if')
  }
  t.end()
})

const SLICE = (inside: string): string =>
  `<selectServer><distribution><rule>${inside}</rule></distribution></selectServer>`
const SLICE_PATH = '/selectServer/distribution[1]/rule[1]'

const REFUSED: readonly (readonly [xml: string, problem: string])[] = [
  ['', 'XmlInvalid '],
  ['<selectServer>', 'XmlInvalid '],
  ['<urlRules/>', 'XmlInvalid '],
  ['<!DOCTYPE a [<!ENTITY b "c">]><selectServer/>', 'XmlInvalid '],
  ['<selectServer>&b;</selectServer>', 'XmlInvalid '],
  ['<selectServer>\u0000</selectServer>', 'XmlInvalid '],
  ['<a>'.repeat(100_000), 'TooDeep '],
  ['<if>'.repeat(100_000) + '</if>'.repeat(100_000), 'TooDeep '],
  [`<a><!--${'</a>'.repeat(3000)}-->${'<a b=">/>">'.repeat(3000)}`, 'TooDeep '],
  [
    `<a><![CDATA[${'</a>'.repeat(3000)}]]><?a ${'</a>'.repeat(3000)}?>${'<a>'.repeat(3000)}`,
    'TooDeep ',
  ],
  [SLICE('<percent>5</percent>'), `ServerIsMissed ${SLICE_PATH}`],
  [SLICE(`<percent>x</percent>${SERVER}`), `RuleDistributionPercentageInvalid ${SLICE_PATH}`],
  [SLICE(`<id>x</id><percent>5</percent>${SERVER}`), `WrongType ${SLICE_PATH}`],
  [
    '<selectServer><distribution><server/></distribution></selectServer>',
    'ServerUrlMissed /selectServer/distribution[1]/server[1]',
  ],
]

for (const [xml, problem] of REFUSED) {
  test(`A document is refused: ${problem} for ${JSON.stringify(xml.slice(0, 60))}`, (t) => {
    const legacy = readSelectServer(xml)
    t.notOk('content' in legacy)
    t.same(told(legacy), [problem])
    t.end()
  })
}

test('Hostile texts take linear time', (t) => {
  const started = performance.now()
  const pieces = ['<!--', '<![CDATA[', '<?', '<a b="', '\r', '&amp;', '<a/>', '</a>', `<a b='c' d`]
  for (const piece of pieces)
    readSelectServer(`<selectServer>${piece.repeat(50_000)}</selectServer>`)
  t.ok(performance.now() - started < 20_000)
  t.end()
})

test('Attributes and numbers that mean nothing are reported', (t) => {
  const rule = readFlavorRule(
    `<if><isEmpty negation="maybe"><param>a</param></isEmpty>${RETURN}</if>`,
    'a',
  )
  t.same(told(rule), ['ValueUnreadable /if/isEmpty[1]'])
  t.match(contentOf(rule).conditions, [{ negated: false }])
  const equal = '<equals negation="true"><param>a</param><value>b</value></equals>'
  const negated = readFlavorRule(`<if>${equal}${RETURN}</if>`, 'a')
  t.same(told(negated), ['NegationIgnored /if/equals[1]'])
  const cases = [
    ['<port>a</port>', 'PortIsInvalid'],
    ['<ipProtocolVersion>5</ipProtocolVersion>', 'ValueIPV6_4TypeError'],
  ] as const
  for (const [inside, code] of cases) {
    const url = `<if>${isEmpty('a')}<return><urlRule>${inside}</urlRule></return></if>`
    t.same(told(readUrlRule(url, 'a')), [`${code} /if/return[1]/urlRule[1]`, 'RuleLeftOut /if'])
  }
  t.end()
})

test('Absent defaults of a URL are those of Redirector; 0 and an empty text are absent', (t) => {
  const rule = '<urlRule><urn/><port>9090</port><ipProtocolVersion>0</ipProtocolVersion></urlRule>'
  const defaults = '<urlRule><urn></urn><port>0</port><protocol>wss</protocol></urlRule>'
  const urls = readUrlRules(
    `<urlRules><if id="a">${isEmpty('a')}<return>${rule}</return></if><default>${defaults}</default></urlRules>`,
  )
  t.same(contentOf(urls).urlRules[0]?.then, { kind: 'result', result: { port: 9090 } })
  const { urlDefaults } = contentOf(urls)
  t.same(urlDefaults, { protocol: 'wss', urn: 'shell', port: 10_004, ipVersion: 4 })
  t.same(told(urls), Array(3).fill('UrlDefaultFilledIn /urlRules'))
  t.end()
})

test('A return may be a URL, or several servers', (t) => {
  const ofReturn = (inside: string): string => `<if>${isEmpty('a')}<return>${inside}</return></if>`
  const rule = contentOf(readFlavorRule(ofReturn(' http://a/ '), 'a'))
  t.match(rule.then, { result: { server: { url: 'http://a/', path: undefined } } })
  const fixed = '<server><url>http://b/</url><path>1</path></server>'
  const group = `<serverGroup enablePrivate="false" countDownTime="30">${SERVER}${fixed}</serverGroup>`
  const several = readFlavorRule(ofReturn(group), 'a')
  const servers = [{ path: '2.0' }, { path: undefined }]
  const wanted = { enablePrivate: false, countDownTime: 30, servers }
  t.match(contentOf(several).then, { result: { group: wanted } })
  t.same(told(several), ['PathIgnored /if/return[1]/serverGroup[1]/server[2]'])
  t.end()
})

test('The default server of an old file stands in a return', (t) => {
  const legacy = readSelectServer(`<selectServer>${RETURN}</selectServer>`)
  t.match(contentOf(legacy), { rules: [], distribution: [], defaultServer: { path: '2.0' } })
  t.end()
})

test('What cannot be told in XML is reported when it is written', (t) => {
  const conditions = [{ kind: 'equals', parameter: 'a', value: ' b\u0000' }]
  const model = modelWith({
    rules: [{ ...RULE, template: 'gone', conditions }],
    settings: { missingMatches: false, minimumHosts: 2, discovery: 'static' },
  })
  const { text, notes } = writeSelectServer(model)
  t.same(shown(notes).toSorted(), [
    'TemplateNotFound /rules/0/template',
    'TextNotKept /rules/0/conditions/0/value',
  ])
  t.match(contentOf(readSelectServer(text)).rules, [{ conditions: [{ value: 'b\ufffd' }] }])
  t.same(shown(settingsNotWritten(model.settings)), [
    'SettingNotWritten /settings/evaluationOrder',
    'SettingNotWritten /settings/minimumHosts',
    'SettingNotWritten /settings/discovery',
  ])
  t.end()
})

test('A query cannot change what objects are made of', (t) => {
  const entry = (key: string): string => `<entry><key>${key}</key><value>a</value></entry>`
  const query = `<query>${entry('__proto__')}${entry('constructor')}</query>`
  const legacy = readServer(`<server><url>http://a/</url>${query}</server>`)
  t.same(told(legacy), ['QueryNameInvalid /server/query[1]/entry[1]'])
  t.same(Object.entries(contentOf(legacy).query), [['constructor', 'a']])
  t.end()
})
