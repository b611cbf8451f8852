import { test } from 'tap'
import { DEFAULT_SETTINGS, LEGACY_SETTINGS } from '../../../src/model/defaults.js'
import { readModelNodes, writeModelNodes } from '../../../src/store/zookeeper/model-nodes.js'
import { modelOf } from '../../support/models.js'
import { RandomModels } from '../../support/random-model.js'

/** Nodes as Redirector's web service writes them. */
const NODES: readonly (readonly [path: string, xml: string])[] = [
  [
    'rules/Zeta',
    '<if id="Zeta"><equals type="none"><param>model</param><value>X1</value></equals><return><server isNonWhitelisted="false"><name>Zeta</name><url>{protocol}://{host}:{port}/{urn}</url><path>2.0</path></server></return></if>',
  ],
  [
    'rules/Beta',
    '<if id="Beta" templateName="Boxes"><equals type="none"><param>receiverType</param><value>box2</value></equals><return><server isNonWhitelisted="false"><name>Beta</name><url>{protocol}://{host}:{port}/{urn}</url><path>2.0</path></server></return></if>',
  ],
  [
    'templateRules/Boxes',
    '<if id="Boxes"><equals type="none"><param>receiverType</param><value>box2</value></equals></if>',
  ],
  [
    'urlRules/Secure',
    '<if id="Secure"><isEmpty negation="true"><param>tls</param></isEmpty><return><urlRule><protocol>xres</protocol></urlRule></return></if>',
  ],
  [
    'urlParams/default',
    '<urlRule><urn>shell</urn><protocol>xre</protocol><port>10004</port><ipProtocolVersion>4</ipProtocolVersion></urlRule>',
  ],
  [
    'distribution',
    '<distribution><rule><id>0</id><percent>20.0</percent><server><url>{protocol}://{host}:{port}/{urn}</url><path>1.9</path></server></rule></distribution>',
  ],
  [
    'server/default',
    '<server isNonWhitelisted="false"><name>default</name><url>{protocol}://{host}:{port}/{urn}</url><path>1.8</path></server>',
  ],
  ['whitelisted', '<whitelisted><paths>/DC1/Z1</paths><paths>/DC1/Z2</paths></whitelisted>'],
]

function modelIn(nodes: Iterable<readonly [string, string]>) {
  const read = readModelNodes(new Map(nodes))?.model
  if (!read || 'problems' in read) throw new Error(JSON.stringify(read))
  return read.content
}

test('What Redirector has written is read, and decides as it does there', (t) => {
  const model = modelIn(NODES)
  t.same(
    model.rules.map(({ id }) => id),
    ['Beta', 'Zeta'],
  )
  t.match(model.rules[0], { template: 'Boxes', conditions: [] })
  t.same(
    model.templates.map(({ id }) => id),
    ['Boxes'],
  )
  t.match(model.urlRules, [{ id: 'Secure', then: { result: { protocol: 'xres' } } }])
  t.same(model.urlDefaults, { urn: 'shell', protocol: 'xre', port: 10004, ipVersion: 4 })
  t.match(model.distribution, [{ id: 0, percent: 20, server: { path: '1.9' } }])
  t.match(model.defaultServer, { name: 'default', path: '1.8' })
  t.same(model.whitelist, ['/DC1/Z1', '/DC1/Z2'])
  t.same(model.settings, LEGACY_SETTINGS)
  t.end()
})

test('What is written of a model is read as the same model', (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const model = new RandomModels(seed, true).model()
    const written = writeModelNodes(model)
    if ('problems' in written) t.match(written.problems[0], { code: String, message: /./ })
    else t.same(readModelNodes(written.content), { model: { content: model }, notes: [] })
  }
  t.end()
})

test('Settings and order, of which Redirector knows nothing, stand in a node of their own', (t) => {
  const settings = { ...DEFAULT_SETTINGS, minimumHosts: 7, maximumDeviation: 30 }
  const legacy = modelIn(NODES)
  const model = { ...legacy, rules: legacy.rules.toReversed(), settings }
  const written = writeModelNodes(model)
  if ('problems' in written) throw new Error(JSON.stringify(written.problems))
  t.same(JSON.parse(written.content.get('pointsman') ?? ''), {
    settings: { minimumHosts: 7, maximumDeviation: 30 },
    order: {
      rules: ['Zeta', 'Beta'],
      templateRules: ['Boxes'],
      urlRules: ['Secure'],
      templateUrlRules: [],
    },
  })
  t.match(written.content.get('rules/Beta'), /templateName="Boxes".*box2/, 'expanded')
  t.same(modelIn(written.content), model)
  const added = NODES.map(([path, xml]) => [path.replace('/Beta', '/Alpha'), xml] as const)
  const rules = modelIn([...written.content, ...added]).rules.map(({ id }) => id)
  t.same(rules, ['Zeta', 'Beta', 'Alpha'], 'a rule that others add comes last')
  t.end()
})

test('Where there is nothing there is no model', (t) => {
  t.equal(readModelNodes(new Map()), undefined)
  t.end()
})

const BROKEN: readonly (readonly [path: string, text: string, problem: object])[] = [
  ['rules/Beta', '<if id="Beta"><equals', { path: /^\/rules\/Beta/ }],
  ['rules/Beta', '<if id="Beta"><unheard/></if>', { path: /^\/rules\/Beta/ }],
  ['server/default', '<server', { path: /^\/server\/default/ }],
  ['distribution', '<distribution><rule/></distribution>', { path: /^\/distribution/ }],
  ['pointsman', '{"settings":', { code: 'InvalidJson', path: '/pointsman' }],
  ['pointsman', '{"settings":{"minimumHosts":"7"}}', { code: 'WrongType', path: /^\/pointsman/ }],
]

for (const [path, text, problem] of BROKEN) {
  test(`A model is broken whose ${path} is ${text}`, (t) => {
    const read = readModelNodes(new Map([...NODES, [path, text]]))
    t.match(read?.model, { problems: [problem] })
    t.end()
  })
}

test('A model without a default server is broken', (t) => {
  const nodes = NODES.filter(([path]) => path !== 'server/default')
  t.match(readModelNodes(new Map(nodes))?.model, { problems: [{ code: 'ServerIsMissed' }] })
  t.end()
})

test('What would not be read as it is is not written', (t) => {
  const model = modelOf('1.0')
  const [beta, zeta] = modelIn(NODES).rules
  if (!beta || !zeta) throw new Error('there are two rules')
  const cases = [
    [{ ...model, rules: [{ ...zeta, id: 'a/b' }] }, { code: 'InvalidRuleName' }],
    [
      { ...model, whitelist: [' /DC1/Z1'] },
      { code: 'TextNotKept', path: '/whitelisted/whitelist/0' },
    ],
    [
      { ...model, rules: [beta] },
      { code: 'TemplateNotFound', path: '/rules/Beta/template' },
    ],
    [
      { ...model, rules: [zeta, zeta] },
      { code: 'NotKept', path: '/rules' },
    ],
  ] as const
  for (const [broken, problem] of cases) t.match(writeModelNodes(broken), { problems: [problem] })
  t.end()
})
