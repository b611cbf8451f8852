import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../bench-error.js'
import type { Children } from '../proxy/children.js'
import type { Case } from './contenders.js'

const CLIENTS = 8
/** Queries per second while latencies are measured. */
export const RATE = 5000

/** Where load comes from, and goes to. */
export interface LoadPlace {
  readonly children: Children
  readonly signal: AbortSignal
  readonly folder: string
  /** The core of the load generator. */
  readonly core: number
  readonly port: number
}

/** What came of a load. */
export interface Load {
  readonly completed: number
  readonly lost: number
  readonly queriesPerSecond: number
}

/** Runs dnsperf, and gives what it says. */
async function runDnsperf(
  { name, queries, hasEdns }: Case,
  args: readonly string[],
  { children, signal, folder, core, port }: LoadPlace,
): Promise<string> {
  const [asked, told] = [join(folder, `${name}.queries`), join(folder, 'dnsperf.out')]
  writeFileSync(asked, `${queries.join('\n')}\n`)
  const all = ['-s', '127.0.0.1', '-p', `${port}`, '-d', asked, '-c', `${CLIENTS}`, '-T', '1']
  const edns = hasEdns ? ['-e'] : []
  // It tells of each query where it is to tell latencies: more than anybody keeps of a child's output.
  const shell = ['-c', `exec dnsperf "$@" >'${told}'`, 'sh', ...all, ...edns, ...args]
  const dnsperf = children.start({ file: 'sh', args: shell }, { core, cwd: folder, signal })
  const code = await dnsperf.ended
  signal.throwIfAborted()
  if (code !== 0) throw new BenchError(`dnsperf failed: ${dnsperf.output}`)
  return readFileSync(told, 'utf8')
}

function numberAfter(label: string, text: string): number {
  const found = new RegExp(`${label}:\\s+([\\d.]+)`).exec(text)?.[1]
  if (found === undefined) throw new BenchError(`dnsperf told no "${label}":\n${text}`)
  return Number(found)
}

/** Asks as fast as answers come, with up to 100 queries under way, for so long. */
export async function askAtFullSpeed(
  asked: Case,
  seconds: number,
  place: LoadPlace,
): Promise<Load> {
  const told = await runDnsperf(asked, ['-l', `${seconds}`], place)
  return {
    completed: numberAfter('Queries completed', told),
    lost: numberAfter('Queries lost', told),
    queriesPerSecond: numberAfter('Queries per second', told),
  }
}

/**
 * Asks at a rate that no server finds hard, for so long: what is slow then is the server, and not the queue before it.
 * @returns the latency, in milliseconds, that 99 % of the answers did not exceed
 */
export async function measureP99Ms(
  asked: Case,
  seconds: number,
  place: LoadPlace,
): Promise<number> {
  const told = await runDnsperf(asked, ['-l', `${seconds}`, '-Q', `${RATE}`, '-v'], place)
  const latencies = [...told.matchAll(/^> \w+ \S+ \S+ ([\d.]+)$/gm)]
    .map(([, latency]) => Number(latency))
    .sort((a, b) => a - b)
  const p99 = latencies[Math.floor(latencies.length * 0.99)]
  if (p99 === undefined) throw new BenchError('dnsperf told no latencies')
  return p99 * 1000
}
