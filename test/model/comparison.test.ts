import { test } from 'tap'
import { RELATIONS, type Relation } from '../../src/model/document.js'
import { holds } from './deciding.js'

/** How a parameter stands to a value; `?` is neither below, nor at, nor above. */
type Order = '<' | '=' | '>' | '?'

const TRUE_FOR: Readonly<Record<Relation, string>> = {
  equals: '=',
  notEqual: '<>?',
  lessThan: '<',
  lessOrEqual: '<=',
  greaterThan: '>',
  greaterOrEqual: '>=',
}

type Cell = readonly [parameter: string, value: string, order: Order]

const TEXTS: readonly Cell[] = [
  ['a', 'b', '<'],
  ['b', 'a', '>'],
  ['box2', 'box2', '='],
  ['box', 'box2', '<'],
  ['box10', 'box9', '<'],
  ['', 'a', '<'],
  ['é', 'z', '>'],
  // UTF-16 units, not characters: the second begins with a surrogate, which is below.
  ['\uff5e', '😀', '>'],
]
const NO_CASE: readonly Cell[] = [
  ['BOX2', 'box2', '='],
  ['box2', 'BOX2', '='],
  ['B', 'a', '>'],
  ['ÄÖ', 'äö', '='],
]
const CASE: readonly Cell[] = [
  ['BOX2', 'box2', '<'],
  ['box2', 'BOX2', '>'],
  ['B', 'a', '<'],
]
const NUMBERS: readonly Cell[] = [
  ['9', '10', '<'],
  ['10', '9.5', '>'],
  ['5', '5.0', '='],
  ['-1', '+1', '<'],
  ['1e3', '1000', '='],
  ['.5', '0.5', '='],
  ['5.', '5', '='],
  [' 5\t', '5', '='],
  ['5d', '5', '='],
  ['5', '5F', '='],
  ['Infinity', 'Infinity', '='],
  ['-Infinity', '1e308', '<'],
  ['1e999', 'Infinity', '='],
  ['0', '-0', '='],
  ['NaN', '1', '?'],
  ['NaN', 'NaN', '?'],
]
/** One side is no number: texts are compared. */
const HALF_NUMBERS: readonly Cell[] = [
  ['5', 'x', '<'],
  ['x', '5', '>'],
  ['10', '9a', '<'],
  ['', '5', '<'],
  ['0x10', '16', '<'],
  ['1_0', '10', '>'],
]
const TEXTS_OF_DIGITS: readonly Cell[] = [
  ['9', '10', '>'],
  ['5', '5.0', '<'],
]
const VERSIONS: readonly Cell[] = [
  ['1.2.3', '1.2.3', '='],
  ['1.10', '1.9', '>'],
  ['1.2', '1.2.0', '='],
  ['1.2', '1.2.1', '<'],
  ['2', '1.9.9', '>'],
  ['1.x.3', '1.0.3', '='],
  ['1.beta', '1.1', '<'],
  ['1..2', '1.0.2', '='],
  ['1.2.', '1.2', '='],
  ['', '0', '='],
  ['99999999999.1', '0.1', '='],
  ['2147483647', '2147483646', '>'],
  ['-1', '0', '<'],
  ['+1', '1', '='],
  ['10.0.0.9', '10.0.0.10', '<'],
  ['::1', '0', '='],
  ['::1', '0.0.1', '<'],
  ['a', 'A', '='],
]
const IPV6: readonly Cell[] = [
  ['::1', '::2', '<'],
  ['2001:DB8::1', '2001:db8:0:0::1', '='],
  ['ffff::', '7fff::', '>'],
  ['::ffff:1.2.3.4', '::ffff:102:304', '='],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:9', '<'],
  ['1::', '0:ffff::', '>'],
  ['10.0.0.1', '::1', '<'],
  ['::1', 'x', '>'],
  ['x', 'y', '='],
  ['', '10.0.0.1', '='],
]

const CELLS = {
  none: {
    false: [...TEXTS, ...NO_CASE, ...NUMBERS, ...HALF_NUMBERS],
    true: [...TEXTS, ...CASE, ...NUMBERS],
  },
  numeric: {
    false: [...TEXTS, ...NO_CASE, ...NUMBERS, ...HALF_NUMBERS],
    true: [...TEXTS, ...CASE, ...NUMBERS],
  },
  string: {
    false: [...TEXTS, ...NO_CASE, ...TEXTS_OF_DIGITS],
    true: [...TEXTS, ...CASE, ...TEXTS_OF_DIGITS],
  },
  version: { false: VERSIONS, true: VERSIONS },
  ipv6: { false: IPV6, true: IPV6 },
} as const satisfies Record<string, { false: readonly Cell[]; true: readonly Cell[] }>

for (const [type, byCase] of Object.entries(CELLS)) {
  for (const caseSensitive of [false, true]) {
    test(`Comparison as ${type}, ${caseSensitive ? 'with' : 'without'} regard to case`, (t) => {
      for (const kind of RELATIONS) {
        for (const [parameter, value, order] of byCase[`${caseSensitive}`]) {
          const condition = { kind, parameter: 'p', value, type, caseSensitive }
          const expected = TRUE_FOR[kind].includes(order)
          t.equal(holds(condition, { p: parameter }), expected, `${parameter} ${kind} ${value}`)
        }
      }
      t.end()
    })

    test(`A missing parameter compared as ${type}, ${caseSensitive ? 'with' : 'without'} regard to case`, (t) => {
      for (const kind of RELATIONS) {
        for (const value of ['box2', '5', '1.2', '::1']) {
          const condition = { kind, parameter: 'p', value, type, caseSensitive }
          t.equal(holds(condition, {}), false, `${kind} ${value}`)
          const missing = holds(condition, {}, { missingMatches: true })
          t.equal(missing, kind === 'notEqual', `${kind} ${value}, where missing ones match`)
          t.equal(holds(condition, { P: value }), false, 'its name has another case')
        }
      }
      t.end()
    })
  }
}
