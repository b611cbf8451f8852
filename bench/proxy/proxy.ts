import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../bench-error.js'
import { Children } from './children.js'
import { REFERENCE } from './contenders.js'
import { BENCH_FOLDER } from './folders.js'
import { describeSetting } from './machine.js'
import { renderMarkdown } from './markdown.js'
import { freePort } from './free-port.js'
import { measure, rehearse, takesPart, type Stage } from './measure.js'
import { parseOptions, USAGE, type Plan } from './options.js'
import { renderPlot } from './plot.js'
import { installPeers, PROXY_PROGRAMS, requirePrograms } from './requirements.js'
import type { Sample } from './sample.js'
import { summarize } from './summary.js'
import { startTarget } from './target.js'
import { allowedCores } from './usage.js'

/** What starting, checking and stopping adds to a measurement. */
const OVERHEAD_SECONDS = 1

/**
 * Compares the proxy with its peers and writes bench/results/proxy-node<major>.{md,svg,json}; a run that is not
 * complete writes to `…-partial` instead. Throws BenchError; when `signal` aborts, its reason.
 */
export async function runProxyBench(args: readonly string[], signal: AbortSignal): Promise<void> {
  const plan = parseOptions(args)
  if (!plan) {
    console.log(USAGE)
    return
  }
  requirePrograms(PROXY_PROGRAMS)
  installPeers()
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'))
  // nginx started by root serves as an ordinary user, who must be able to read the files.
  chmodSync(folder, 0o755)
  const children = new Children()
  const terminateAll = () => children.terminateAll()
  process.once('exit', terminateAll)
  try {
    const stage = await setUp(children, folder, signal)
    writeReport(plan, await runRounds(plan, stage))
  } finally {
    await children.stopAll()
    process.off('exit', terminateAll)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function setUp(children: Children, folder: string, signal: AbortSignal): Promise<Stage> {
  const [testedCore, loadCore] = allowedCores()
  if (testedCore === undefined || loadCore === undefined) {
    throw new BenchError(
      'Two cores are needed: one for the server under test, one for load and target.',
    )
  }
  const targetPort = await freePort()
  await startTarget(targetPort, { folder, core: loadCore, signal }, children)
  return { children, signal, folder, testedCore, loadCore, targetPort }
}

async function runRounds(plan: Plan, stage: Stage): Promise<Sample[]> {
  const { contenders, cases, rounds, seconds, warmUpSeconds } = plan
  for (const contender of contenders) await rehearse(contender, cases, stage)
  const perRound = cases.flatMap((loadCase) =>
    contenders.filter((contender) => takesPart(contender, loadCase)),
  )
  const count = rounds * perRound.length
  const minutes = (count * (seconds + warmUpSeconds + OVERHEAD_SECONDS)) / 60
  console.log(`Every server answers right. ${count} measurements, about ${minutes.toFixed(1)} min.`)
  const samples: Sample[] = []
  for (let round = 1; round <= rounds; round++) {
    for (const loadCase of cases) {
      for (const contender of contenders) {
        if (!takesPart(contender, loadCase)) continue
        const sample = await measure(contender, loadCase, { round, seconds, warmUpSeconds }, stage)
        samples.push(sample)
        console.log(describe(sample, rounds))
      }
    }
  }
  return samples
}

function describe(sample: Sample, rounds: number): string {
  const { round, contender, requestsPerSecond, cpuMicrosPerRequest, p99Ms, errors } = sample
  return [
    `${round}/${rounds}`,
    sample.case.padEnd(13),
    contender.padEnd(18),
    `${cpuMicrosPerRequest.toFixed(1).padStart(6)} CPU µs/request`,
    `${requestsPerSecond.toFixed(0).padStart(6)} requests/s`,
    `${sample.mebibytesPerSecond.toFixed(0).padStart(5)} MiB/s`,
    `p99 ${p99Ms.toFixed(2).padStart(6)} ms`,
    ...(errors > 0 ? [`${errors} errors`] : []),
  ].join('  ')
}

function writeReport(plan: Plan, samples: readonly Sample[]): void {
  const setting = describeSetting()
  const rows = summarize(samples, REFERENCE)
  const node = `node${process.versions.node.split('.')[0] ?? ''}`
  const results = join(BENCH_FOLDER, 'results')
  const path = join(results, `proxy-${node}${plan.complete ? '' : '-partial'}`)
  const note = `Node.js ${process.versions.node}, median of ${plan.rounds} × ${plan.seconds} s; line: lowest to highest`
  mkdirSync(results, { recursive: true })
  writeFileSync(`${path}.md`, renderMarkdown(plan, setting, rows, samples))
  writeFileSync(`${path}.svg`, renderPlot(plan.cases, rows, note))
  const { rounds, seconds, warmUpSeconds } = plan
  const raw = { setting, rounds, seconds, warmUpSeconds, rows, samples }
  writeFileSync(`${path}.json`, `${JSON.stringify(raw, undefined, 2)}\n`)
  console.log(`Written: ${path}.{md,svg,json}`)
}
