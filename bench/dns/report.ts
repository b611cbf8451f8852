import { CASES, CONTENDERS, REFERENCE, type Case } from './contenders.js'
import { RATE, type Load } from './load.js'

/** One measurement. */
export interface Sample extends Load {
  readonly contender: string
  readonly case: string
  /** CPU time of the server for one answered query. */
  readonly cpuMicros: number
  readonly p99Ms: number
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

function rows(samples: readonly Sample[]): readonly string[] {
  const of = (name: string): readonly Sample[] =>
    samples.filter(({ contender }) => contender === name)
  const middle = (name: string, key: 'cpuMicros' | 'queriesPerSecond' | 'p99Ms'): number =>
    median(of(name).map((sample) => sample[key]))
  return CONTENDERS.map(({ name }) => {
    const cpu = of(name).map(({ cpuMicros }) => cpuMicros)
    const lost = of(name).reduce((sum, sample) => sum + sample.lost, 0)
    const cells = [
      name,
      median(cpu).toFixed(2),
      `${Math.min(...cpu).toFixed(2)}–${Math.max(...cpu).toFixed(2)}`,
      (median(cpu) / middle(REFERENCE, 'cpuMicros')).toFixed(2),
      middle(name, 'queriesPerSecond').toFixed(0),
      middle(name, 'p99Ms').toFixed(2),
      String(lost),
    ]
    return `| ${cells.join(' | ')} |`
  })
}

function section(asked: Case, samples: readonly Sample[]): readonly string[] {
  const columns = [
    'server',
    'CPU µs/query',
    'lowest–highest',
    `× ${REFERENCE}`,
    'queries/s',
    'p99 ms',
    'lost',
  ]
  return [
    `## ${asked.title}`,
    '',
    `| ${columns.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length - 1)}`,
    ...rows(samples.filter((sample) => sample.case === asked.name)),
    '',
  ]
}

/** The report that people read: one table per case; medians of the rounds. */
export function renderReport(
  samples: readonly Sample[],
  machine: readonly string[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): string {
  return [
    `# DNS benchmark, ${new Date().toISOString().slice(0, 10)}`,
    '',
    ...machine.map((line) => `${line}  `),
    `Interleaved rounds: ${rounds}; ${seconds} s each at full speed with 100 queries under way, then ${seconds} s at ${RATE} queries/s for the`,
    'p99; medians. How it is measured: [docs/benchmarks.md](../../docs/benchmarks.md#dns).',
    '',
    ...CASES.flatMap((asked) => section(asked, samples)),
  ].join('\n')
}
