import { test } from 'tap'
import {
  isFieldValue,
  isToken,
  listMembers,
  parseWholeNumber,
  parseFieldSection,
  trimmed,
} from '../../../src/faces/proxy/field-syntax.js'

/** Every byte as a character. */
const BYTES = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

test('a token is made of the characters that RFC 9110 §5.6.2 names', (t) => {
  const named = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/
  for (const byte of BYTES) {
    const code = byte.charCodeAt(0)
    t.equal(isToken(byte), named.test(byte), `byte ${code}`)
    t.equal(isToken(`a${byte}`), named.test(byte), `byte ${code} behind another`)
  }
  t.notOk(isToken(''))
  t.notOk(isToken('\u0161'), 'a character that is no byte')
  t.notOk(isToken('\u0141'), 'nor one that would be a letter if it were cut down to a byte')
  t.end()
})

test('a value is made of anything but controls', (t) => {
  const allowed = /^[\t\x20-\x7e\x80-\xff]$/
  for (const byte of BYTES) {
    t.equal(isFieldValue(`a${byte}b`), allowed.test(byte), `byte ${byte.charCodeAt(0)}`)
  }
  t.ok(isFieldValue(''))
  t.notOk(isFieldValue('\u010a'), 'a character that is no byte')
  t.end()
})

test('blanks and tabs around a value are none of it, and nothing else', (t) => {
  for (const [text, value] of [
    ['a', 'a'],
    [' \t a b \t', 'a b'],
    ['', ''],
    [' \t ', ''],
    ['\x0ba\xa0', '\x0ba\xa0'],
    ['\ra\n', '\ra\n'],
  ] as const) {
    t.equal(trimmed(text, 0, text.length), value, JSON.stringify(text))
  }
  t.equal(trimmed('x: a ,b', 2, 5), 'a', 'of the part that is asked for')
  t.end()
})

test('a section is cut into names and values', (t) => {
  const sections: Readonly<Record<string, readonly string[]>> = {
    '': [],
    'A: b\r\n': ['A', 'b'],
    'A:b\r\nA:c\r\na: b\r\n': ['A', 'b', 'A', 'c', 'a', 'b'],
    'A:\r\nB: \t\r\n': ['A', '', 'B', ''],
    'A: b: c:\r\n': ['A', 'b: c:'],
    'A: \xe9\t"x"\r\n': ['A', '\xe9\t"x"'],
  }
  for (const [text, fields] of Object.entries(sections)) {
    t.strictSame(parseFieldSection(text, 0), fields, JSON.stringify(text))
    t.strictSame(parseFieldSection(`start\r\n${text}`, 7), fields, 'behind a start line')
  }
  t.end()
})

test('a malformed section is none', (t) => {
  const sections = [
    ...['A', 'A\r\n', 'A: b', 'A: b\n', 'A: b\r', 'A: b\r\n\r\n', '\r\n', '\r\nA: b\r\n'],
    ...[': b\r\n', 'A : b\r\n', 'A\t: b\r\n', ' A: b\r\n', '\tA: b\r\n', 'A B: c\r\n'],
    ...['A: b\r\n c\r\n', 'A: b\r\n\tc\r\n', 'A: b\r\n \r\n', 'A: b\nC: d\r\n', 'A: b\rC: d\r\n'],
    ...['A\r: b\r\n', 'A\n: b\r\n', 'A\0: b\r\n', 'A: b\0\r\n', 'A: \x7f\r\n', '\xe9: b\r\n'],
    ...['A: b\r\nC\r\n', 'A\r\nB: c\r\n', 'A: b\r\n: c\r\n', '(A): b\r\n', 'A: \r\r\n'],
  ]
  for (const text of sections) {
    t.equal(parseFieldSection(text, 0), undefined, JSON.stringify(text))
  }
  t.end()
})

test('a length is digits, and exact', (t) => {
  const lengths: Readonly<Record<string, number | undefined>> = {
    '0': 0,
    '5': 5,
    '0005': 5,
    '9007199254740991': Number.MAX_SAFE_INTEGER,
    '9007199254740992': undefined,
    '9999999999999999': undefined,
    '00000000000000005': undefined,
    '': undefined,
    ' 5': undefined,
    '5 ': undefined,
    '+5': undefined,
    '-5': undefined,
    '-0': undefined,
    '5,5': undefined,
    '5, 5': undefined,
    '0x5': undefined,
    '5.0': undefined,
    '5e1': undefined,
    '1_0': undefined,
    NaN: undefined,
    Infinity: undefined,
    '\u0665': undefined,
    '\xb2': undefined,
  }
  for (const [value, length] of Object.entries(lengths)) {
    t.equal(parseWholeNumber(value), length, JSON.stringify(value))
  }
  t.end()
})

test('a list has the members between its commas, in lower case', (t) => {
  const lists: Readonly<Record<string, readonly string[]>> = {
    '': [],
    ' , ,\t,': [],
    close: ['close'],
    'Close, X-A ,\tKeep-Alive': ['close', 'x-a', 'keep-alive'],
    'a,,b,': ['a', 'b'],
    'a b': ['a b'],
  }
  for (const [value, members] of Object.entries(lists)) {
    t.strictSame(listMembers(value), members, JSON.stringify(value))
  }
  t.end()
})
