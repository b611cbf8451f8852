import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { eventually } from './eventually.js'

const run = promisify(execFile)

/** One redis-server or redis-sentinel, ended with this process. */
export class RedisProcess {
  readonly address: string
  readonly port: number
  /** Everything it wrote to its log. */
  log = ''
  private readonly command: readonly string[]
  private readonly access: readonly string[]
  private child: ChildProcess | undefined

  /**
   * @param command its command line, which makes it listen at this address and port, in the foreground
   * @param access options of `redis-cli` that it takes to be let in
   */
  constructor(
    address: string,
    port: number,
    command: readonly string[],
    access: readonly string[] = [],
  ) {
    this.address = address
    this.port = port
    this.command = command
    this.access = access
  }

  get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null
  }

  /** Starts it, and waits until it answers. */
  async start(...options: readonly string[]): Promise<void> {
    const child = spawn('setpriv', ['--pdeathsig=KILL', ...this.command, ...options], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.log += text))
    await eventually(`${this.command.join(' ')} answers`, async () => {
      if (!this.isRunning) throw new Error(`${this.command.join(' ')} does not start\n${this.log}`)
      return /^(?:PONG|NOAUTH|MASTERDOWN)/.test((await this.says('PING'))[0] ?? '')
    })
  }

  /**
   * The lines that `redis-cli` prints for a command; none when nobody answers.
   * @param command may begin with options of its own, as `--pass secret`
   */
  async says(...command: readonly string[]): Promise<readonly string[]> {
    const where = ['-h', this.address, '-p', String(this.port), ...this.access]
    try {
      const { stdout } = await run('redis-cli', [...where, ...command], { timeout: 3000 })
      return stdout.split('\n')
    } catch {
      return []
    }
  }

  /** `master`, `slave`; empty when nobody answers. */
  async role(): Promise<string> {
    const [role = ''] = await this.says('ROLE')
    return role
  }

  /** Kills it, also while it hangs. */
  async kill(): Promise<void> {
    const { child } = this
    if (!child || !this.isRunning) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** From now on it listens and says nothing. */
  hang(): void {
    this.child?.kill('SIGSTOP')
  }

  wakeUp(): void {
    this.child?.kill('SIGCONT')
  }
}
