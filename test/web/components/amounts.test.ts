import { test } from 'tap'
import {
  counted,
  duration,
  milliseconds,
  millisecondsPair,
  rate,
} from '../../../web/src/components/amounts.js'

test('A length of time is told by its two largest units', (t) => {
  const cases: readonly (readonly [seconds: number, text: string])[] = [
    [0, '0 s'],
    [0.4, '0 s'],
    [-3, '0 s'],
    [1, '1 s'],
    [59.6, '1 min'],
    [61, '1 min 1 s'],
    [3600, '1 h'],
    [3601, '1 h'],
    [93_784, '1 d 2 h'],
    [10 * 86_400 + 59, '10 d'],
  ]
  for (const [seconds, text] of cases) t.equal(duration(seconds), text, `${seconds} s`)
  t.end()
})

test('Rates and times have three digits, and thousands stand apart', (t) => {
  t.equal(rate(0), '0')
  t.equal(rate(0.016_66), '0.0167')
  t.equal(rate(999.4), '999')
  t.equal(rate(1234.5), '1,235')
  t.equal(milliseconds(null), '–')
  t.equal(milliseconds(4.5678), '4.57 ms')
  t.equal(milliseconds(12_345.6), '12,346 ms')
  t.equal(millisecondsPair(4.5, 12.34), '4.5 / 12.3 ms')
  t.equal(millisecondsPair(null, null), '–')
  t.equal(counted(1, 'target'), '1 target')
  t.equal(counted(2000, 'target'), '2,000 targets')
  t.end()
})
