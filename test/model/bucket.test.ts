import { test } from 'tap'
import { Place, thresholdOf } from '../../src/model/bucket.js'

const HALF = 2n ** 32n

/** As Java does it: a long from `Long.MAX_VALUE / 10000 * (percent * 100)`, of which the product is one of doubles. */
function javaThreshold(percent: number): bigint {
  const hundredth = (2n ** 63n - 1n) / 10_000n
  return BigInt(Math.trunc(Number(hundredth) * (percent * 100)))
}

function placed(hash: bigint): Place {
  const place = new Place()
  place.set(Number(BigInt.asIntN(32, hash >> 32n)), Number(BigInt.asIntN(32, hash)))
  return place
}

test('A threshold is the one of Redirector to the last bit', (t) => {
  const percents = [0, 1e-9, 0.01, 0.1, 0.3, 1, 10.3, 20, 33.33, 50, 66.6667, 99.99, 100, 0.1 + 0.2]
  for (const percent of percents) {
    const { high, low } = thresholdOf(percent)
    t.equal(BigInt(high) * HALF + BigInt(low), javaThreshold(percent), String(percent))
  }
  t.end()
})

test('A hash is within a threshold when its absolute value is not above it', (t) => {
  for (const percent of [0.01, 10.3, 50, 99.99, 100]) {
    const end = javaThreshold(percent)
    const threshold = thresholdOf(percent)
    for (const hash of [end, end - 1n, -end, 0n, 1n, -1n])
      t.ok(placed(hash).isWithin(threshold), `${hash} at ${percent}`)
    for (const hash of [end + 1n, -end - 1n, 2n ** 63n - 1n])
      t.notOk(placed(hash).isWithin(threshold), `${hash} at ${percent}`)
  }
  t.end()
})

test('The least hash has no absolute value, and is within every threshold', (t) => {
  for (const percent of [0, 50, 100]) t.ok(placed(-(2n ** 63n)).isWithin(thresholdOf(percent)))
  t.end()
})

test('Halves with a carry between them are negated as one number', (t) => {
  const threshold = { high: 1, low: 0 }
  t.ok(placed(-HALF).isWithin(threshold))
  t.notOk(placed(-HALF - 1n).isWithin(threshold))
  t.ok(placed(-HALF + 1n).isWithin(threshold))
  t.end()
})
