import { test } from 'tap'
import {
  END_OF_HEAD,
  fieldLines,
  FieldNames,
  findHead,
  isFieldValue,
  isNamed,
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

test('a section ends where it is said to', (t) => {
  const text = 'A: b\r\nC: d\r\n\r\nE: f\r\n'
  t.strictSame(parseFieldSection(text, 0, 12), ['A', 'b', 'C', 'd'])
  t.strictSame(parseFieldSection(text, 6, 12), ['C', 'd'])
  t.strictSame(parseFieldSection(text, 12, 12), [])
  t.equal(parseFieldSection(text, 0, 14), undefined, 'an empty line is no field')
  t.end()
})

test('what a section was cut into is written as it was', (t) => {
  for (const text of ['', 'A: b\r\n', 'A: b\r\na: c\r\nX-Long-Name: \xe9 \t"x"\r\nB: \r\n'])
    t.equal(fieldLines(parseFieldSection(text, 0) ?? []), text, JSON.stringify(text))
  t.end()
})

test('the end of a head is found wherever it stands', (t) => {
  // Up to 2048 bytes are looked through in one way, the rest in another.
  for (const length of [
    4, 5, 100, 2040, 2044, 2045, 2046, 2047, 2048, 2049, 2051, 2052, 5000, 70_000,
  ]) {
    const head = 'x'.repeat(length - END_OF_HEAD.length) + END_OF_HEAD
    for (const [before, behind] of [
      ['', ''],
      ['', 'more'],
      ['', END_OF_HEAD],
      ['before\r\n\r\n', 'x'.repeat(3000)],
    ] as const) {
      const bytes = Buffer.from(before + head + behind)
      const found = findHead(bytes, before.length)
      t.equal(found?.end, length - END_OF_HEAD.length)
      t.ok(found?.text.startsWith(head))
      const cut = bytes.subarray(0, before.length + length - 1)
      t.equal(findHead(cut, before.length), undefined, `${length} bytes, but the last`)
    }
  }
  t.end()
})

test('names are found however they are written', (t) => {
  const names = new FieldNames(['te', 'via', 'age', 'x-y-1'])
  for (const name of ['te', 'TE', 'Te', 'Via', 'AGE', 'X-y-1']) t.ok(names.has(name), name)
  for (const name of ['', 't', 'tf', 'vib', 'x-y-', 'x-y-11', 'x_y-1', 'connection'])
    t.notOk(names.has(name), name)
  for (const byte of BYTES)
    if (isToken(byte))
      for (const letter of 'az059-')
        t.equal(isNamed(byte, letter), byte.toLowerCase() === letter, `${byte} and ${letter}`)
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
