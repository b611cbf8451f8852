import { spawn } from 'node:child_process'
import type { Test } from 'tap'

const DEADLINE_MS = 20_000
const POLL_MS = 50

/** What has to be in an output: this text as the whole of it, something that matches, or nothing that does. */
export type Expected = string | RegExp | { readonly not: RegExp }

/** A number of the list of acceptance commands, a command as it is typed, and what has to be seen. */
export type Row = readonly [number: string, command: string, ...expected: readonly Expected[]]

function isSeen(output: string, expected: Expected): boolean {
  if (typeof expected === 'string') return output.trim() === expected
  return expected instanceof RegExp ? expected.test(output) : !expected.not.test(output)
}

/** A shell in which commands are typed, one after the other, each in a process of its own. */
export class Shell {
  private readonly t: Test
  private readonly variables: Readonly<Record<string, string>>
  private readonly seen: Set<string>

  /** @param variables what the commands may use; `$D` is `dig`, sent to the server once */
  constructor(t: Test, variables: Readonly<Record<string, string>>, seen = new Set<string>()) {
    this.t = t
    this.seen = seen
    this.variables = {
      PATH: process.env['PATH'] ?? '',
      LC_ALL: 'C',
      D: `dig @127.0.0.1 -p ${variables['PORT'] ?? ''} +tries=1 +time=3`,
      ...variables,
    }
  }

  /** The same for a part of a test, with more variables. */
  within(t: Test, more: Readonly<Record<string, string>> = {}): Shell {
    return new Shell(t, { ...this.variables, ...more }, this.seen)
  }

  /** The numbers of the list of which something was typed. */
  get numbers(): readonly number[] {
    return [...this.seen].map(Number).sort((a, b) => a - b)
  }

  /** Types each command once. */
  async now(...rows: readonly Row[]): Promise<void> {
    for (const row of rows) this.tell(row, await this.output(row[1]))
  }

  /** Types each command until it shows what is expected, for something has to happen before. */
  async soon(...rows: readonly Row[]): Promise<void> {
    for (const row of rows) {
      const [, command, ...expected] = row
      const deadline = Date.now() + DEADLINE_MS
      let output = await this.output(command)
      while (!expected.every((each) => isSeen(output, each)) && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        output = await this.output(command)
      }
      this.tell(row, output)
    }
  }

  /** Everything that a command writes. */
  async output(command: string): Promise<string> {
    const shell = spawn('bash', ['--norc', '-c', command], { env: this.variables })
    let output = ''
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    await new Promise((resolve) => shell.once('close', resolve))
    return output
  }

  private tell([number, command, ...expected]: Row, output: string): void {
    this.seen.add(number)
    const missing = expected.filter((each) => !isSeen(output, each))
    this.t.same(missing, [], `${number}. ${command}`, { output })
  }
}
