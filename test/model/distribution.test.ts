import { test } from 'tap'
import { applicationOf, parametersOf, ruleOf } from './deciding.js'
import { modelWith, withSlices } from './parts.js'

const KEYS = Array.from({ length: 100_000 }, (_, i) => `key-${(i * 2_654_435_761) % 4_294_967_296}`)

/** The flavor of each key. */
function flavorsOf(slices: readonly (readonly [number, string])[]): readonly string[] {
  const application = applicationOf(modelWith(withSlices(...slices)))
  return KEYS.map((key) => application.decide(new Map([['mac', key]])).server?.path ?? '')
}

function countsOf(flavors: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const flavor of flavors) counts.set(flavor, (counts.get(flavor) ?? 0) + 1)
  return counts
}

test('Slices have their percentages of the keys', (t) => {
  const counts = countsOf(
    flavorsOf([
      [20, '2.0'],
      [30.5, '3.0'],
      [0.5, '4.0'],
    ]),
  )
  for (const [flavor, percent] of [
    ['2.0', 20],
    ['3.0', 30.5],
    ['4.0', 0.5],
    ['1.9', 49],
  ] as const) {
    const share = ((counts.get(flavor) ?? 0) / KEYS.length) * 100
    t.ok(Math.abs(share - percent) < 0.5, `${flavor}: ${share} %`)
  }
  t.end()
})

test('Growing a slice keeps everybody who is in it, and takes only from its upper neighbours', (t) => {
  const steps = [0.01, 1, 5, 10, 33.3, 50]
  let before: readonly string[] | undefined
  for (const percent of steps) {
    const now = flavorsOf([
      [percent, '2.0'],
      [20, '3.0'],
      [20, '4.0'],
    ])
    const moved = (before ?? now).filter((flavor, at) => flavor === '2.0' && now[at] !== '2.0')
    t.same(moved, [], `at ${percent} %`)
    before = now
  }
  const [smaller, greater] = [10, 15].map((middle) =>
    flavorsOf([
      [20, '2.0'],
      [middle, '3.0'],
    ]),
  )
  for (const [at, flavor] of (smaller ?? []).entries()) {
    const moved = greater?.[at] !== flavor
    if (moved && (flavor !== '1.9' || greater?.[at] !== '3.0'))
      t.fail(`${flavor} to ${greater?.[at]}`)
  }
  t.end()
})

test('A percentage of a rule takes the same clients as a slice of that size', (t) => {
  const rule = applicationOf(
    modelWith({ rules: [ruleOf('2.0', { kind: 'percent', percent: 20 })] }),
  )
  const slice = flavorsOf([[20, '2.0']])
  for (const [at, key] of KEYS.entries()) {
    const flavor = rule.decide(new Map([['mac', key]])).server?.path
    if (flavor !== slice[at]) t.fail(key)
  }
  t.end()
})

test('A client is known by its account, or else by its address', (t) => {
  const application = applicationOf(modelWith(withSlices([50, '2.0'])))
  const [inside, outside] = ['2.0', '1.9'].map((path) =>
    KEYS.find((key) => application.decide(new Map([['mac', key]])).server?.path === path),
  )
  if (inside === undefined || outside === undefined) throw new Error('no such keys')
  const by = (parameters: Record<string, string>): string =>
    application.decide(parametersOf(parameters)).by
  t.equal(by({ serviceAccountId: inside }), 'distribution')
  t.equal(by({ serviceAccountId: inside, mac: outside }), 'distribution')
  t.equal(by({ serviceAccountId: outside, mac: inside }), 'default')
  t.equal(by({ serviceAccountId: ' \t', mac: inside }), 'distribution', 'a blank account is none')
  t.equal(
    by({ serviceAccountId: '\u00a0', mac: inside }),
    by({ serviceAccountId: '\u00a0' }),
    'this is not blank to Java',
  )
  t.equal(by({}), 'default')
  t.equal(by({ serviceAccountId: '' }), 'default')
  t.end()
})

test('A blank address is a key, and so is an empty one', (t) => {
  const application = applicationOf(modelWith(withSlices([99.99, '2.0'])))
  t.equal(application.decide(parametersOf({ mac: ' ' })).by, 'distribution')
  t.equal(application.decide(parametersOf({ mac: '' })).by, 'distribution')
  const hundred = applicationOf(
    modelWith({ rules: [ruleOf('all', { kind: 'percent', percent: 100 })] }),
  )
  t.equal(hundred.decide(parametersOf({ mac: 'x' })).by, 'rule')
  t.equal(
    hundred.decide(parametersOf({})).by,
    'default',
    'even of all clients, who has no key is none',
  )
  t.end()
})

test('The explanation says where a client lies, and why', (t) => {
  const application = applicationOf(modelWith(withSlices([0.1, '2.0'], [0.2, '3.0'], [99, '4.0'])))
  const explain = (parameters: Record<string, string>): string =>
    application.explain(parametersOf(parameters)).distribution
  t.match(
    explain({ mac: 'x' }),
    /^The client is in the slice from 0\.3 to 99\.3 %: mac is "x", whose hash lies at \d+\.\d\d %\.$/,
  )
  t.equal(explain({}), 'The client is in no slice: serviceAccountId and mac are missing.')
  t.equal(
    applicationOf(modelWith({})).explain(parametersOf({})).distribution,
    'There is no distribution.',
  )
  t.end()
})
