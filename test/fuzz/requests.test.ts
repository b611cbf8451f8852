import { test } from 'tap'
import { countOf } from './budget.js'
import { fuzzRequests } from './requests.js'

test('whatever clients send, a strict target sees whole requests of theirs, each with an answer, and no other', async (t) => {
  const report = await fuzzRequests({ seed: 9110, count: 4000, seconds: 12 })
  t.strictSame(report.failures, [])
  const unseen = [...report.outcomes.keys()].filter((name) => name.includes('of 0'))
  const none = unseen.reduce((sum, name) => sum + countOf(report, name), 0)
  t.ok(none < report.tried * 0.8, `${report.tried - none} of ${report.tried} get to the target`)
})
