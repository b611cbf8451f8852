import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import { BEGIN, END, mounting, TestHostsFile } from './hosts.js'
import { startPointsman, type Pointsman } from './pointsman.js'

const HEAD = '127.0.0.1 localhost\n'
/** Of different lengths, so that the file grows and shrinks. */
const ADDRESSES = ['10.0.0.1', '192.168.100.200'] as const
/** So many that the block does not fit into a page of memory. */
const NAMES = Array.from(
  { length: 120 },
  (_, at) => `a-rather-long-name-of-a-database-${at}.internal`,
)
/** A process is killed so long after the first of its rewrites at most. */
const LONGEST_LIFE_MS = 150

function wholeText(address: string): string {
  return `${HEAD}${BEGIN}\n${NAMES.map((name) => `${address}  ${name}\n`).join('')}${END}\n`
}

/** Every text that a reader may ever see. */
const WHOLE: readonly string[] = [HEAD, ...ADDRESSES.map(wholeText)]

function environmentText(path: string, addresses: readonly string[]): string {
  const names = NAMES.map(
    (name, at) => `HOSTS_ENTRY_${at + 1}_HOSTNAME=${name}\nHOSTS_ENTRY_${at + 1}_TARGET_GROUP=db\n`,
  )
  const group = { NAME: 'db', TARGETS: addresses.join(','), ALGORITHM: 'SEQUENTIAL' }
  const lines = Object.entries(group).map(([name, value]) => `TARGET_GROUP_1_${name}=${value}\n`)
  return `HOSTS_FILE=${path}\n${lines.join('')}${names.join('')}`
}

const READ = `
const { readFileSync } = require('node:fs')
const [path, whole] = process.argv.slice(1)
const known = new Set(JSON.parse(readFileSync(whole)))
let reads = 0
const odd = new Set()
process.on('SIGTERM', () => {
  console.log(JSON.stringify({ reads, odd: [...odd] }))
  process.exit()
})
const read = () => {
  for (const end = Date.now() + 10; Date.now() < end; reads++) {
    const text = readFileSync(path, 'latin1')
    if (!known.has(text)) odd.add(text)
  }
  setTimeout(read, 20)
}
read()
`

/** What readers in a tight loop have seen. */
export interface Seen {
  readonly reads: number
  /** Texts that were neither old nor new. */
  readonly odd: readonly string[]
}

/** A hosts file that is rewritten over and over, by processes that are killed at any moment. */
export class HostsRewriting {
  readonly file: TestHostsFile
  rewrites = 0
  private readonly t: Test
  private readonly under: readonly string[]
  private readonly variables: string

  /** @param isMounted whether the file is one that can only be written in place */
  constructor(t: Test, isMounted: boolean) {
    this.t = t
    this.file = new TestHostsFile(t, HEAD)
    this.variables = join(this.file.folder, 'variables')
    this.under = isMounted ? mounting('mount --bind "$1" "$1"', this.file.path) : []
  }

  /** Starts a process, has it rewrite the file, and kills it; gives the text then. */
  async kill(): Promise<string> {
    const app = await this.start()
    const over = new AbortController()
    const killing = wait(Math.random() * LONGEST_LIFE_MS).then(() => {
      over.abort()
      app.signal('SIGKILL')
    })
    while (!over.signal.aborted) await this.rewrite(app)
    await killing
    await app.exitCode
    return this.file.text
  }

  /** What processes have left beside the file. */
  get leftovers(): readonly string[] {
    return readdirSync(this.file.folder).filter((name) => name.startsWith('.'))
  }

  /** Starts a process and stops it again; gives the text then. */
  async settle(): Promise<string> {
    const app = await this.start()
    await app.stop()
    return this.file.text
  }

  /** Reads the file over and over until `end` is called. */
  read(): { readonly end: () => Promise<Seen> } {
    const whole = join(this.file.folder, 'whole')
    writeFileSync(whole, JSON.stringify(WHOLE))
    const child = spawn(process.execPath, ['-e', READ, this.file.path, whole], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.t.teardown(() => child.kill('SIGKILL'))
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const end = async (): Promise<Seen> => {
      child.kill('SIGTERM')
      await once(child, 'close')
      // Written by the reader above.
      return JSON.parse(output) as Seen
    }
    return { end }
  }

  private async start(): Promise<Pointsman> {
    writeFileSync(this.variables, environmentText(this.file.path, ADDRESSES))
    return startPointsman(this.t, { ENV_FILE: this.variables }, this.under)
  }

  private async rewrite(app: Pointsman): Promise<void> {
    const order = this.rewrites % 2 === 0 ? [...ADDRESSES].reverse() : ADDRESSES
    const { text } = this.file
    writeFileSync(this.variables, environmentText(this.file.path, order))
    app.signal('SIGHUP')
    for (let waits = 0; waits < 25 && this.file.text === text; waits++) await wait(2)
    this.rewrites++
  }
}

/** Whether a text is one that readers may see: old or new, and whole. */
export function isWhole(text: string): boolean {
  return WHOLE.includes(text)
}
