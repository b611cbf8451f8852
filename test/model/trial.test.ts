import { test } from 'tap'
import { compileApplication } from '../../src/model/compile.js'
import type { CompiledApplication } from '../../src/model/decision.js'
import type { ApplicationModel } from '../../src/model/document.js'
import {
  compareRequests,
  compareSlices,
  judgeHosts,
  MOST_EXAMPLES,
  RepeatedChance,
} from '../../src/model/impact.js'
import { EVEN_CHANCE, runTest, type Expectation } from '../../src/model/trial.js'
import type { Random } from '../../src/core/ports.js'
import { HOSTS, modelWith, RULE, withServer, withSlices, type Parts } from './parts.js'

function compiled(model: ApplicationModel, chance: Random = EVEN_CHANCE): CompiledApplication {
  const found = compileApplication(model, [], chance)
  if ('application' in found) return found.application
  throw new Error(JSON.stringify(found.problems))
}

const BOX2 = { receiverType: 'box2' }
const URL_RULE = { ...RULE, id: 'tls', then: { parameters: { protocol: 'wss', port: 9 } } }

const EXPECTATIONS: readonly (readonly [Expectation, readonly string[]])[] = [
  [{}, []],
  [{ by: 'rule', rule: 'BETA', path: '2.0', protocol: 'WSS', port: '9', ipVersion: '4' }, []],
  [{ by: '', rule: ' ', urn: 'shell', appliedUrlRules: ['TLS'] }, []],
  [{ by: 'default', rule: 'alpha', path: '1.9' }, ['by', 'rule', 'path']],
  [
    { protocol: 'xre', port: '10', urn: 'x', ipVersion: '6' },
    ['protocol', 'port', 'urn', 'ipVersion'],
  ],
  [{ appliedUrlRules: ['tls', 'other'] }, ['appliedUrlRules']],
]

test('A test tells what is otherwise than expected', (t) => {
  const application = compiled(modelWith({ rules: [RULE], urlRules: [URL_RULE] }))
  for (const [expected, differs] of EXPECTATIONS) {
    const trial = runTest(application, { name: 'x', parameters: BOX2, expected }, false)
    t.same(trial.differs, differs)
    t.equal(trial.passed, differs.length === 0)
    t.match(trial.explanation.rules, [{ id: 'beta', matched: true }])
  }
  t.end()
})

test('Of a server that is a URL its parts are told', (t) => {
  const model = modelWith(withServer({ url: 'https://h.example:444/a/b' }))
  const { actual } = runTest(compiled(model), { name: '', parameters: BOX2, expected: {} }, false)
  t.match(actual, { path: 'https://h.example:444/a/b', protocol: 'https', port: '444', urn: 'a/b' })
  t.end()
})

test('Parameters with names of methods are parameters', (t) => {
  const conditions = [{ kind: 'equals', parameter: '__proto__', value: 'x' }]
  const application = compiled(modelWith({ rules: [{ ...RULE, conditions }] }))
  const parameters: unknown = JSON.parse('{"__proto__":"x"}')
  const asRecord = Object.fromEntries(Object.entries(parameters as Record<string, string>))
  const test = { name: '', parameters: asRecord, expected: { rule: 'beta' } }
  t.equal(runTest(application, test, false).passed, true)
  t.end()
})

function moved(before: Parts, after: Parts, samples: readonly Readonly<Record<string, string>>[]) {
  const chance = new RepeatedChance()
  const [was, is] = [before, after].map((parts) => compiled(modelWith(parts), chance))
  return compareRequests(was, is, samples, chance)
}

const KEYS = Array.from({ length: 1000 }, (_, n) => ({ serviceAccountId: `k${n}` }))

test('A slice that grows moves as many clients as it grows by, and examples are bounded', (t) => {
  const impact = moved(withSlices([10, '2.0']), withSlices([15, '2.0']), KEYS)
  t.equal(impact.samples, 1000)
  t.ok(impact.moved > 30 && impact.moved < 70, `${impact.moved} moved`)
  t.equal(impact.examples.length, MOST_EXAMPLES)
  t.match(impact.examples[0], {
    before: '1.9, xre://{host}:8081/shell (IPv4)',
    after: '2.0, xre://{host}:8081/shell (IPv4)',
  })
  t.end()
})

test('Requests that only another rule decides do not move; those whose URL changes do', (t) => {
  const renamed = { rules: [{ ...RULE, id: 'gamma' }] }
  t.equal(moved({ rules: [RULE] }, renamed, [BOX2]).moved, 0)
  t.equal(moved({}, { urlRules: [URL_RULE] }, [BOX2, {}]).moved, 1)
  t.equal(moved({}, { defaultServer: { path: '1.9', query: { a: 'b' } } }, [{}]).moved, 1)
  t.equal(moved({}, { defaultServer: { url: 'http://h/' } }, [{}]).moved, 1)
  t.end()
})

test('Chance moves nobody', (t) => {
  const parts = { rules: [{ ...RULE, conditions: [{ kind: 'random', percent: 50 }] }] }
  t.equal(moved(parts, parts, KEYS).moved, 0)
  const count = moved(parts, {}, KEYS).moved
  t.ok(count > 400 && count < 600, `${count} moved`)
  t.end()
})

test('Of an application that comes, or goes, every request moves', (t) => {
  const chance = new RepeatedChance()
  const application = compiled(modelWith({}), chance)
  t.match(compareRequests(undefined, application, [{}], chance), {
    moved: 1,
    examples: [{ before: 'nowhere' }],
  })
  t.match(compareRequests(application, undefined, [{}], chance), {
    moved: 1,
    examples: [{ after: 'nowhere' }],
  })
  t.end()
})

test('Slices are told with what went to the same place, and their hosts', (t) => {
  const before = modelWith({ ...withSlices([10, '2.0'], [5, '3.0']), whitelist: [] })
  const after = modelWith({ ...withSlices([20, '2.0']), whitelist: ['/DC1/Z1', '/DC2/Z1'] })
  t.same(compareSlices(before, after, HOSTS), [
    { name: 'default', path: '1.9', percentBefore: 85, percent: 80, hosts: 1 },
    { name: 'slice 0', path: '2.0', percentBefore: 10, percent: 20, hosts: 1 },
  ])
  t.match(compareSlices(undefined, after, []), [{ percentBefore: 0, hosts: 0 }, {}])
  t.end()
})

test('Whether there are hosts enough is told in words', (t) => {
  t.same(judgeHosts(modelWith({}), HOSTS), {
    isMet: true,
    detail: 'the default and the slices have 1 hosts together, and need 1',
  })
  t.match(judgeHosts(modelWith({ settings: { minimumHosts: 3 } }), HOSTS), {
    isMet: false,
    detail: /need 3/,
  })
  t.match(judgeHosts(modelWith({}), []), { isMet: false, detail: /no host takes clients/ })
  t.match(judgeHosts(modelWith({ defaultServer: { url: 'http://h/' } }), []), { isMet: true })
  t.end()
})
