import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { PROGRAM_PATH } from './children.js'
import { NODE_26 } from './contenders.js'
import { BENCH_FOLDER, ROOT_FOLDER } from './folders.js'

const VERSION_TIMEOUT_MS = 5000

/** What a result was measured with. */
export interface Setting {
  readonly date: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
}

function machine(): string {
  const processors = cpus()
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(0)
  const model = processors[0]?.model.trim() ?? 'unknown processor'
  return `${model}, ${processors.length} cores, ${memoryGiB} GiB, ${type()} ${release()} ${arch()}`
}

/** What the DNS benchmark was made with: the versions, the machine, and what else it had to do. */
export function describeMachine(): readonly string[] {
  const versions = [
    `pointsman ${packageVersion(ROOT_FOLDER)} ${commit()}`.trim(),
    `Node.js ${process.versions.node}`,
    `dnsmasq ${firstVersion('dnsmasq', ['--version'])}`,
    `BIND ${firstVersion('named', ['-v'])}`,
    `dnsperf ${firstVersion('dnsperf', ['-h'])}`,
  ]
  const load = loadavg()[0]?.toFixed(1) ?? 'unknown'
  return [versions.join(' · '), machine(), `Load average before the run: ${load}`]
}

/** Asks the programs and packages for their versions, and the machine what it is. */
export function describeSetting(): Setting {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: {
      pointsman: `${packageVersion(ROOT_FOLDER)} ${commit()}`.trim(),
      'Node.js': process.versions.node,
      'Node.js 26': firstVersion(NODE_26, ['--version']),
      nginx: firstVersion('nginx', ['-v']),
      haproxy: firstVersion('haproxy', ['-v']),
      fastify: packageVersion(join(ROOT_FOLDER, 'node_modules/fastify')),
      'reply-from': packageVersion(join(ROOT_FOLDER, 'node_modules/@fastify/reply-from')),
      'fast-proxy': packageVersion(join(BENCH_FOLDER, 'node_modules/fast-proxy')),
      'http-proxy': packageVersion(join(BENCH_FOLDER, 'node_modules/http-proxy')),
      wrk: firstVersion('wrk', ['-v']),
    },
  }
}

function packageVersion(folder: string): string {
  // Every package.json has a version.
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}

/** `(1a2b3c4)`, `(1a2b3c4, modified)`, or nothing outside a git checkout. */
function commit(): string {
  const hash = run('git', ['rev-parse', '--short', 'HEAD'])
  if (hash.status !== 0) return ''
  const changes = run('git', ['status', '--porcelain', 'src', 'package-lock.json']).stdout
  return changes === '' ? `(${hash.stdout.trim()})` : `(${hash.stdout.trim()}, modified)`
}

/** The first thing that looks like a version; each program has its own sentence around it, and its own stream. */
function firstVersion(program: string, args: readonly string[]): string {
  const { stdout, stderr } = run(program, args)
  return /\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0] ?? 'unknown'
}

function run(program: string, args: readonly string[]) {
  return spawnSync(program, args, {
    cwd: ROOT_FOLDER,
    encoding: 'utf8',
    env: { PATH: PROGRAM_PATH },
    timeout: VERSION_TIMEOUT_MS,
  })
}
