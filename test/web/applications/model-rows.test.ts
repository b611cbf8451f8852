import { test } from 'tap'
import type { ApplicationModel } from '../../../src/model/document.js'
import { readModel } from '../../../src/model/read-model.js'
import {
  hostsOf,
  mostPercent,
  movedPercent,
  remainderOf,
  sliceRows,
  withPercent,
  freeSliceId,
} from '../../../web/src/applications/distribution/slice-rows.js'
import {
  destinationWords,
  filteredRows,
  freeName,
  parametersWords,
  ruleRows,
  usersOfTemplate,
} from '../../../web/src/applications/rules/rule-rows.js'
import {
  knownPaths,
  stackRows,
  withCommented,
} from '../../../web/src/applications/stacks/stack-rows.js'
import { summaryRows } from '../../../web/src/applications/summary/summary-rows.js'

function modelFrom(document: object): ApplicationModel {
  const read = readModel(document)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.content
}

const MODEL = modelFrom({
  rules: [
    {
      id: 'Labs',
      conditions: [{ kind: 'contains', parameter: 'mac', lists: ['labs'] }],
      then: { server: { path: '2.0' } },
    },
    {
      id: 'Boxes',
      template: 'Box',
      conditions: [{ kind: 'isEmpty', parameter: 'channel' }],
      then: {
        branch: {
          conditions: [{ kind: 'equals', parameter: 'x', value: '1' }],
          then: {
            group: {
              enablePrivate: true,
              servers: [{ path: '/DC2/Z1/2.0' }, { url: 'https://a.example/' }],
            },
          },
          otherwise: { server: { path: '2.0', nonWhitelisted: true } },
        },
      },
    },
  ],
  templates: [
    { id: 'Box', conditions: [{ kind: 'equals', parameter: 'receiverType', value: 'box' }] },
  ],
  distribution: [
    { id: 0, percent: 20.5, server: { name: 'canary', path: '2.0' } },
    { id: 2, percent: 30, server: { name: 'old', path: '1.8' } },
  ],
  defaultServer: { name: 'default', path: '1.9' },
  whitelist: ['/DC1/Z1', '/DC3/Z1'],
})

function host(weight: number, serves = true) {
  return { ipv4: '192.0.2.1', ipv6: null, weight, state: 'healthy', serves, reason: '' }
}

function stack(dc: string, flavor: string, hosts: ReturnType<typeof host>[]) {
  const name = `/${dc}/Z1`
  return { path: `${name}/${flavor}`, stack: name, flavor, isWhitelisted: dc === 'DC1', hosts }
}

const STACKS = [
  stack('DC1', '1.9', [host(5), host(5), host(0), host(5, false)]),
  stack('DC1', '2.0', [host(5)]),
  stack('DC2', '2.0', [host(5), host(5)]),
]

const SURROUNDINGS = {
  templates: MODEL.templates,
  path: '/rules',
  words: destinationWords,
  problems: [],
  warnings: [],
} as const

test('Rules stand in the order in which they are tried', (t) => {
  const idsBy = (order: 'listed' | 'cost') =>
    ruleRows(MODEL.rules, { ...SURROUNDINGS, order }).map(({ rule, turn, cost, index }) => [
      rule.id,
      turn,
      cost,
      index,
    ])
  t.same(idsBy('listed'), [
    ['Labs', 1, 5000, 0],
    ['Boxes', 2, 30, 1],
  ])
  t.same(idsBy('cost'), [
    ['Boxes', 1, 30, 1],
    ['Labs', 2, 5000, 0],
  ])
  t.end()
})

test('A rule is told in words, with what its template and its branches ask', (t) => {
  const [, boxes] = ruleRows(MODEL.rules, { ...SURROUNDINGS, order: 'listed' })
  t.same(boxes?.words, {
    conditions: ['receiverType equals box', 'channel is missing or blank'],
    then: 'if x equals 1: one after the other of /DC2/Z1/2.0, https://a.example/, otherwise 2.0, on stacks that are not whitelisted',
    otherwise: '',
  })
  t.equal(
    parametersWords({ protocol: 'wss', port: 443, urn: 'a', ipVersion: 6 }),
    'protocol wss, port 443, urn a, IPv6',
  )
  t.equal(parametersWords({}), 'nothing')
  t.end()
})

test('What is wrong within a rule is told at the rule', (t) => {
  const problems = [
    { code: 'X', path: '/rules/1/then/server', message: 'wrong' },
    { code: 'X', path: '/rules/10', message: 'another rule' },
  ]
  const rows = ruleRows(MODEL.rules, { ...SURROUNDINGS, order: 'cost', problems })
  t.same(
    rows.map((row) => row.problems.length),
    [1, 0],
  )
  t.end()
})

test('Rules are found by their names, conditions and servers', (t) => {
  const rows = ruleRows(MODEL.rules, { ...SURROUNDINGS, order: 'listed' })
  const found = (text: string) => filteredRows(rows, text).map(({ rule }) => rule.id)
  t.same(found(''), ['Labs', 'Boxes'])
  t.same(found('LAB mac'), ['Labs'])
  t.same(found('a.example'), ['Boxes'])
  t.same(found('nobody'), [])
  t.same(usersOfTemplate(MODEL.rules, 'Box'), ['Boxes'])
  t.equal(freeName('Labs', ['Labs', 'Labs_2']), 'Labs_3')
  t.equal(freeName('Labs_2', ['Labs', 'Labs_2']), 'Labs_3')
  t.equal(freeName('New', ['Labs']), 'New')
  t.end()
})

test('Slices and what is left have hosts and connections', (t) => {
  const traffic = { connections: 1000, perHost: 200, counted: 'serving' } as const
  const rows = sliceRows(MODEL, STACKS, traffic)
  t.same(
    rows.map((row) => [row.percent, row.hosts, row.connections, row.connectionsPerHost]),
    [
      [20.5, 1, 205, 205],
      [30, 0, 300, undefined],
      [49.5, 2, 495, 247.5],
    ],
  )
  t.same(
    rows.map(({ isOverloaded }) => isOverloaded),
    [true, true, true],
  )
  const none = sliceRows(MODEL, STACKS, { ...traffic, perHost: 0 })
  t.notOk(none.some(({ isOverloaded }) => isOverloaded))
  const all = sliceRows(MODEL, STACKS, { ...traffic, counted: 'all' })
  t.same(
    all.map(({ hosts, weight }) => [hosts, weight]),
    [
      [1, 5],
      [0, undefined],
      [4, 5],
    ],
  )
  t.end()
})

test('Hosts are counted where a server may send clients', (t) => {
  const count = (server: object) =>
    hostsOf(
      { name: '', description: '', url: '', query: {}, nonWhitelisted: false, ...server },
      STACKS,
      MODEL.whitelist,
    )
  t.equal(count({ path: '2.0' }), 1)
  t.equal(count({ path: '2.0', nonWhitelisted: true }), 2)
  t.equal(count({ path: '/DC2/Z1/2.0' }), 0)
  t.equal(count({ path: '0' }), 0, 'not the end of a flavor')
  t.equal(count({ url: 'https://a.example/' }), undefined)
  t.end()
})

test('A slice grows as far as the others leave something to the default', (t) => {
  const { distribution } = MODEL
  t.equal(remainderOf(distribution), 49.5)
  t.equal(mostPercent(distribution, 0), 69.99)
  t.equal(withPercent(distribution, 0, 90)[0]?.percent, 69.99)
  t.equal(withPercent(distribution, 0, -5)[0]?.percent, 0.01)
  t.equal(withPercent(distribution, 0, 33.333333)[0]?.percent, 33.33)
  t.equal(withPercent(distribution, 0, 25)[1], distribution[1])
  t.equal(freeSliceId(distribution), 1)
  t.end()
})

test('What another distribution moves is told in percent of the clients', (t) => {
  const { distribution } = MODEL
  t.equal(movedPercent(distribution, distribution), 0)
  t.equal(
    movedPercent(distribution, withPercent(distribution, 1, 40)),
    10,
    'taken from the default',
  )
  t.equal(
    movedPercent(distribution, withPercent(distribution, 0, 30.5)),
    20,
    'the next one moves along',
  )
  t.equal(movedPercent(distribution, []), 50.5)
  t.end()
})

test('Stacks are those with hosts and those that are whitelisted', (t) => {
  const rows = stackRows(STACKS, MODEL.whitelist, ['/DC1/Z1'])
  t.same(
    rows.map((row) => [row.stack, row.isWhitelisted, row.isChanged, row.serving, row.hosts]),
    [
      ['/DC1/Z1', true, false, 3, 5],
      ['/DC2/Z1', false, false, 2, 2],
      ['/DC3/Z1', true, true, 0, 0],
    ],
  )
  t.same(
    rows[0]?.flavors.map(({ flavor, serving }) => [flavor, serving]),
    [
      ['1.9', 2],
      ['2.0', 1],
    ],
  )
  t.same(knownPaths(STACKS), ['/DC1/Z1/1.9', '/DC1/Z1/2.0', '/DC2/Z1/2.0', '1.9', '2.0'])
  t.end()
})

test('Stacks without hosts are there as long as somebody has commented on them', (t) => {
  const all = withCommented(STACKS, ['/DC1/Z1/1.9', '/DC3/Z1/0.9'], MODEL.whitelist)
  t.same(all.slice(0, STACKS.length), STACKS)
  const gone = { path: '/DC3/Z1/0.9', stack: '/DC3/Z1', flavor: '0.9', isWhitelisted: true }
  t.same(all.slice(STACKS.length), [{ ...gone, hosts: [] }])
  t.end()
})

test('The summary has the default, the slices, and the rules that name a list', (t) => {
  const all = summaryRows(MODEL, STACKS, '')
  t.same(
    all.map((row) => [row.kind, row.name, row.servers, row.percent, row.lists, row.hosts]),
    [
      ['default', 'default', ['1.9'], 49.5, [], 2],
      ['slice', 'canary', ['2.0'], 20.5, [], 1],
      ['slice', 'old', ['1.8'], 30, [], 0],
      ['rule', 'Labs', ['2.0'], undefined, ['labs'], 1],
    ],
  )
  t.equal(summaryRows(MODEL, STACKS, 'other').length, 3)
  t.end()
})
