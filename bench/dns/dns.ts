import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { BenchError } from '../bench-error.js'
import { Children } from '../proxy/children.js'
import { BENCH_FOLDER } from '../proxy/folders.js'
import { freePort } from '../proxy/free-port.js'
import { describeMachine } from '../proxy/machine.js'
import { requirePrograms } from '../proxy/requirements.js'
import { allowedCores, TICK_MICROS, usageOf } from '../proxy/usage.js'
import { CASES, CONTENDERS, type Case, type Contender } from './contenders.js'
import { askAtFullSpeed, measureP99Ms, type LoadPlace } from './load.js'
import { renderReport, type Sample } from './report.js'

const USAGE = `Usage: npm run bench -- dns [options]

Compares the DNS face with dnsmasq and BIND, and writes bench/results/dns.md.

  --rounds <n>     interleaved rounds (default 3)
  --seconds <n>    measured load per server, case and round (default 5)
  --quick          1 round of 1 second: does everything work?
  --help           this text`

const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['taskset', 'util-linux'],
  ['dnsperf', 'dnsperf'],
  ['dnsmasq', 'dnsmasq-base'],
  ['named', 'bind9'],
])

const WARM_UP_SECONDS = 2
const START_DEADLINE_MS = 10_000
const TRY_EVERY_MS = 100

interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly isQuick: boolean
}

function planOf(args: readonly string[]): Plan | undefined {
  const count = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const options = { rounds: count, seconds: count, quick: flag, help: flag }
  const { values } = parseArgs({ args: [...args], options })
  if (values.help) return undefined
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3))
  const seconds = Number(values.seconds ?? (values.quick ? 1 : 5))
  if (!Number.isInteger(rounds) || !Number.isInteger(seconds) || rounds < 1 || seconds < 1)
    throw new BenchError(USAGE)
  return { rounds, seconds, isQuick: values.quick }
}

/** Waits until a server answers. */
async function untilServing(asked: Case, place: LoadPlace): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS
  while ((await askAtFullSpeed(asked, TRY_EVERY_MS / 1000, place)).completed === 0) {
    if (Date.now() > deadline) throw new BenchError('A server does not answer.')
    await wait(TRY_EVERY_MS, undefined, { signal: place.signal })
  }
}

async function measure(
  contender: Contender,
  asked: Case,
  seconds: number,
  at: Omit<LoadPlace, 'port'> & { readonly testedCore: number },
): Promise<Sample> {
  const port = await freePort()
  const place = { ...at, port }
  const { children, folder, signal, testedCore: core } = at
  const server = children.start(contender.prepare(folder, port), { core, cwd: folder, signal })
  try {
    await untilServing(asked, place)
    await askAtFullSpeed(asked, WARM_UP_SECONDS, place)
    const before = usageOf(server.pid).cpuTicks
    const load = await askAtFullSpeed(asked, seconds, place)
    const ticks = usageOf(server.pid).cpuTicks - before
    const p99Ms = await measureP99Ms(asked, seconds, place)
    const cpuMicros = (ticks * TICK_MICROS) / load.completed
    return { contender: contender.name, case: asked.name, cpuMicros, p99Ms, ...load }
  } finally {
    await server.stop()
  }
}

async function runRounds({ rounds, seconds }: Plan, signal: AbortSignal): Promise<Sample[]> {
  const [testedCore, core] = allowedCores()
  if (testedCore === undefined || core === undefined)
    throw new BenchError('Two cores are needed: one for the server under test, one for the load.')
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'))
  chmodSync(folder, 0o755)
  const children = new Children()
  const samples: Sample[] = []
  try {
    for (let round = 1; round <= rounds; round++)
      for (const asked of CASES)
        for (const contender of CONTENDERS) {
          const place = { children, folder, signal, core, testedCore }
          const sample = await measure(contender, asked, seconds, place)
          samples.push(sample)
          const { cpuMicros, queriesPerSecond, lost } = sample
          const figures = `${cpuMicros.toFixed(2)} CPU µs/query, ${queriesPerSecond.toFixed(0)} queries/s`
          console.log(
            `${round}/${rounds} ${asked.name} ${contender.name}: ${figures}, ${lost} lost`,
          )
        }
    return samples
  } finally {
    await children.stopAll()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Compares the DNS face with its peers and writes the report; throws BenchError, or the reason of `signal`. */
export async function runDnsBench(args: readonly string[], signal: AbortSignal): Promise<void> {
  const plan = planOf(args)
  if (!plan) {
    console.log(USAGE)
    return
  }
  requirePrograms(PROGRAMS)
  const samples = await runRounds(plan, signal)
  const report = renderReport(samples, describeMachine(), plan)
  const results = join(BENCH_FOLDER, 'results')
  mkdirSync(results, { recursive: true })
  const file = join(results, plan.isQuick ? 'dns-partial.md' : 'dns.md')
  writeFileSync(file, report)
  console.log(`\n${report}\n${file}`)
}
