import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Test } from 'tap'
import { Changes } from './changes.js'

/** Variables and their values. */
export type Environment = Readonly<Record<string, string>>

/** A line of the log, as JSON gives it. */
export type LogLine = Readonly<Record<string, unknown>>

/** What a run that ended left behind. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const APP = resolve('dist/app.js')
const READY_DEADLINE_MS = 45_000

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, address, () => probe.close(() => resolve(true)))
  })
}

/**
 * A free port below those the kernel gives to outgoing connections, so that none of them takes it first.
 * @param addresses at which it is free
 */
export async function freePort(addresses: readonly string[] = ['127.0.0.1']): Promise<number> {
  for (;;) {
    // Above 10080, which `fetch` refuses to connect to.
    const port = 10_081 + Math.floor(Math.random() * 20_000)
    const free = await Promise.all(addresses.map((address) => isFree(port, address)))
    if (!free.includes(false)) return port
  }
}

/** The transport of all groups that name none, when tests are to be made with another than the usual one. */
export const { TEST_TRANSPORT } = process.env

function withTransport(environment: Environment): Environment {
  if (TEST_TRANSPORT === undefined) return environment
  const transports = Object.keys(environment).flatMap((name) => {
    const [, group] = /^(TARGET_GROUP_\d+)_NAME$/.exec(name) ?? []
    return group === undefined ? [] : [[`${group}_TRANSPORT`, TEST_TRANSPORT] as const]
  })
  return { ...Object.fromEntries(transports), ...environment }
}

/** One process of `node dist/app.js`. */
class Launched {
  readonly child
  readonly ended: Promise<Run>
  readonly logs: LogLine[] = []
  readonly changes = new Changes()
  stdout = ''
  stderr = ''
  /** Whether the test asked it to end. */
  told = false
  private unparsed = 0

  constructor(args: readonly string[], environment: Environment, under: readonly string[] = []) {
    // An empty directory, so that no .env file adds to the environment.
    const cwd = mkdtempSync(join(tmpdir(), 'pointsman-'))
    const env = { PATH: process.env['PATH'], ...withTransport(environment) }
    const [command = '', ...rest] = [...under, process.execPath, APP, ...args]
    this.child = spawn(command, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.read(text))
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => {
        rmSync(cwd, { recursive: true })
        resolve({ code, stdout: this.stdout, stderr: this.stderr })
        this.changes.notify()
      })
    })
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  get output(): string {
    return `stdout: ${this.stdout.slice(-4000)}\nstderr: ${this.stderr.slice(-4000)}`
  }

  private read(text: string): void {
    this.stdout += text
    const end = this.stdout.lastIndexOf('\n') + 1
    for (const line of this.stdout.slice(this.unparsed, end).split('\n')) {
      // A line that is no JSON is a fault of its own, which the teardown reports.
      if (line.startsWith('{')) this.logs.push(JSON.parse(line) as LogLine)
    }
    this.unparsed = Math.max(this.unparsed, end)
    this.changes.notify()
  }

  /** Kills what still runs; throws when the process ended by itself, or wrote what it must not. */
  async finish(): Promise<void> {
    const endedByItself = !this.running && !this.told
    this.child.kill('SIGKILL')
    await this.ended
    if (endedByItself) throw new Error(`Pointsman ended by itself\n${this.output}`)
    if (this.stderr !== '') throw new Error(`Pointsman wrote to stderr\n${this.output}`)
    const odd = this.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
    if (odd.length > 0) throw new Error(`log lines that are no JSON: ${odd.join('\n')}`)
  }
}

/** A Pointsman that serves. */
export class Pointsman {
  readonly port: number
  readonly managementPort: number
  /** Of the management listener. */
  readonly managementUrl: string
  readonly url: string
  readonly pid: number
  private readonly launched: Launched

  constructor(launched: Launched, port: number, managementUrl: string) {
    this.launched = launched
    this.port = port
    this.managementPort = Number(new URL(managementUrl).port)
    this.managementUrl = managementUrl
    this.url = `http://127.0.0.1:${port}`
    this.pid = launched.child.pid ?? 0
  }

  /** Every line logged so far. */
  get logs(): readonly LogLine[] {
    return this.launched.logs
  }

  /** Resolves with the exit code; null after a signal. */
  get exitCode(): Promise<number | null> {
    return this.launched.ended.then(({ code }) => code)
  }

  /** The first line that `matches`, also a past one. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine> {
    const { changes, logs } = this.launched
    return changes.until(
      () => logs.find(matches),
      () => this.launched.output,
    )
  }

  signal(name: NodeJS.Signals): void {
    if (name !== 'SIGHUP') this.launched.told = true
    this.launched.child.kill(name)
  }

  /** Asks it to stop, and gives the exit code. */
  stop(): Promise<number | null> {
    this.signal('SIGTERM')
    return this.exitCode
  }

  /** Status of a path of the management listener; 0 when nobody answers. */
  managementStatus(path: string): Promise<number> {
    return statusOf(`${this.managementUrl}${path}`)
  }

  /** Resident memory. */
  rssBytes(): number {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]
    return Number(kib) * 1024
  }

  /** Open sockets, listening ones among them. */
  openSockets(): number {
    const directory = `/proc/${this.pid}/fd`
    return readdirSync(directory).filter((fd) => {
      try {
        return readlinkSync(`${directory}/${fd}`).startsWith('socket:')
      } catch {
        // Closed between the listing and the look.
        return false
      }
    }).length
  }
}

function statusOf(url: string): Promise<number> {
  const { get } = url.startsWith('https:') ? https : http
  return new Promise((resolve) => {
    const options = { agent: false, rejectUnauthorized: false }
    const request = get(url, options, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', () => resolve(0))
  })
}

async function becomesReady(launched: Launched, managementUrl: string): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS
  while ((await statusOf(`${managementUrl}/readyz`)) !== 200) {
    if (!launched.running) await launched.ended
    if (!launched.running || Date.now() > deadline) {
      throw new Error(`Pointsman does not serve\n${launched.output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/**
 * Starts the built app on free ports of 127.0.0.1 with exactly this environment (and PATH).
 * @param under command that becomes the app: `['nice']`
 * @throws Error with its output when it ends instead of becoming ready; at teardown when it ended by itself, or
 *   wrote anything to stderr
 */
export async function startPointsman(
  t: Test,
  environment: Environment,
  under: readonly string[] = [],
): Promise<Pointsman> {
  const [port, managementPort] = [await freePort(), await freePort()]
  const variables = {
    LISTENER_HOST: '127.0.0.1',
    LISTENER_PORT: String(port),
    MANAGEMENT_PORT: String(managementPort),
    ...environment,
  }
  const launched = new Launched([], variables, under)
  t.teardown(() => launched.finish())
  const scheme = environment['MANAGEMENT_TLS_CERT'] === undefined ? 'http' : 'https'
  const managementUrl = `${scheme}://127.0.0.1:${managementPort}`
  await becomesReady(launched, managementUrl)
  return new Pointsman(launched, port, managementUrl)
}

/**
 * Runs the built app with exactly this environment (and PATH) until it ends, 10 s at most.
 * @param under command that becomes the app
 */
export async function runPointsman(
  args: readonly string[],
  environment: Environment,
  under: readonly string[] = [],
): Promise<Run> {
  const launched = new Launched(args, environment, under)
  const deadline = setTimeout(() => launched.child.kill('SIGKILL'), 10_000)
  const run = await launched.ended
  clearTimeout(deadline)
  return run
}
