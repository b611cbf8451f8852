import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)

const VERSIONS = '/usr/lib/postgresql'
const START_DEADLINE_MS = 20_000

function newestVersion(): string {
  const versions = readdirSync(VERSIONS).map(Number)
  return String(Math.max(...versions))
}

/** The user that owns the servers: PostgreSQL does not run as root. */
const USER = 'postgres'
const IS_ROOT = process.getuid?.() === 0

/** The command line of a PostgreSQL program, ended with this process. */
function commandLine(program: string, args: readonly string[]): [string, string[]] {
  const path = join(VERSIONS, newestVersion(), 'bin', program)
  const identity = IS_ROOT ? [`--reuid=${USER}`, `--regid=${USER}`, '--init-groups'] : []
  return ['setpriv', [...identity, '--pdeathsig=INT', path, ...args]]
}

/** Runs a PostgreSQL program to its end. */
export async function runProgram(program: string, args: readonly string[]): Promise<void> {
  await run(...commandLine(program, args), { cwd: '/' })
}

/** Makes a directory that belongs to the user of the servers. */
export async function ownDirectory(path: string): Promise<string> {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  await giveAway(path)
  return path
}

/** Gives a file to the user of the servers. */
export async function giveAway(path: string): Promise<void> {
  if (!IS_ROOT) return
  const id = async (flag: string): Promise<number> =>
    Number((await run('id', [flag, USER])).stdout.trim())
  chownSync(path, await id('-u'), await id('-g'))
}

/** One PostgreSQL server over a data directory that is there. */
export class PostgresServer {
  readonly address: string
  readonly port: number
  /** Everything it wrote to its log. */
  log = ''
  private readonly directory: string
  private process: ChildProcess | undefined

  constructor(directory: string, address: string, port: number) {
    this.directory = directory
    this.address = address
    this.port = port
  }

  /** Starts it, and waits until it lets somebody in. */
  async start(): Promise<void> {
    const child = spawn(...commandLine('postgres', ['-D', this.directory]), {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.process = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text))
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await this.answers())) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`PostgreSQL does not start\n${this.log}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Stops it: at once without a shutdown when `isCrash`. */
  async stop(isCrash = false): Promise<void> {
    const child = this.process
    this.process = undefined
    if (!child || child.exitCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGCONT')
    child.kill(isCrash ? 'SIGQUIT' : 'SIGINT')
    await closed
  }

  /** Stops its postmaster: the kernel still accepts connections, and nobody answers them. */
  hang(): void {
    this.process?.kill('SIGSTOP')
  }

  wakeUp(): void {
    this.process?.kill('SIGCONT')
  }

  /** Makes a replica a primary; resolves when it is one. */
  async promote(): Promise<void> {
    await this.sql('SELECT pg_promote(wait => true)')
  }

  /** Adds settings, which hold from the next start on or from when they are reloaded. */
  configure(settings: Readonly<Record<string, string>>): void {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`)
    appendFileSync(join(this.directory, 'postgresql.conf'), lines.join(''))
  }

  /** What one statement of the superuser gives, row by row. */
  async sql(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({
      host: this.address,
      port: this.port,
      user: USER,
      database: 'postgres',
      application_name: 'test',
      connectionTimeoutMillis: 5000,
      query_timeout: 20_000,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query<Record<string, unknown>>(text)
      return rows
    } finally {
      await client.end()
    }
  }

  private async answers(): Promise<boolean> {
    try {
      await this.sql('SELECT 1')
      return true
    } catch {
      return false
    }
  }
}
