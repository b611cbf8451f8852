import type { LoadCase } from './cases.js'
import { OWN, REFERENCE } from './contenders.js'
import type { Setting } from './machine.js'
import type { Sample } from './sample.js'
import type { Plan } from './options.js'
import type { Row } from './summary.js'

/** Above this share a measurement says more about the machine than about the contender. */
const DISTURBED_SHARE = 0.05

const COLUMNS: readonly (readonly [string, (row: Row) => string])[] = [
  ['server', (row) => (row.contender.startsWith(OWN) ? `**${row.contender}**` : row.contender)],
  ['CPU µs/request', (row) => row.cpuMicrosPerRequest.toFixed(1)],
  ['lowest–highest', (row) => `${row.cpuLowest.toFixed(1)}–${row.cpuHighest.toFixed(1)}`],
  [`× ${REFERENCE}`, (row) => row.ratios?.cpu.toFixed(2) ?? '–'],
  ['requests/s', (row) => row.requestsPerSecond.toFixed(row.requestsPerSecond < 10 ? 2 : 0)],
  [`× ${REFERENCE}`, (row) => row.ratios?.requestsPerSecond.toFixed(2) ?? '–'],
  ['MiB/s', (row) => row.mebibytesPerSecond.toFixed(0)],
  ['p50 ms', (row) => row.p50Ms.toFixed(2)],
  ['p99 ms', (row) => row.p99Ms.toFixed(2)],
  [`× ${REFERENCE}`, (row) => row.ratios?.p99.toFixed(2) ?? '–'],
  ['peak MiB', (row) => row.peakRssMiB.toFixed(0)],
  ['core busy', (row) => `${(row.busyShare * 100).toFixed(0)} %`],
  ['errors', (row) => String(row.errors)],
]

/** The report that people read: one table per case, cheapest contender first. */
export function renderMarkdown(
  plan: Plan,
  setting: Setting,
  rows: readonly Row[],
  samples: readonly Sample[],
): string {
  const versions = Object.entries(setting.versions).map(([name, version]) => `${name} ${version}`)
  return [
    `# Proxy benchmark, ${setting.date}`,
    '',
    `${versions.join(' · ')}  `,
    `${setting.machine}  `,
    `Interleaved rounds: ${plan.rounds}; each measurement ${plan.seconds} s after ${plan.warmUpSeconds} s of warm-up; ` +
      'medians. How it is measured and how to read it: [docs/benchmarks.md](../../docs/benchmarks.md).',
    '',
    ...disturbance(samples),
    ...plan.cases.flatMap((loadCase) => renderCase(loadCase, rows)),
  ].join('\n')
}

function renderCase(loadCase: LoadCase, rows: readonly Row[]): string[] {
  const ranked = rows
    .filter((row) => row.case === loadCase.name)
    .toSorted((a, b) => a.cpuMicrosPerRequest - b.cpuMicrosPerRequest)
  return [
    `## ${loadCase.title}, ${loadCase.connections} connections`,
    '',
    renderLine(COLUMNS.map(([title]) => title)),
    renderLine(COLUMNS.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...ranked.map((row) => renderLine(COLUMNS.map(([, cell]) => cell(row)))),
    '',
  ]
}

function renderLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function disturbance(samples: readonly Sample[]): string[] {
  const disturbed = samples.filter((sample) => sample.disturbedShare > DISTURBED_SHARE)
  if (disturbed.length === 0) return []
  return [
    `> **The machine was not quiet:** in ${disturbed.length} of ${samples.length} measurements a foreign process took ` +
      `the server's core for more than ${DISTURBED_SHARE * 100} % of the time.`,
    '',
  ]
}
