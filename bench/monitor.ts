import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Checker } from '../src/checks/checker.js'
import { Monitor } from '../src/checks/monitor.js'
import { createChecker } from '../src/checks/registry.js'
import type { ActiveCheckSettings } from '../src/checks/settings.js'
import { targetAt, type Target } from '../src/core/target.js'
import { systemClock } from '../src/runtime/system-clock.js'
import { BenchError } from './bench-error.js'
import { Children } from './proxy/children.js'
import { nginxCommand } from './proxy/contenders.js'
import { freePort } from './proxy/free-port.js'
import { allowedCores } from './proxy/usage.js'

const USAGE = `Usage: npm run bench -- monitor [options]

  --targets <n>    targets, in groups of 100 (default 10000)
  --seconds <n>    measured time for each kind of check (default 20)
  --help           this text`

const GROUP_SIZE = 100
const INTERVAL_MS = 1000
/** First checks and the compiler are over by then. */
const WARM_UP_MS = 5000

const SCHEDULE = { intervalMs: INTERVAL_MS, timeoutMs: 1000, port: undefined }

const CHECKS: readonly ActiveCheckSettings[] = [
  { kind: 'tcp', ...SCHEDULE },
  {
    kind: 'http',
    ...SCHEDULE,
    method: 'GET',
    path: '/',
    statuses: [{ from: 200, to: 299 }],
    body: undefined,
    fields: [],
    host: undefined,
    scheme: undefined,
    tls: { verify: true },
  },
]

/** Every address of 127.0.0.0/8 answers, over one socket that is closed after each answer. */
function targetConfiguration(folder: string, port: number): string {
  return `
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off;
  keepalive_timeout 0;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 0.0.0.0:${port} backlog=16384;
    return 200 "ok";
  }
}
`
}

function targetsAt(port: number, count: number): Target[] {
  return Array.from({ length: count }, (_, i) => {
    const host = `127.1.${i >> 8}.${i & 255}`
    return targetAt({ scheme: 'http', host, port, basePath: '', weight: 1 }, host)
  })
}

/** Notes how far the time between two checks of a target is off the interval. */
class TimedChecker implements Checker {
  private readonly checker: Checker | undefined
  private readonly offMs: number[]
  private readonly lastStart = new Map<string, number>()

  constructor(checker: Checker | undefined, offMs: number[]) {
    this.checker = checker
    this.offMs = offMs
  }

  check(target: Target, signal: AbortSignal): Promise<void> {
    const start = performance.now()
    const last = this.lastStart.get(target.id)
    this.lastStart.set(target.id, start)
    if (last !== undefined) this.offMs.push(Math.abs(start - last - INTERVAL_MS))
    return this.checker ? this.checker.check(target, signal) : Promise.resolve()
  }
}

function percentile(sorted: readonly number[], share: number): string {
  return (sorted[Math.ceil(sorted.length * share) - 1] ?? NaN).toFixed(1)
}

/** Checks all targets for a while; gives one line of the report. */
async function measure(
  name: string,
  settings: ActiveCheckSettings,
  targets: readonly Target[],
  run: { seconds: number; signal: AbortSignal },
): Promise<string> {
  const offMs: number[] = []
  let failed = 0
  const monitor = new Monitor({
    clock: systemClock,
    // Without jitter every difference from the interval is the monitor's.
    random: { next: () => 0.5 },
    onOutcome: (_group, _target, { ok }) => void (failed += ok ? 0 : 1),
    onObstacle: ({ message }) => console.error(message),
    createChecker: () =>
      new TimedChecker(name === 'none' ? undefined : createChecker(settings), offMs),
  })
  try {
    for (let i = 0; i < targets.length; i += GROUP_SIZE) {
      monitor.watch(`group-${i / GROUP_SIZE}`, settings, targets.slice(i, i + GROUP_SIZE))
    }
    await delay(WARM_UP_MS, undefined, { signal: run.signal })
    offMs.length = failed = 0
    const before = process.cpuUsage()
    const startedAt = performance.now()
    await delay(run.seconds * 1000, undefined, { signal: run.signal })
    const elapsedMs = performance.now() - startedAt
    const { user, system } = process.cpuUsage(before)
    offMs.sort((a, b) => a - b)
    const cells = [
      name,
      ((offMs.length / elapsedMs) * 1000).toFixed(0),
      String(failed),
      percentile(offMs, 0.5),
      percentile(offMs, 0.99),
      percentile(offMs, 1),
      `${((user + system) / elapsedMs / 10).toFixed(0)} %`,
      ((user + system) / offMs.length).toFixed(0),
      (system / offMs.length).toFixed(0),
      (process.memoryUsage.rss() / 2 ** 20).toFixed(0),
    ]
    return `| ${cells.join(' | ')} |`
  } finally {
    monitor.stop()
  }
}

const HEAD = [
  '| check | checks/s | failed | p50 off, ms | p99 off, ms | most off, ms | CPU | CPU µs/check | of it in the kernel | RSS MiB |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
]

function parseOptions(args: readonly string[]): { targets: number; seconds: number } | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      targets: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const [targets, seconds] = [Number(values.targets), Number(values.seconds)]
  const fits = Number.isInteger(targets) && targets >= 1 && targets <= 65_536 && seconds > 0
  if (!fits) throw new BenchError(`1 to 65536 targets, more than 0 seconds\n${USAGE}`)
  return { targets, seconds }
}

/**
 * Checks many targets every second, and reports how far the time between two checks of one target is off that second,
 * and what it costs: with a checker that does nothing, and with tcp and http checks of one nginx that has all addresses.
 */
export async function runMonitorBench(args: readonly string[], signal: AbortSignal): Promise<void> {
  const options = parseOptions(args)
  if (!options) {
    console.log(USAGE)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'))
  const children = new Children()
  try {
    const port = await freePort()
    const configuration = join(folder, 'nginx.conf')
    writeFileSync(configuration, targetConfiguration(folder, port))
    const core = allowedCores().at(-1) ?? 0
    children.start(nginxCommand(folder, configuration), { core, cwd: folder, signal })
    const targets = targetsAt(port, options.targets)
    const [idle] = CHECKS
    const run = { seconds: options.seconds, signal }
    console.log(HEAD.join('\n'))
    if (idle) console.log(await measure('none', idle, targets, run))
    for (const settings of CHECKS) console.log(await measure(settings.kind, settings, targets, run))
  } finally {
    await children.stopAll()
    rmSync(folder, { recursive: true })
  }
}
