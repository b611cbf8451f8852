import { test } from 'tap'
import {
  bucketOf,
  DURATION_BOUNDS,
  DURATION_BUCKETS,
  Durations,
  quantile,
} from '../../src/telemetry/durations.js'

test('the bounds of durations rise by a third at most, without the dust of floating point', (t) => {
  for (const [at, bound] of DURATION_BOUNDS.entries()) {
    t.ok(String(bound).length <= 8, String(bound))
    const before = DURATION_BOUNDS[at - 1]
    if (before !== undefined) t.ok(bound > before && bound / before < 1.34, `${before} ${bound}`)
  }
  t.end()
})

test('a duration is counted in the first bucket whose bound it does not exceed', (t) => {
  for (const [at, bound] of DURATION_BOUNDS.entries()) {
    t.equal(bucketOf(bound), at, `${bound} itself`)
    t.equal(bucketOf(bound * 1.0001), at + 1, `more than ${bound}`)
  }
  t.equal(bucketOf(0), 0)
  t.equal(bucketOf(1e9), DURATION_BUCKETS - 1)
  t.end()
})

const QUANTILES: readonly (readonly [
  name: string,
  durations: readonly number[],
  share: number,
  least: number,
  most: number,
])[] = [
  ['one duration is every quantile', [0.003], 0.5, 0.0025, 0.003],
  ['half of two', [0.001, 0.9], 0.5, 0.0008, 0.001],
  ['most of two', [0.001, 0.9], 0.99, 0.8, 1],
  ['the one slow in a hundred is beyond p99', [...fast(99), 2], 0.99, 0.0009, 0.001],
  ['two slow in a hundred are p99', [...fast(98), 2, 2], 0.99, 1.5, 2],
  ['what is beyond all bounds is the last bound', [500], 0.5, 80, 80],
]

function fast(count: number): readonly number[] {
  return Array.from({ length: count }, () => 0.001)
}

test('a quantile lies in the bucket where it is', (t) => {
  for (const [name, values, share, least, most] of QUANTILES) {
    const durations = new Durations()
    for (const value of values) durations.took(value)
    const found = quantile(durations, share) ?? 0
    t.ok(found >= least && found <= most, `${name}: ${found}`)
  }
  t.equal(quantile(new Durations(), 0.5), undefined, 'none of none')
  t.end()
})

test('evenly spread durations have the quantiles one expects', (t) => {
  const durations = new Durations()
  for (let ms = 1; ms <= 1000; ms++) durations.took(ms / 1000)
  for (const share of [0.1, 0.25, 0.5, 0.9, 0.99]) {
    const found = quantile(durations, share) ?? 0
    t.ok(Math.abs(found - share) < 0.01, `${share}: ${found}`)
  }
  t.equal(Math.round(durations.seconds * 1000), 500_500)
  t.end()
})
