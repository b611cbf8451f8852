import { test } from 'tap'
import { Durations } from '../../src/telemetry/durations.js'
import { exposition, type Metric } from '../../src/telemetry/exposition.js'

function metric(parts: Partial<Metric<undefined>>): Metric<undefined> {
  return { name: 'm', type: 'gauge', labels: [], help: 'Help.', samples: () => [[[], 1]], ...parts }
}

function textOf(...metrics: readonly Metric<undefined>[]): string {
  return [...exposition(metrics, undefined)].join('')
}

test('a metric is its help, its type and its samples', (t) => {
  const samples = [
    [['a', 'x'], 3],
    [['b', 'x'], 0.5],
  ] as const
  t.equal(
    textOf(
      metric({ name: 'm_total', type: 'counter', labels: ['k', 'l'], samples: () => samples }),
    ),
    '# HELP m_total Help.\n# TYPE m_total counter\nm_total{k="a",l="x"} 3\nm_total{k="b",l="x"} 0.5\n',
  )
  t.equal(textOf(metric({})), '# HELP m Help.\n# TYPE m gauge\nm 1\n')
  t.end()
})

const VALUES = [
  ['quotation marks', 'say "a"', 'say \\"a\\"'],
  ['backslashes', 'a\\b', 'a\\\\b'],
  ['line breaks', 'a\nb', 'a\\nb'],
  ['what need not be escaped', "http://[::1]:80/ü{}=,'#\t", "http://[::1]:80/ü{}=,'#\t"],
] as const

test('values of labels are escaped', (t) => {
  for (const [name, value, escaped] of VALUES) {
    const text = textOf(metric({ labels: ['k'], samples: () => [[[value], 1]] }))
    t.equal(text.split('\n')[2], `m{k="${escaped}"} 1`, name)
  }
  t.end()
})

test('durations become a histogram whose buckets include those before them', (t) => {
  const durations = new Durations()
  for (const seconds of [0.0001, 0.0005, 0.0006, 0.03, 7, 60, 500]) durations.took(seconds)
  const lines = textOf(
    metric({ type: 'histogram', labels: ['k'], samples: () => [[['v'], durations]] }),
  ).split('\n')
  t.same(lines.slice(2), [
    'm_bucket{k="v",le="0.0005"} 2',
    'm_bucket{k="v",le="0.001"} 3',
    'm_bucket{k="v",le="0.0025"} 3',
    'm_bucket{k="v",le="0.005"} 3',
    'm_bucket{k="v",le="0.01"} 3',
    'm_bucket{k="v",le="0.025"} 3',
    'm_bucket{k="v",le="0.05"} 4',
    'm_bucket{k="v",le="0.1"} 4',
    'm_bucket{k="v",le="0.25"} 4',
    'm_bucket{k="v",le="0.5"} 4',
    'm_bucket{k="v",le="1"} 4',
    'm_bucket{k="v",le="2.5"} 4',
    'm_bucket{k="v",le="5"} 4',
    'm_bucket{k="v",le="10"} 5',
    'm_bucket{k="v",le="+Inf"} 7',
    `m_sum{k="v"} ${durations.seconds}`,
    'm_count{k="v"} 7',
    '',
  ])
  const bare = textOf(metric({ type: 'histogram', samples: () => [[[], durations]] })).split('\n')
  t.equal(bare[2], 'm_bucket{le="0.0005"} 2')
  t.equal(bare.at(-2), 'm_count 7')
  t.end()
})

test('a long text comes in pieces that end with a line', (t) => {
  const samples = Array.from({ length: 10_000 }, (_, at) => [[`target-${at}`], at] as const)
  const pieces = [...exposition([metric({ labels: ['k'], samples: () => samples })], undefined)]
  t.ok(pieces.length > 3)
  for (const piece of pieces) {
    t.ok(piece.length < 70_000)
    t.ok(piece.endsWith('\n'))
  }
  t.equal(pieces.join('').split('\n').length, 10_003)
  t.end()
})
