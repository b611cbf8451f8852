import { test } from 'tap'
import { countOf } from './budget.js'
import { fuzzResponses } from './responses.js'

test('of damaged responses we understand what Node’s client does, or less, for reasons that have a name', async (t) => {
  const report = await fuzzResponses({ seed: 9112, count: 12_000, seconds: 12 })
  t.strictSame(report.failures, [])
  const understood = countOf(report, 'understood')
  t.ok(understood > report.tried / 10, `${understood} of ${report.tried} are still responses`)
  t.ok(countOf(report, 'refused') > report.tried / 10)
  t.ok(countOf(report, 'different') > 0)
})
