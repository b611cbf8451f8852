import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../bench-error.js'
import { BENCH_FOLDER } from '../proxy/folders.js'
import { decisionsSection } from './decisions.js'
import { httpSection } from './http.js'

const USAGE = `Usage: npm run bench -- gateway

Measures what a decision of an application's model takes, and the gateway beside a route that decides nothing; writes bench/results/gateway.md.`

/** Parts of the report, in their order. */
const SECTIONS: readonly ((signal: AbortSignal) => Promise<readonly string[]>)[] = [
  decisionsSection,
  httpSection,
]

/** Prints what the gateway's decisions cost, and writes it to bench/results/gateway.md; stops when `signal` aborts. */
export async function runGatewayBench(args: readonly string[], signal: AbortSignal): Promise<void> {
  if (args.length > 0) throw new BenchError(USAGE)
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  const lines = ['# The gateway', '', `Node.js ${process.versions.node}, ${processor}.`, '']
  for (const section of SECTIONS) lines.push(...(await section(signal)))
  const report = lines.join('\n')
  console.log(report)
  writeFileSync(join(BENCH_FOLDER, 'results', 'gateway.md'), report)
}
