import { test } from 'tap'
import { fuzzChaos } from '../../fuzz/chaos.js'

test('whatever clients and targets do, others are served and nothing is left behind', async (t) => {
  const warnings: unknown[] = []
  const warn = (warning: unknown) => warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))
  const { tried, failures } = await fuzzChaos({ seed: 1, count: 12, seconds: 12 })
  t.strictSame(failures, [])
  t.ok(tried > 0)
  t.strictSame(warnings, [])
})
