import { test } from 'tap'
import { LONGEST_EJECTION_MS, Outlier } from '../../src/core/outlier.js'

const FIRST_MS = 10_000

/** Ejects again and again, each time after `wellMs` in service, and gives the lengths. */
function lengths(wellMs: readonly number[], firstMs = FIRST_MS): number[] {
  const outlier = new Outlier()
  let now = 0
  return wellMs.map((well) => {
    const lengthMs = outlier.eject(firstMs, (now += well))
    outlier.readmit((now += lengthMs))
    return lengthMs
  })
}

test('failures add up until a request succeeds or an ejection ends', (t) => {
  const outlier = new Outlier()
  outlier.failed(3)
  outlier.failed(1)
  t.equal(outlier.failuresInARow, 4)
  outlier.succeeded()
  t.equal(outlier.failuresInARow, 0)
  outlier.failed(5)
  outlier.eject(FIRST_MS, 0)
  outlier.readmit(FIRST_MS)
  t.equal(outlier.failuresInARow, 0)
  t.end()
})

test('each ejection is twice as long as the one before, up to five minutes', (t) => {
  t.same(
    lengths([0, 1, 1, 1, 1, 1, 1]),
    [10, 20, 40, 80, 160, 300, 300].map((s) => s * 1000),
  )
  t.end()
})

test('a first ejection beyond five minutes is as long as it is configured', (t) => {
  t.same(lengths([0, 1], 2 * LONGEST_EJECTION_MS), [600_000, 600_000])
  t.end()
})

test('time in service forgives one doubling for each ejection it is as long as', (t) => {
  t.same(lengths([0, 0, 0, 39_999]), [10_000, 20_000, 40_000, 80_000], 'not long enough')
  t.same(lengths([0, 0, 0, 40_000]), [10_000, 20_000, 40_000, 40_000], 'one doubling')
  t.same(lengths([0, 0, 0, 60_000]), [10_000, 20_000, 40_000, 20_000], 'two doublings')
  t.same(lengths([0, 0, 0, 70_000]), [10_000, 20_000, 40_000, 10_000], 'all of them')
  t.same(lengths([0, 10_000]), [10_000, 10_000], 'the first')
  t.end()
})
