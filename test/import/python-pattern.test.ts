import { test } from 'tap'
import { javascriptPattern, matchingStatuses } from '../../src/import/python-pattern.js'

const STATUSES = [
  ['200', '200'],
  ['^2', '200-299'],
  ['^[23]', '200-399'],
  ['^2\\d{2}$', '200-299'],
  ['200|429', '200,429'],
  ['^(200|204|30[12])$', '200,204,301-302'],
  ['\\A20[0-6]\\Z', '200-206'],
  ['20', '120,200-209,220,320,420,520,620,720,820,920'],
  ['', '100-999'],
  ['^20$', undefined],
  ['(?i)200', undefined],
  ['(200', undefined],
] as const

test('A regular expression for a status is the list of those it is found in', (t) => {
  for (const [pattern, expected] of STATUSES) t.equal(matchingStatuses(pattern), expected, pattern)
  t.end()
})

/** Expressions of Python, a body that they are found in, and one that they are not. */
const BODIES = [
  ['ready', 'it is ready', 'Ready'],
  ['^OK$', 'OK\n', 'OK\nOK'],
  ['OK\\Z', 'OK', 'OK\n'],
  ['\\AOK', 'OK', 'NOK'],
  ['[$]5', 'it costs $5', 'it costs 5'],
  ['\\$5$', '$5', '5'],
  ['(?P<state>up|on)', 'on', 'off'],
  ['[]x]', ']', 'y'],
  ['a\\\\Z', 'a\\Z', 'a'],
] as const

test('A regular expression for a body means what Python means by it', (t) => {
  for (const [pattern, found, other] of BODIES) {
    const written = javascriptPattern(pattern)
    t.ok(written !== undefined, pattern)
    t.ok(new RegExp(written ?? '').test(found), `${pattern} in ${found}`)
    t.notOk(new RegExp(written ?? '').test(other), `${pattern} in ${other}`)
  }
  t.end()
})

test('A regular expression that JavaScript has no words for is none', (t) => {
  for (const pattern of [
    '(?i)ok',
    '(?P=name)',
    'a{,2}',
    '\\N{DOLLAR SIGN}',
    '\\U00000024',
    '\\0',
    '(',
  ])
    t.equal(javascriptPattern(pattern), undefined, pattern)
  t.end()
})
