import { setImmediate as nextTurn } from 'node:timers/promises'
import { compileApplication } from '../../src/model/compile.js'
import type { CompiledApplication, Parameters } from '../../src/model/decision.js'
import { systemRandom } from '../../src/runtime/system-clock.js'
import { BenchError } from '../bench-error.js'
import { clientsOf, longLists, mixedRules, type Case } from './models.js'

const RULES = [10, 100, 1000]
const LIST_SIZE = 100_000
const ROUNDS = 11
/** CPU milliseconds of one round, at least. */
const ROUND_MS = 100

interface Result {
  readonly name: string
  /** CPU nanoseconds of one decision. */
  readonly decisionNs: number
  /** CPU milliseconds of compiling. */
  readonly compileMs: number
}

/** CPU milliseconds that `work` takes; other processes on the machine do not count. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function compiled({ name, model, lists }: Case): CompiledApplication {
  const result = compileApplication(model, lists, systemRandom)
  if ('problems' in result)
    throw new BenchError(`${name}: ${result.problems.map(({ message }) => message).join('; ')}`)
  return result.application
}

/** Decides once for each client; the URL is part of what a request costs. */
function decideAll(application: CompiledApplication, clients: readonly Parameters[]): void {
  for (const client of clients) {
    if (!application.decide(client).server) throw new BenchError('A decision has no server.')
    application.decideUrl(client)
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}

async function measure(benchCase: Case): Promise<Result> {
  const application = compiled(benchCase)
  const clients = clientsOf(Math.max(1, benchCase.model.rules.length))
  const passMs = (): number => cpuMs(() => decideAll(application, clients))
  let passes = 1
  for (let spent = 0; spent < ROUND_MS; passes++) spent += passMs()
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await nextTurn()
    const spent = cpuMs(() => {
      for (let pass = 0; pass < passes; pass++) decideAll(application, clients)
    })
    rounds.push((spent / passes / clients.length) * 1e6)
  }
  const compiling = Array.from({ length: 5 }, () => cpuMs(() => compiled(benchCase)))
  return { name: benchCase.name, decisionNs: median(rounds), compileMs: median(compiling) }
}

function row({ name, decisionNs, compileMs }: Result): string {
  const perSecond = Math.round(1e9 / decisionNs / 1000) * 1000
  return `| ${name} | ${decisionNs.toFixed(0)} | ${perSecond.toLocaleString('en').replaceAll(',', ' ')} | ${compileMs.toFixed(1)} |`
}

/** Measures deciding in process; a section of the report. Stops when `signal` aborts. */
export async function decisionsSection(signal: AbortSignal): Promise<readonly string[]> {
  const results: Result[] = []
  for (const benchCase of [...RULES.map(mixedRules), ...longLists(LIST_SIZE)]) {
    signal.throwIfAborted()
    results.push(await measure(benchCase))
  }
  return [
    '## Decisions in process',
    '',
    'CPU time of a decision with its URL, of 1000 clients that come again and of which nine in ten meet no rule, so that every rule is',
    `tried: median of ${ROUNDS} rounds. Of ten rules, six compare texts, and one each looks at a version, the client's percentage, literals,`,
    'networks and a pattern. The last column is what it costs once to compile the model, with its lists.',
    '',
    '| model | ns/decision | decisions/s | compile, ms |',
    '| --- | ---: | ---: | ---: |',
    ...results.map(row),
    '',
  ]
}
