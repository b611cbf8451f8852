import { execFileSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../bench-error.js'
import { PROGRAM_PATH } from './children.js'
import { BENCH_FOLDER } from './folders.js'

const INSTALL_TIMEOUT_MS = 300_000

/** What the proxy benchmark runs: the Debian package of each program. */
export const PROXY_PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['taskset', 'util-linux'],
  ['wrk', 'wrk'],
  ['nginx', 'nginx'],
  ['haproxy', 'haproxy'],
])

/** Throws BenchError, with the command that helps, when a program is missing. */
export function requirePrograms(packages: ReadonlyMap<string, string>): void {
  if (process.platform !== 'linux') {
    throw new BenchError('The benchmark reads /proc and pins processes: it needs Linux.')
  }
  const missing = [...packages].filter(([program]) => !isInstalled(program))
  if (missing.length > 0) {
    const programs = missing.map(([program]) => program).join(', ')
    const names = missing.map(([, name]) => name).join(' ')
    throw new BenchError(`Missing: ${programs}. Install with: sudo apt-get install ${names}`)
  }
}

/** Installs bench/package.json, on first use and after each change of its lock file. */
export function installPeers(): void {
  const installed = modifiedMs(join(BENCH_FOLDER, 'node_modules/.package-lock.json')) ?? 0
  const wanted = modifiedMs(join(BENCH_FOLDER, 'package-lock.json')) ?? 0
  if (installed >= wanted) return
  console.log('Installing the peers (bench/package.json) …')
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: BENCH_FOLDER,
      stdio: 'inherit',
      timeout: INSTALL_TIMEOUT_MS,
    })
  } catch (cause) {
    throw new BenchError('npm ci in bench/ failed; see above.', { cause })
  }
}

function isInstalled(program: string): boolean {
  return PROGRAM_PATH.split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function modifiedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}
