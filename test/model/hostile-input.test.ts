import { test } from 'tap'
import { applicationOf, parametersOf, ruleOf } from './deciding.js'
import { modelWith, withSlices, type Parts } from './parts.js'

const MEGABYTE = 1_000_000

/** Every kind of condition about one parameter. */
const CONDITIONS: readonly Parts[] = [
  ...['none', 'numeric', 'string', 'version', 'ipv6'].flatMap((type) =>
    ['1', '1.2', '::1', 'b'].map((value) => ({ kind: 'lessThan', parameter: 'mac', value, type })),
  ),
  { kind: 'contains', parameter: 'mac', values: ['a'] },
  { kind: 'inIpRange', parameter: 'mac', values: ['10.0.0.0/8', '::1'] },
  { kind: 'isEmpty', parameter: 'mac' },
  { kind: 'percent', percent: 0.0001 },
  ...['(a+)+$', '(a|a)*b', '(.*a){40}', '(x+x+)+y', '.*a.{400}', '[^a]*', '((a{0,30}){0,30})b'].map(
    (pattern) => ({
      kind: 'matches',
      parameter: 'mac',
      pattern,
    }),
  ),
]

const TEXTS = {
  'one letter': 'a'.repeat(MEGABYTE),
  blanks: ' '.repeat(MEGABYTE),
  'blanks and a letter': `${' '.repeat(MEGABYTE)}x${' '.repeat(MEGABYTE)}y`,
  digits: '1'.repeat(MEGABYTE),
  'digits and a letter': `${'1'.repeat(MEGABYTE)}.${'1'.repeat(MEGABYTE)}x`,
  dots: '.'.repeat(MEGABYTE),
  colons: ':'.repeat(MEGABYTE),
  'an address without an end': '1:'.repeat(MEGABYTE),
  'half pairs': '\ud800'.repeat(MEGABYTE),
  'letters that grow': 'ßİŉ'.repeat(MEGABYTE / 4),
  controls: '\u0000\u001f'.repeat(MEGABYTE / 2),
}

test('Any text is decided about in bounded time, and explained, without an error', (t) => {
  const rules = CONDITIONS.map((condition, at) => ruleOf(`r${at}`, condition))
  const application = applicationOf(modelWith({ rules, ...withSlices([20, '2.0']) }))
  for (const [name, text] of Object.entries(TEXTS)) {
    const request = parametersOf({ mac: text })
    const before = process.cpuUsage()
    const decision = application.decide(request)
    const { user, system } = process.cpuUsage(before)
    t.ok((user + system) / 1e6 < 5, `${name}: ${(user + system) / 1e6} s`)
    const explanation = application.explain(request)
    t.equal(explanation.decision, decision)
    t.ok(
      JSON.stringify(explanation.rules).length < 50_000,
      'an explanation quotes no more than the beginning',
    )
  }
  t.end()
})

test('The input that is worst for a pattern is decided about in bounded time', (t) => {
  const cells = [
    ['(x+x+)+y', 'x'.repeat(4096)],
    ['(a+)+$', `${'a'.repeat(4095)}!`],
    ['(a|aa)+b', 'a'.repeat(4096)],
    ['(.*)*\\d', 'a'.repeat(4096)],
    // Each text of a and b has states of its own.
    [
      '(a|b)*a(a|b){200}',
      Array.from({ length: 820 }, (_, i) => ((i * i * 7919) % 11 < 5 ? 'a' : 'b')).join(''),
    ],
  ] as const
  for (const [pattern, text] of cells) {
    const condition = { kind: 'matches', parameter: 'p', pattern }
    const application = applicationOf(modelWith({ rules: [ruleOf('r', condition)] }))
    const before = process.cpuUsage()
    application.decide(parametersOf({ p: text }))
    const { user, system } = process.cpuUsage(before)
    t.ok((user + system) / 1e6 < 2, `${pattern}: ${(user + system) / 1e6} s`)
  }
  t.end()
})

test('Parameters named like parts of objects are parameters like others', (t) => {
  for (const name of ['__proto__', 'constructor', 'toString', '']) {
    const model = modelWith({
      rules: [ruleOf('r', { kind: 'equals', parameter: name === '' ? ' ' : name, value: '1' })],
    })
    const application = applicationOf(model)
    t.equal(application.decide(new Map()).by, 'default')
    t.equal(application.decide(new Map([[name === '' ? ' ' : name, '1']])).by, 'rule')
  }
  t.end()
})

test('A hundred thousand parameters are no more work than those that rules ask for', (t) => {
  const application = applicationOf(
    modelWith({ rules: [ruleOf('r', { kind: 'equals', parameter: 'p99999', value: '1' })] }),
  )
  const request = new Map(Array.from({ length: 100_000 }, (_, i) => [`p${i}`, '1']))
  t.equal(application.decide(request).by, 'rule')
  t.end()
})
