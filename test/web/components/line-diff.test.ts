import { test } from 'tap'
import { lineDiff, type DiffLine } from '../../../web/src/components/line-diff.js'
import { seeded } from '../../support/seeded.js'

function signed(lines: readonly DiffLine[]): readonly string[] {
  const signs = { same: ' ', added: '+', removed: '-' }
  return lines.map(({ kind, text }) => `${signs[kind]}${text}`)
}

test('Lines that stay are told once, the others as removed and added', (t) => {
  const before = ['a', 'b', 'c', 'd']
  t.same(signed(lineDiff(before, ['a', 'x', 'c', 'd', 'e'])), [' a', '-b', '+x', ' c', ' d', '+e'])
  t.same(signed(lineDiff([], ['a'])), ['+a'])
  t.same(signed(lineDiff(['a'], [])), ['-a'])
  t.same(signed(lineDiff(before, before)), [' a', ' b', ' c', ' d'])
  t.end()
})

test('Without what was added a difference is the old text, without what was removed the new one', (t) => {
  const random = seeded(7)
  const text = (): readonly string[] =>
    Array.from({ length: Math.floor(random() * 12) }, () => 'abcd'[Math.floor(random() * 4)] ?? '')
  const without = (lines: readonly DiffLine[], gone: DiffLine['kind']): readonly string[] =>
    lines.filter(({ kind }) => kind !== gone).map((line) => line.text)
  for (let i = 0; i < 300; i++) {
    const [before, after] = [text(), text()]
    const lines = lineDiff(before, after)
    t.same(without(lines, 'added'), before)
    t.same(without(lines, 'removed'), after)
  }
  t.end()
})

test('Texts that are too long to compare line by line are told as a whole', (t) => {
  const before = Array.from({ length: 3000 }, (_, i) => `old ${i}`)
  const lines = lineDiff(before, ['new', ...before])
  t.equal(lines.length, 6001)
  t.same(lines[0], { kind: 'removed', text: 'old 0' })
  t.end()
})
