import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { writeModel } from '../../src/model/write-model.js'
import { BenchError } from '../bench-error.js'
import { Children, type Command } from '../proxy/children.js'
import { BENCH_FOLDER, ROOT_FOLDER } from '../proxy/folders.js'
import { freePort } from '../proxy/free-port.js'
import { runLoad } from '../proxy/load.js'
import { requirePrograms } from '../proxy/requirements.js'
import { allowedCores, TICK_MICROS, usageOf } from '../proxy/usage.js'
import { mixedRules } from './models.js'

const ROUNDS = 5
const SECONDS = 4
const WARM_UP_SECONDS = 2
const START_DEADLINE_MS = 10_000
const TRY_EVERY_MS = 100
const BARE = 'bare route of Fastify'

const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['taskset', 'util-linux'],
  ['wrk', 'wrk'],
])

/** A client that meets no rule, as most do. */
const QUERY = 'receiverType=tv7&mac=02:00:00:00:00:07&firmware=1.7&region=south&receiverId=R7X'

const LOAD = {
  name: 'redirect',
  title: 'GET, 302',
  method: 'GET',
  path: `/serviceDirect/bench?${QUERY}`,
  requestBytes: 0,
  response: '',
  connections: 64,
  timeoutSeconds: 2,
  others: [],
} as const

/** A server to be measured. */
interface Contender {
  readonly name: string
  /** @param folder of its own */
  prepare(folder: string, port: number): Command
}

interface Sample {
  readonly contender: string
  readonly cpuMicros: number
  readonly requestsPerSecond: number
  readonly p99Ms: number
}

/** Where a sample is taken. */
interface Place {
  readonly children: Children
  readonly folder: string
  readonly cores: readonly [tested: number, load: number]
  readonly signal: AbortSignal
}

function gateway(rules: number, response: 'redirect' | 'body'): Contender {
  return {
    name: `gateway, ${rules} rules, ${response}`,
    prepare(folder, port) {
      const files: Readonly<Record<string, unknown>> = {
        applications: writeModel(mixedRules(rules).model),
        hosts: [
          { path: '/DC1/Z1/1.9', hosts: [{ ipv4: '192.0.2.1' }, { ipv4: '192.0.2.2' }] },
          { path: '/DC1/Z1/2.0', hosts: [{ ipv4: '192.0.2.3' }] },
        ],
      }
      for (const [kind, document] of Object.entries(files)) {
        mkdirSync(join(folder, kind), { recursive: true })
        writeFileSync(join(folder, kind, 'bench.json'), JSON.stringify(document))
      }
      const env = {
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        GATEWAY_RESPONSE: response,
        MODEL_STORE: `file:${folder}`,
        LKG_DIR: join(folder, 'lkg'),
      }
      return { file: process.execPath, args: [join(ROOT_FOLDER, 'dist/app.js')], env }
    },
  }
}

const CONTENDERS: readonly Contender[] = [
  {
    name: BARE,
    prepare(_, port) {
      const args = [join(BENCH_FOLDER, 'dist/bench/gateway/bare.js'), String(port)]
      return { file: process.execPath, args }
    },
  },
  gateway(10, 'redirect'),
  gateway(100, 'redirect'),
  gateway(10, 'body'),
]

/** Waits until a server has an answer that is none of an error. */
async function untilServing(port: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS
  const url = `http://127.0.0.1:${port}${LOAD.path}`
  for (;;) {
    const answer = await fetch(url, { redirect: 'manual', signal }).catch(() => undefined)
    if (answer && answer.status < 400) return
    if (Date.now() > deadline) throw new BenchError('A server does not answer.')
    await wait(TRY_EVERY_MS, undefined, { signal })
  }
}

async function measure(contender: Contender, place: Place): Promise<Sample> {
  const { children, signal } = place
  const [tested, core] = place.cores
  const port = await freePort()
  const folder = mkdtempSync(join(place.folder, 'server-'))
  const command = contender.prepare(folder, port)
  const server = children.start(command, { core: tested, cwd: folder, signal })
  try {
    await untilServing(port, signal)
    const load = (seconds: number) =>
      runLoad(LOAD, { port, seconds, core, folder: place.folder }, children, signal)
    await load(WARM_UP_SECONDS)
    const before = usageOf(server.pid).cpuTicks
    const { requests, durationMicros, p99Micros, errors } = await load(SECONDS)
    const ticks = usageOf(server.pid).cpuTicks - before
    if (errors > 0) throw new BenchError(`${contender.name}: ${errors} requests failed.`)
    return {
      contender: contender.name,
      cpuMicros: (ticks * TICK_MICROS) / requests,
      requestsPerSecond: (requests / durationMicros) * 1e6,
      p99Ms: p99Micros / 1000,
    }
  } finally {
    await server.stop()
  }
}

async function runRounds(signal: AbortSignal): Promise<readonly Sample[]> {
  const [tested, load] = allowedCores()
  if (tested === undefined || load === undefined)
    throw new BenchError('Two cores are needed: one for the server under test, one for the load.')
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'))
  const children = new Children()
  const samples: Sample[] = []
  try {
    for (let round = 1; round <= ROUNDS; round++)
      for (const contender of CONTENDERS)
        samples.push(await measure(contender, { children, folder, cores: [tested, load], signal }))
    return samples
  } finally {
    await children.stopAll()
    rmSync(folder, { recursive: true, force: true })
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}

function rows(samples: readonly Sample[]): readonly string[] {
  const of = (name: string, key: 'cpuMicros' | 'requestsPerSecond' | 'p99Ms'): readonly number[] =>
    samples.filter(({ contender }) => contender === name).map((sample) => sample[key])
  const bare = median(of(BARE, 'cpuMicros'))
  return CONTENDERS.map(({ name }) => {
    const cpu = of(name, 'cpuMicros')
    const cells = [
      name,
      median(cpu).toFixed(1),
      `${Math.min(...cpu).toFixed(1)}–${Math.max(...cpu).toFixed(1)}`,
      (bare / median(cpu)).toFixed(2),
      median(of(name, 'requestsPerSecond')).toFixed(0),
      median(of(name, 'p99Ms')).toFixed(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
}

/** Measures the gateway beside a route that decides nothing; a section of the report. Stops when `signal` aborts. */
export async function httpSection(signal: AbortSignal): Promise<readonly string[]> {
  requirePrograms(PROGRAMS)
  const samples = await runRounds(signal)
  return [
    '## Over HTTP',
    '',
    `One server process on one core, wrk with ${LOAD.connections} connections on another, ${SECONDS} s at a time, median of ${ROUNDS} rounds that take turns. The`,
    'client sends five parameters and meets no rule. The third figure is the share of the requests that the bare route answers with the',
    'same CPU time.',
    '',
    '| server | CPU µs/request | lowest–highest | × bare route | requests/s | p99 ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows(samples),
    '',
  ]
}
