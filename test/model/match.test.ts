import { RE2JS } from 're2js'
import { test } from 'tap'
import { plainPattern } from '../../src/model/plain-pattern.js'
import { holds, problemsOf } from './deciding.js'
import { modelWith, shown, withConditions } from './parts.js'

function matches(pattern: string, text: string, negated = false): boolean {
  return holds({ kind: 'matches', parameter: 'p', pattern, negated }, { p: text })
}

test('A pattern is about the whole of a parameter', (t) => {
  const cells: readonly (readonly [pattern: string, text: string, match: boolean])[] = [
    ['box', 'box', true],
    ['box', 'xbox', false],
    ['box', 'box2', false],
    ['box.*', 'box2', true],
    ['.*2', 'box2', true],
    ['.*ox.*', 'box2', true],
    ['.*', '', true],
    ['a|b', 'b', true],
    ['a|b', 'ab', false],
    ['.*a|b', 'b', true],
    ['.*a|b', 'xb', false],
    ['a|b.*', 'ax', false],
    ['^box$', 'box', true],
    ['^box\\d+$', 'box12', true],
    ['PX(001|013|022).*', 'PX022AN', true],
    ['PX(001|013|022).*', 'PX023AN', false],
    ['(?i)box[a-c]', 'BOXB', true],
    ['([0-9A-F]{2}:){5}[0-9A-F]{2}', '00:1A:2B:3C:4D:5E', true],
    ['([0-9A-F]{2}:){5}[0-9A-F]{2}', '00:1A:2B:3C:4D', false],
    ['a\\.b', 'a.b', true],
    ['a\\.b', 'axb', false],
    ['a.b', 'a\nb', false],
    ['a.*b', 'a\nb', false],
    ['(?s)a.*b', 'a\nb', true],
    ['.*é.*', 'café au lait', true],
    ['.', '😀', true],
    ['\\p{L}+', 'Größe', true],
    ['\\Q.*\\E', '.*', true],
    ['(?<name>a)b', 'ab', true],
    ['(x+x+)+y', 'xxxxy', true],
    ['.*\\.*', 'a', true],
    ['a\\$', 'a$', true],
  ]
  for (const [pattern, text, match] of cells) {
    t.equal(matches(pattern, text), match, `${pattern} of ${text}`)
    t.equal(matches(pattern, text, true), !match, `not ${pattern} of ${text}`)
  }
  t.end()
})

test('What cannot be matched in linear time, or is no pattern, is told', (t) => {
  const cells = {
    PatternIsUnsupported: [
      '(?=a)b',
      '(?!a)b',
      '(?<=a)b',
      '(?<!a)b',
      '(?>a)b',
      '(a)\\1',
      '(?<n>a)\\k<n>',
      'a++',
      'a{2}+',
      '[a-z&&[^b]]',
      '[a[bc]]',
      '[^]x[y]]',
    ],
    PatternIsInvalid: ['(', 'a)', '[a', '*a', '\\', '(?<n>a)(?<n>b)', '\\p{Nothing}'],
    PatternIsTooLarge: [
      'a{1001}',
      '((a{10}){10}b{1000}){10}',
      'a{1000}'.repeat(11),
      '('.repeat(2000) + ')'.repeat(2000),
    ],
  }
  for (const [code, patterns] of Object.entries(cells)) {
    for (const pattern of patterns) {
      const model = modelWith(withConditions({ kind: 'matches', parameter: 'p', pattern }))
      t.same(shown(problemsOf(model)), [`${code} /rules/0/conditions/0/pattern`], pattern)
    }
  }
  t.end()
})

test('Brackets that only look like sets inside of sets are ordinary', (t) => {
  for (const [pattern, text] of [
    ['[a\\[b]', '['],
    ['\\Q[[\\E', '[['],
    ['[]a]', ']'],
    ['[a&]', '&'],
    ['\\[[a]', '[a'],
  ] as const)
    t.ok(matches(pattern, text), pattern)
  t.end()
})

test('A text too long for its pattern matches nothing, negated or not', (t) => {
  for (const [pattern, fits, exceeds] of [
    ['a*', 4096, 4097],
    ['(a{0,100}){5}', 490, 500],
  ] as const) {
    t.ok(matches(pattern, 'a'.repeat(fits)), pattern)
    t.notOk(matches(pattern, 'a'.repeat(exceeds)), pattern)
    t.notOk(matches(pattern, 'a'.repeat(exceeds), true), pattern)
  }
  t.end()
})

/** Draws from a seed, so that a failure can be seen again. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const PIECES = [
  'a',
  'b',
  '.',
  '\\d',
  '[ab]',
  '[^a]',
  '\\.',
  '1',
  '(a|b)',
  '(?:ab|a)',
  '(ab){2}',
  '|',
  '.*',
  'a*',
  'b+',
  'a?',
  '1{2,}',
  '\\w',
]
const LETTERS = ['a', 'b', '1', '.', 'A', ' ']

test('Ordinary patterns mean the same to both engines', (t) => {
  const draw = seeded(7)
  const pick = (from: readonly string[], most: number): string =>
    Array.from({ length: draw(most + 1) }, () => from[draw(from.length)]).join('')
  let plain = 0
  for (let round = 0; round < 4000; round++) {
    const pattern = `${draw(8) === 0 ? '(?i)' : ''}${pick(PIECES, 5)}`
    const fast = plainPattern(pattern)
    if (!fast) continue
    plain++
    const slow = RE2JS.compile(pattern)
    for (let text = 0; text < 8; text++) {
      const input = pick(LETTERS, 6)
      if (fast(input) !== slow.testExact(input)) t.fail(`${pattern} of ${input}`)
    }
  }
  t.ok(plain > 1000, `${plain} patterns were compared`)
  t.end()
})

test('Only patterns that cannot take long are given to JavaScript’s engine', (t) => {
  const refused = [
    '(a+)+b',
    '(a|a)(a|a)',
    '(a|a){20}',
    'a*a*b',
    '.*a*b',
    'a*.*b',
    '(a*){3}',
    '(?=a)',
    'a*?',
    'é',
    '(a|b)+',
    '(a(b|c)?)',
    '\\b',
    'a|b.*',
  ]
  for (const pattern of refused) t.equal(plainPattern(pattern), undefined, pattern)
  for (const pattern of ['a', '.*a.*', 'a.*', 'a*b', '(a|b)c+', '([0-9]{2}:){5}x', '(?i)ab|cd'])
    t.ok(plainPattern(pattern), pattern)
  t.end()
})
