import { test } from 'tap'
import { renderReport, type Sample } from '../../bench/dns/report.js'

function sample(contender: string, cpuMicros: number, more: Partial<Sample> = {}): Sample {
  const figures = { completed: 1000, lost: 0, queriesPerSecond: 50_000, p99Ms: 0.5 }
  return { contender, case: 'address', cpuMicros, ...figures, ...more }
}

test('The report tells medians, their ratio to the reference, and everything that was lost', (t) => {
  const samples = [
    ...[9, 30, 8].map((cpu) => sample('pointsman', cpu)),
    ...[6, 5, 7].map((cpu) => sample('dnsmasq', cpu)),
    sample('bind', 12, { lost: 3, p99Ms: 1.25 }),
    sample('bind', 12, { lost: 4, p99Ms: 1.25 }),
  ]
  const report = renderReport(samples, ['a machine'], { rounds: 3, seconds: 5 })
  const [, rows = ''] =
    /A of names that have one address\n\n.*\n.*\n((?:\|.*\n)+)/.exec(report) ?? []
  t.same(rows.trim().split('\n'), [
    '| pointsman | 9.00 | 8.00–30.00 | 1.50 | 50000 | 0.50 | 0 |',
    '| dnsmasq | 6.00 | 5.00–7.00 | 1.00 | 50000 | 0.50 | 0 |',
    '| bind | 12.00 | 12.00–12.00 | 2.00 | 50000 | 1.25 | 7 |',
  ])
  t.match(report, /^a machine {2}$/m)
  t.end()
})
