import { spawn, type ChildProcess } from 'node:child_process'
import { BenchError } from '../bench-error.js'
import { processTree } from './usage.js'

const STOP_GRACE_MS = 3000
const KEPT_OUTPUT_CHARS = 2000

/** Where programs are looked for: Debian keeps nginx and haproxy where an ordinary user's PATH does not lead. */
export const PROGRAM_PATH = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`

/** A program to run; its environment is `env`, PATH and NODE_ENV=production, nothing of ours. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Root's benchmarks go before whatever else there is to do, so that it disturbs less. */
function prioritized(file: string, args: readonly string[]): [file: string, args: string[]] {
  return process.getuid?.() === 0 ? ['nice', ['-n', '-19', file, ...args]] : [file, [...args]]
}

/** One process of ours, known by its pid. */
export class Child {
  readonly pid: number
  /** Resolves with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>
  #output = ''
  readonly #process: ChildProcess

  constructor(process: ChildProcess, name: string) {
    // An abort is reported as an error too; the exit that follows is what counts.
    process.on('error', () => undefined)
    if (process.pid === undefined) throw new BenchError(`Could not start ${name}.`)
    this.pid = process.pid
    this.#process = process
    this.ended = new Promise((resolve) => process.once('close', resolve))
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT_CHARS)
      })
    }
  }

  /** The end of what the process wrote to standard output and standard error. */
  get output(): string {
    return this.#output.trim()
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  terminate(): void {
    this.#process.kill('SIGTERM')
  }

  /** Resolves when the process and its children are gone: politely first, by force after a grace time. */
  async stop(): Promise<void> {
    this.terminate()
    const force = setTimeout(() => {
      for (const pid of processTree(this.pid)) killIfThere(pid)
    }, STOP_GRACE_MS)
    await this.ended
    clearTimeout(force)
  }
}

/** Every process that the benchmark has started and that is still there. */
export class Children {
  readonly #alive = new Set<Child>()

  /**
   * Starts a program pinned to one core, in the folder `cwd`; an abort of `signal` terminates it.
   * Throws BenchError when it cannot be started.
   */
  start(command: Command, place: { core: number; cwd: string; signal: AbortSignal }): Child {
    place.signal.throwIfAborted()
    const args = ['-c', String(place.core), command.file, ...command.args]
    const started = spawn(...prioritized('taskset', args), {
      cwd: place.cwd,
      env: { PATH: PROGRAM_PATH, NODE_ENV: 'production', ...command.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: place.signal,
    })
    const child = new Child(started, command.file)
    this.#alive.add(child)
    void child.ended.then(() => this.#alive.delete(child))
    return child
  }

  /** For the moment in which nothing can be awaited any more. */
  terminateAll(): void {
    for (const child of this.#alive) child.terminate()
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#alive].map((child) => child.stop()))
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended since it was listed.
  }
}
