import { createHash } from 'node:crypto'
import { test } from 'tap'
import type { NamespacedList } from '../../src/model/document.js'
import { holds } from './deciding.js'

const LISTS: readonly NamespacedList[] = [
  { name: 'lab', description: '', type: 'text', values: ['AA:01', 'bb:02'] },
  { name: 'more', description: '', type: 'text', values: ['cc:03'] },
  { name: 'secret', description: '', type: 'encoded', values: ['AA:01'] },
  {
    name: 'nets',
    description: '',
    type: 'ip',
    values: ['172.16.0.0/12', '2001:db8::/32', '192.0.2.7'],
  },
]

/** [parameter, whether it is inside]: the same with negation is the contrary, but for what is malformed. */
type Cells = readonly (readonly [parameter: string | undefined, inside: boolean | 'malformed'])[]

function table(name: string, condition: Record<string, unknown>, cells: Cells): void {
  test(name, (t) => {
    for (const [parameter, inside] of cells) {
      const request = parameter === undefined ? {} : { p: parameter }
      for (const negated of [false, true]) {
        for (const missingMatches of [false, true]) {
          const whole = { parameter: 'p', ...condition, negated }
          let expected = inside === 'malformed' ? false : inside !== negated
          if (parameter === undefined) expected = negated && missingMatches
          const cell = `${parameter ?? 'missing'}, negated ${negated}, missing matches ${missingMatches}`
          t.equal(holds(whole, request, { missingMatches, lists: LISTS }), expected, cell)
        }
      }
    }
    t.end()
  })
}

const contains = { kind: 'contains', values: ['AA:01', 'Straße', 'ı'] }

table('One of literals, whatever the case', contains, [
  ['AA:01', true],
  ['aa:01', true],
  ['aa:011', false],
  ['', false],
  [undefined, false],
  ['STRAßE', true],
  // `equalsIgnoreCase` goes unit by unit: the ß has no upper case of one unit, and ı and i have the same.
  ['STRASSE', false],
  ['I', true],
  ['i', true],
  ['İ', false],
])

table('One of literals, with regard to case', { ...contains, caseSensitive: true }, [
  ['AA:01', true],
  ['aa:01', false],
  [undefined, false],
])

table('In one of several lists, whatever the case', { kind: 'contains', lists: ['lab', 'more'] }, [
  ['aa:01', true],
  ['BB:02', true],
  ['CC:03', true],
  ['dd:04', false],
  [undefined, false],
])

const exactLists = { kind: 'contains', lists: ['lab', 'more'], caseSensitive: true }
table('In one of several lists, with regard to case', exactLists, [
  ['AA:01', true],
  ['BB:02', false],
  ['cc:03', true],
])

table('One of literals or in a list', { kind: 'contains', lists: ['more'], values: ['x'] }, [
  ['X', true],
  ['cc:03', true],
  ['AA:01', false],
])

const digest = createHash('md5').update('AA:01').digest('hex')
table(
  'In an encoded list, of which clients send the MD5',
  { kind: 'contains', lists: ['secret'] },
  [
    [digest.toUpperCase(), true],
    [digest, true],
    ['AA:01', false],
    [undefined, false],
  ],
)

const exactSecret = { kind: 'contains', lists: ['secret'], caseSensitive: true }
table('In an encoded list, with regard to case: its MD5 is in upper case', exactSecret, [
  [digest.toUpperCase(), true],
  [digest, false],
])

const inIpRange = {
  kind: 'inIpRange',
  values: ['204.11.58.63/27', '10.0.0.0/25', '10.0.0.128/25', '2001:db8:1::/48'],
}

table('Within networks', inIpRange, [
  ['204.11.58.32', true],
  ['204.11.58.63', true],
  ['204.11.58.31', false],
  ['204.11.58.64', false],
  ['204.11.58.40/29', true],
  ['204.11.58.32/27', true],
  ['204.11.58.32/26', false],
  ['10.0.0.127', true],
  // Both halves are listed, but not the whole.
  ['10.0.0.0/24', false],
  ['2001:db8:1::5', true],
  ['2001:DB8:1:ffff::/64', true],
  ['2001:db8:1::/47', false],
  ['2001:db8:2::', false],
  ['::ffff:10.0.0.1', true],
  ['::ffff:10.0.0.1/121', true],
  ['::ffff:10.0.0.0/95', false],
  // As integers, without their family, these would be inside of 10.0.0.0/25.
  ['::a00:1', false],
  [undefined, false],
])

table('What is no address is within nothing, nor without', inIpRange, [
  ['', 'malformed'],
  ['x', 'malformed'],
  ['10.0.0', 'malformed'],
  ['10.0.0.256', 'malformed'],
  ['10.0.0.01', 'malformed'],
  ['10.0.0.1.', 'malformed'],
  ['10.0.0.1/', 'malformed'],
  ['10.0.0.1/33', 'malformed'],
  ['10.0.0.1/-1', 'malformed'],
  ['10.0.0.1/8/8', 'malformed'],
  [' 10.0.0.1', 'malformed'],
  ['2001:db8:1::/129', 'malformed'],
  ['2001:db8:1::5%eth0', 'malformed'],
  ['[2001:db8:1::5]', 'malformed'],
  [':::', 'malformed'],
])

table('Within networks of a list', { kind: 'inIpRange', lists: ['nets'], values: ['10.0.0.1'] }, [
  ['172.31.255.255', true],
  ['172.32.0.0', false],
  ['2001:db8:ffff::1', true],
  ['2001:db9::', false],
  ['192.0.2.7', true],
  ['192.0.2.6/31', false],
  ['10.0.0.1', true],
])

table('Within everything of one family', { kind: 'inIpRange', values: ['0.0.0.0/0'] }, [
  ['0.0.0.0', true],
  ['255.255.255.255', true],
  ['0.0.0.0/0', true],
  ['::1', false],
])

const matches = { kind: 'matches', pattern: '[A-Z]{2}:\\d+' }
table('The whole of a parameter by a pattern, with regard to case', matches, [
  ['AA:01', true],
  ['aa:01', false],
  ['xAA:01', false],
  ['AA:01\n', false],
  ['', false],
  [undefined, false],
])

test('Blank or missing', (t) => {
  const cells = [
    [undefined, true],
    ['', true],
    [' \t\u2003', true],
    ['\u001f', true],
    // Not white space to Java.
    ['\u00a0', false],
    ['0', false],
    ['null', false],
  ] as const
  for (const [parameter, empty] of cells) {
    const request = parameter === undefined ? {} : { p: parameter }
    for (const missingMatches of [false, true]) {
      const cell = `${JSON.stringify(parameter)}, missing matches ${missingMatches}`
      t.equal(holds({ kind: 'isEmpty', parameter: 'p' }, request, { missingMatches }), empty, cell)
      const negated = { kind: 'isEmpty', parameter: 'p', negated: true }
      t.equal(holds(negated, request, { missingMatches }), !empty, `${cell}, negated`)
    }
  }
  t.end()
})
