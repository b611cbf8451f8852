import { test } from 'tap'
import type { Condition, Template } from '../../../src/model/document.js'
import {
  readDistribution,
  readFlavorRule,
  readNamespacedList,
  readSelectServer,
  readServer,
  readTemplate,
  readUrlParams,
  readUrlRule,
  readUrlRules,
  readWhitelist,
} from '../../../src/model/legacy/read-documents.js'
import {
  writeDistribution,
  writeFlavorRule,
  writeNamespacedList,
  writeSelectServer,
  writeServer,
  writeTemplate,
  writeUrlParams,
  writeUrlRule,
  writeUrlRules,
  writeWhitelist,
} from '../../../src/model/legacy/write-documents.js'
import { encodedValue } from '../../../src/model/values.js'
import { RandomModels } from '../../support/random-model.js'
import { contentOf, isEmpty, RETURN, shown, told, URL } from './telling.js'

const COMPLETE = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<selectServer>
  <!-- <if> -->
  <if id="Beta_boxes">
    <and>
      <equals type="none"><param> receiverType </param><value>box2</value></equals>
      <contains type="namespacedList" negation="true">
        <param>mac</param>
        <namespacedList><value>banned</value><value>lab</value></namespacedList>
      </contains>
    </and>
    <return>
      <server isNonWhitelisted="false">
        <name>Beta_boxes</name>
        <url>{protocol}://{host}:{port}/{urn}</url>
        <path>2.0-beta</path>
        <description>beta for box2</description>
        <query><entry><key>a</key><value>b</value></entry></query>
      </server>
    </return>
  </if>
  <distribution>
    <rule><id>0</id><percent>20.0</percent><server><url>{protocol}://{host}:{port}/{urn}</url><path>/DC1/Z1/2.0</path></server></rule>
    <server><name>default</name><url>{protocol}://{host}:{port}/{urn}</url><secureUrl></secureUrl><path>1.9</path></server>
  </distribution>
</selectServer>`

test('Rules, distribution and default server are read', (t) => {
  const legacy = readSelectServer(COMPLETE)
  t.same(told(legacy), [])
  t.same(contentOf(legacy), {
    rules: [
      {
        id: 'Beta_boxes',
        conditions: [
          {
            kind: 'and',
            of: [
              {
                kind: 'equals',
                parameter: 'receiverType',
                value: 'box2',
                type: 'none',
                caseSensitive: false,
              },
              {
                kind: 'contains',
                parameter: 'mac',
                values: [],
                lists: ['banned', 'lab'],
                negated: true,
                caseSensitive: false,
              },
            ],
          },
        ],
        then: {
          kind: 'result',
          result: {
            kind: 'server',
            server: {
              name: 'Beta_boxes',
              description: 'beta for box2',
              url: URL,
              path: '2.0-beta',
              query: { a: 'b' },
              nonWhitelisted: false,
            },
          },
        },
      },
    ],
    distribution: [
      {
        id: 0,
        percent: 20,
        server: {
          name: '',
          description: '',
          url: URL,
          path: '/DC1/Z1/2.0',
          query: {},
          nonWhitelisted: false,
        },
      },
    ],
    defaultServer: {
      name: 'default',
      description: '',
      url: URL,
      path: '1.9',
      query: {},
      nonWhitelisted: false,
    },
  })
  t.end()
})

test('What the legacy form can say comes back as it was written', (t) => {
  const models = new RandomModels(7, true)
  for (let n = 0; n < 200; n++) {
    const model = models.model()
    const { templates, urlTemplates, rules, distribution, defaultServer } = model
    const [selected, urls] = [writeSelectServer(model), writeUrlRules(model)]
    t.same([...selected.notes, ...urls.notes], [])
    t.same(contentOf(readSelectServer(selected.text, templates)), {
      rules,
      distribution,
      defaultServer,
    })
    const { urlRules, urlDefaults } = model
    t.same(contentOf(readUrlRules(urls.text, urlTemplates)), { urlRules, urlDefaults })
    t.same(contentOf(readWhitelist(writeWhitelist(model.whitelist).text)), model.whitelist)
    for (const rule of rules)
      t.same(
        contentOf(readFlavorRule(writeFlavorRule(rule, templates).text, rule.id, templates)),
        rule,
      )
    for (const rule of urlRules)
      t.same(
        contentOf(readUrlRule(writeUrlRule(rule, urlTemplates).text, rule.id, urlTemplates)),
        rule,
      )
    for (const template of templates)
      t.same(contentOf(readTemplate(writeTemplate(template).text, template.id)), template)
    t.same(contentOf(readServer(writeServer(defaultServer).text)), defaultServer)
    t.same(contentOf(readUrlParams(writeUrlParams(urlDefaults).text)), urlDefaults)
    const slices = writeDistribution(distribution)
    t.same(contentOf(readDistribution(slices.text)), { distribution, defaultServer: undefined })
  }
  t.end()
})

test('A list comes back as it was written, and is read in its older forms', (t) => {
  for (const type of ['text', 'ip', 'encoded'] as const) {
    const list = { name: 'lab', description: 'a & b', type, values: ['a', 'b<'] }
    const { text, notes } = writeNamespacedList(list)
    t.same(notes, [])
    t.same(contentOf(readNamespacedList(text, 'lab')), list)
  }
  const old =
    '<namespacedList name="x"><valueSet><value>a</value><encodedValue>B</encodedValue></valueSet><value>c</value><value>c</value></namespacedList>'
  t.same(contentOf(readNamespacedList(old, 'y')), {
    name: 'y',
    description: '',
    type: 'text',
    values: ['c', 'a'],
  })
  t.equal(encodedValue('a'), '0CC175B9C0F1B6A831C399E269772661')
  t.end()
})

function conditionsOf(inside: string): readonly Condition[] {
  return contentOf(readFlavorRule(`<if>${inside}${RETURN}</if>`, 'a')).conditions
}

test('Values are told one by one, or with delimiters', (t) => {
  const cases: readonly (readonly [
    inside: string,
    values: readonly string[],
    lists?: readonly string[],
  ])[] = [
    ['<values><value> a </value><value/><value>b,c</value></values>', ['a', 'b,c']],
    ['<values>a, b,,c </values>', ['a', 'b', 'c']],
    ['<values delimeter=";|">a,b;c|d</values>', ['a,b', 'c', 'd']],
    ['<values delimeter=" ">a b</values>', ['a', 'b']],
    ['<namespacedList><value>l</value></namespacedList><values>a</values>', ['a'], ['l']],
    ['<values><![CDATA[a&b]]></values>', ['a&b']],
  ]
  for (const [inside, values, lists = []] of cases)
    t.match(conditionsOf(`<contains><param>p</param>${inside}</contains>`), [{ values, lists }])
  t.end()
})

test('Conditions beside one another, and an if in an if, must all hold', (t) => {
  const all = [isEmpty('a'), isEmpty('b'), isEmpty('c')]
  const nested = `${isEmpty('a')}<if>${isEmpty('b')}<if>${isEmpty('c')}${RETURN}</if></if>`
  const wanted = ['a', 'b', 'c'].map((parameter) => ({
    kind: 'isEmpty',
    parameter,
    negated: false,
  }))
  t.same(conditionsOf(all.join('')), wanted)
  t.same(contentOf(readFlavorRule(`<if>${nested}</if>`, 'a')).conditions, wanted)
  t.end()
})

test('A second return or if is what happens else', (t) => {
  const inner = `<if>${isEmpty('b')}${RETURN}<return><server><url>http://b/</url></server></return></if>`
  const rule = contentOf(readFlavorRule(`<if>${isEmpty('a')}${inner}</if>`, 'a'))
  t.match(rule, {
    conditions: [{ parameter: 'a' }],
    then: { kind: 'branch', branch: { conditions: [{ parameter: 'b' }] } },
    otherwise: undefined,
  })
  const reversed = contentOf(readFlavorRule(`<if>${isEmpty('a')}${RETURN}${inner}</if>`, 'a'))
  t.match(reversed.otherwise, { kind: 'branch', branch: { otherwise: { kind: 'result' } } })
  t.end()
})

test('Several conditions with an else are written as one', (t) => {
  const rule = contentOf(
    readFlavorRule(`<if>${isEmpty('a')}${isEmpty('b')}${isEmpty('c')}${RETURN}${RETURN}</if>`, 'x'),
  )
  const { text, notes } = writeFlavorRule(rule)
  t.same(shown(notes), ['OrderNotKept '])
  t.match(contentOf(readFlavorRule(text, 'x')).conditions, [
    {
      kind: 'and',
      of: [{ kind: 'and', of: [{ parameter: 'a' }, { parameter: 'b' }] }, { parameter: 'c' }],
    },
  ])
  t.end()
})

const TEMPLATE: Template = {
  id: 't',
  conditions: [{ kind: 'isEmpty', parameter: 'b', negated: false }],
}

test('A rule refers to its template where that still says the same', (t) => {
  const xml = `<if id="x" templateName="t">${isEmpty('a')}${isEmpty('b')}${RETURN}</if>`
  const kept = readFlavorRule(xml, 'x', [TEMPLATE])
  t.match(contentOf(kept), { template: 't', conditions: [{ parameter: 'a' }] })
  t.same(told(kept), [])
  const changed = {
    ...TEMPLATE,
    conditions: [{ kind: 'isEmpty' as const, parameter: 'b', negated: true }],
  }
  for (const templates of [[], [changed]]) {
    const alone = readFlavorRule(xml, 'x', templates)
    t.same(told(alone), ['TemplateNotKept /if'])
    t.equal(contentOf(alone).template, undefined)
    t.equal(contentOf(alone).conditions.length, 2)
  }
  t.end()
})

test('A template may lead somewhere, which is not kept', (t) => {
  const legacy = readTemplate(
    `<if id="t" templateName="u">${isEmpty('a')}<if>${isEmpty('b')}${RETURN}</if></if>`,
    't',
  )
  t.match(contentOf(legacy).conditions, [{ parameter: 'a' }, { parameter: 'b' }])
  t.same(told(legacy), [
    'TemplateDependsOnTemplate /if',
    'TemplateResultLeftOut /if/if[1]/return[1]',
  ])
  t.same(told(readTemplate('<if/>', 't')), ['TemplateLeftOut /if'])
  t.end()
})

test('Rules without a name and with one that is taken get one', (t) => {
  const rule = (attributes: string): string => `<if ${attributes}>${isEmpty('a')}${RETURN}</if>`
  const legacy = readSelectServer(
    `<selectServer>${rule('')}${rule('id="rule_1"')}${rule('id="a"')}${rule('id="a"')}</selectServer>`,
  )
  t.same(
    contentOf(legacy).rules.map(({ id }) => id),
    ['rule_1', 'rule_1_2', 'a', 'a_2'],
  )
  t.same(told(legacy), [
    'RuleNameGenerated /selectServer/if[1]',
    'DuplicatedRuleName /selectServer/if[2]',
    'DuplicatedRuleName /selectServer/if[4]',
  ])
  t.end()
})
