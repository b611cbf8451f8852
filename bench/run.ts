import { BenchError } from './bench-error.js'
import { benchCore } from './core.js'
import { runFlame } from './flame/flame.js'
import { runDnsBench } from './dns/dns.js'
import { runGatewayBench } from './gateway/gateway.js'
import { runMonitorBench } from './monitor.js'
import { runProxyBench } from './proxy/proxy.js'
import { prioritizeSession } from './session-priority.js'

/** Runs one benchmark; when `signal` aborts, it cleans up and rejects. */
type Benchmark = (args: readonly string[], signal: AbortSignal) => Promise<void>

const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  ['core', benchCore],
  ['dns', runDnsBench],
  ['flame', runFlame],
  ['gateway', runGatewayBench],
  ['monitor', runMonitorBench],
  ['proxy', runProxyBench],
])

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const benchmark = BENCHMARKS.get(name)
  if (!benchmark) {
    console.error(`Usage: npm run bench -- <${[...BENCHMARKS.keys()].join('|')}> [--help]`)
    return 2
  }
  const interrupt = new AbortController()
  // `on`, not `once`: a second Ctrl+C must not cut off the stopping of the children, which has its own deadline.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interrupt.abort(new BenchError(`Stopped by ${name}.`)))
  }
  const restorePriority = prioritizeSession()
  try {
    await benchmark(args, interrupt.signal)
    return 0
  } catch (error) {
    const reason: unknown = interrupt.signal.aborted ? interrupt.signal.reason : error
    console.error(reason instanceof BenchError ? reason.message : reason)
    return interrupt.signal.aborted ? 130 : 1
  } finally {
    restorePriority()
  }
}

process.exitCode = await main(process.argv.slice(2))
