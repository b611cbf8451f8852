import { test } from 'tap'
import { addQuery, headerParameters, queryOf } from '../../src/core/request-parameters.js'
import { PointsmanError } from '../../src/core/errors.js'

test('The header gives its fields by their names as they were sent, the first of each, and no blank ones', (t) => {
  const raw = ['Mac', '1', 'mac', '2', 'Mac', '3', 'Blank', ' ', 'Blank', 'x', '__proto__', 'p']
  t.same(
    [...headerParameters(raw)],
    [
      ['Mac', '1'],
      ['mac', '2'],
      ['Blank', 'x'],
      ['__proto__', 'p'],
    ],
  )
  t.end()
})

const QUERIES: readonly [query: string, parameters: readonly (readonly [string, string])[]][] = [
  ['', []],
  ['a=1', [['a', '1']]],
  ['a', [['a', '']]],
  ['a=', [['a', '']]],
  ['a=1&a=2', [['a', '1']]],
  [
    '&&b=2&&a=1&',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['a=b=c', [['a', 'b=c']]],
  ['a+b=c%20d+e%2B', [['a b', 'c d e+']]],
  ['%C3%A9=%e2%82%ac', [['é', '€']]],
  ['a=%0d%0a%00', [['a', '\r\n\0']]],
  ['=1', [['', '1']]],
  ['__proto__=1', [['__proto__', '1']]],
]

test('A query gives its parameters, the first of each', (t) => {
  for (const [query, expected] of QUERIES) {
    const parameters = new Map<string, string>()
    addQuery(parameters, query)
    t.same([...parameters].sort(), expected, query)
  }
  t.end()
})

test('The parameters of a query win over those of the header', (t) => {
  const parameters = new Map([
    ['a', 'header'],
    ['b', 'header'],
  ])
  addQuery(parameters, 'a=')
  t.same(Object.fromEntries(parameters), { a: '', b: 'header' })
  t.end()
})

test('A query that is not percent-encoded UTF-8 is refused', (t) => {
  for (const query of ['%', 'a=%', 'a=%f', 'a=%zz', '%ff=1', 'a=%c3', 'a=%ed%a0%80', 'a=é', 'a=\t'])
    t.throws(() => addQuery(new Map(), query), { code: 'REQUEST_MALFORMED' }, query)
  t.throws(() => addQuery(new Map(), '%'), PointsmanError)
  t.end()
})

test('A query of a hundred thousand parameters takes no more time than its length', (t) => {
  const query = Array.from({ length: 100_000 }, (_, n) => `p${n}=${n}`).join('&')
  const parameters = new Map<string, string>()
  addQuery(parameters, query)
  t.equal(parameters.size, 100_000)
  t.end()
})

test('The query of a URL stands between its ? and its #', (t) => {
  const rows = [
    ['http://a/b?c=d#e?f', 'c=d'],
    ['http://a/b', ''],
    ['?a?b', 'a?b'],
    ['a?', ''],
    ['', ''],
  ] as const
  for (const [url, query] of rows) t.equal(queryOf(url), query, url)
  t.end()
})
