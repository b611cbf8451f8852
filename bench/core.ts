import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Balancer } from '../src/core/balancers/balancer.js'
import { ALGORITHMS, createBalancer, type Algorithm } from '../src/core/balancers/registry.js'
import { Candidate, GroupLoad } from '../src/core/candidate.js'
import type { Facts } from '../src/core/facts.js'
import { targetAt } from '../src/core/target.js'
import { systemClock, systemRandom } from '../src/runtime/system-clock.js'
import { BenchError } from './bench-error.js'
import { BENCH_FOLDER } from './proxy/folders.js'

const USAGE = `Usage: npm run bench -- core

Measures what each algorithm takes to give the first target, and writes bench/results/core.md.`

const SIZES = [3, 100, 10_000]
const ROUNDS = 11
const PICKS = 100_000
/** More clients than one branch predictor remembers. */
const CLIENTS = 4096

const SETTINGS = { name: 'bench', hashKey: 'client-ip', slowStartMs: 0 } as const
const PORTS = { clock: systemClock, random: systemRandom }

interface Result {
  readonly algorithm: Algorithm
  /** By size: CPU nanoseconds of one pick. */
  readonly pickNs: readonly number[]
  /** CPU milliseconds of the first order of a new array of the largest size. */
  readonly prepareMs: number
}

/** Targets of a few weights, each with as many requests under way as are due to it, and response times of all sorts. */
function candidatesOf(size: number): Candidate[] {
  const load = new GroupLoad()
  return Array.from({ length: size }, (_, i) => {
    const host = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
    const spec = { scheme: 'http', host, port: 8080, basePath: '', weight: 1 + (i % 5) } as const
    const candidate = new Candidate(targetAt(spec, host), load)
    candidate.inFlight = spec.weight + (i & 1)
    candidate.latency.observe(5 + ((i * 13) % 50), systemClock.now())
    return candidate
  })
}

/** Clients with addresses of their own; those of STICKY come back with a cookie. */
function clientsOf(balancer: Balancer, candidates: readonly Candidate[]): Facts[] {
  return Array.from({ length: CLIENTS }, (_, i) => {
    const facts: Facts = {
      clientAddress: `203.${i >> 8}.113.${i & 255}`,
      path: '/',
      header: () => undefined,
      cookie: () => undefined,
    }
    const candidate = candidates[i % candidates.length]
    const cookie = candidate && balancer.order(candidates, facts).cookieFor?.(candidate)
    return { ...facts, cookie: () => cookie?.value }
  })
}

/** CPU milliseconds that `work` takes; other processes on the machine do not count. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function pick(
  balancer: Balancer,
  candidates: readonly Candidate[],
  clients: readonly Facts[],
): void {
  for (let i = 0; i < PICKS; i++) {
    const facts = clients[i % CLIENTS]
    if (facts && !balancer.order(candidates, facts).next())
      throw new BenchError('An order gave no candidate.')
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}

async function measurePicks(algorithm: Algorithm, size: number): Promise<number> {
  const balancer = createBalancer(algorithm, SETTINGS, PORTS)
  const candidates = candidatesOf(size)
  const clients = clientsOf(balancer, candidates)
  const rounds: number[] = []
  pick(balancer, candidates, clients)
  for (let round = 0; round < ROUNDS; round++) {
    await nextTurn()
    rounds.push((cpuMs(() => pick(balancer, candidates, clients)) / PICKS) * 1e6)
  }
  return median(rounds)
}

function measurePreparation(algorithm: Algorithm): number {
  const candidates = candidatesOf(Math.max(...SIZES))
  const balancer = createBalancer(algorithm, SETTINGS, PORTS)
  const [facts] = clientsOf(balancer, candidates)
  if (!facts) throw new BenchError('There are no clients.')
  const rounds = Array.from({ length: ROUNDS }, () =>
    cpuMs(() => balancer.order([...candidates], facts).next()),
  )
  return median(rounds)
}

function render(results: readonly Result[]): string {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  const sizes = SIZES.map((size) => size.toLocaleString('en').replace(',', ' '))
  return [
    '# Cost of a pick',
    '',
    `CPU nanoseconds for the first target of an order, by the number of targets; median of ${ROUNDS} rounds of`,
    `${PICKS.toLocaleString('en').replace(',', ' ')} picks. The last column is what a change of the largest group costs once, in milliseconds.`,
    `Node.js ${process.versions.node}, ${processor}.`,
    '',
    `| algorithm | ${sizes.join(' | ')} | change, ms |`,
    `| --- | ${sizes.map(() => '---:').join(' | ')} | ---: |`,
    ...results.map(
      ({ algorithm, pickNs, prepareMs }) =>
        `| ${algorithm} | ${pickNs.map((ns) => ns.toFixed(0)).join(' | ')} | ${prepareMs.toFixed(1)} |`,
    ),
    '',
  ].join('\n')
}

/** Prints what a pick costs with each algorithm, and writes it to bench/results/core.md; stops when `signal` aborts. */
export async function benchCore(args: readonly string[], signal?: AbortSignal): Promise<void> {
  if (args.length > 0) throw new BenchError(USAGE)
  const results: Result[] = []
  for (const algorithm of ALGORITHMS) {
    const pickNs: number[] = []
    for (const size of SIZES) {
      signal?.throwIfAborted()
      pickNs.push(await measurePicks(algorithm, size))
    }
    results.push({ algorithm, pickNs, prepareMs: measurePreparation(algorithm) })
  }
  const report = render(results)
  console.log(report)
  writeFileSync(join(BENCH_FOLDER, 'results', 'core.md'), report)
}
