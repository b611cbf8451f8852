import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import { StoreFolder } from '../store/store-folder.js'
import { StoreWatch } from './store-news.js'

const dist = (path: string): string => pathToFileURL(resolve('dist', path)).href

/** So many stacks make a model whose writing takes some time. */
const STACKS = 3000

/** A process is killed so long after its first write at most. */
const LONGEST_LIFE_MS = 60

/**
 * Counts the flavor of the default server up, each time from what is stored, as often as it is told to; prints each
 * version once it is written.
 */
const WRITE = `
import { writeSync } from 'node:fs'
const [directory, times] = process.argv.slice(1)
const { FileStore } = await import('${dist('store/file.js')}')
const { systemClock: clock } = await import('${dist('runtime/system-clock.js')}')
const { readModel } = await import('${dist('model/read-model.js')}')
const alive = setInterval(() => {}, 1000)
const store = new FileStore({ directory, clock, report: ({ error }) => error && console.log(error.message) })
const whitelist = Array.from({ length: ${STACKS} }, (_, at) => '/DC1/Z' + at)
const modelOf = (path) =>
  readModel({ defaultServer: { url: '{protocol}://{host}:{port}/{urn}', path }, whitelist }).content
async function stored() {
  let found
  const over = new AbortController()
  for await (const news of store.watch(over.signal)) {
    if (news.kind === 'application') found = news.stored
    if (news.kind === 'complete') over.abort()
  }
  return found
}
let known = await stored()
for (let written = 0; written < Number(times); ) {
  const count = String(Number(known?.content.defaultServer.path ?? 0) + 1)
  try {
    const version = await store.writeApplication('shop', modelOf(count), known?.version)
    known = { version, content: modelOf(count) }
    written++
    writeSync(1, version + ' ' + count + '\\n')
  } catch (error) {
    if (error.code !== 'STORE_CONFLICT') throw error
    known = await stored()
  }
}
clearInterval(alive)
`

/** What is stored, as a new process finds it. */
export interface Found {
  readonly version: number
  readonly count: number
}

/** A model that processes write over and over, and that are killed at any moment. */
export class StoreWriting {
  readonly folder: StoreFolder
  /** The newest version of which a process has said that it is written. */
  acknowledged: Found = { version: -1, count: 0 }
  /** How many versions were acknowledged. */
  writes = 0
  private readonly t: Test

  constructor(t: Test) {
    this.t = t
    this.folder = new StoreFolder(t)
  }

  /** Starts a process, has it write, and kills it. */
  async kill(): Promise<void> {
    const child = this.start(Infinity)
    const over = once(child, 'close')
    const lines = this.follow(child)
    await Promise.race([lines.first, over])
    await wait(Math.random() * LONGEST_LIFE_MS)
    child.kill('SIGKILL')
    await over
  }

  /** Starts a process that writes so many times; resolves when it has. */
  async write(times: number): Promise<void> {
    const child = this.start(times)
    this.follow(child)
    const [code] = (await once(child, 'close')) as [number]
    if (code !== 0) throw new Error(`the writer ended with ${code}`)
  }

  /** What a store finds that is opened now. */
  async find(): Promise<Found> {
    const watch = new StoreWatch(this.t, this.folder.open())
    await watch.until('complete')
    await watch.end()
    const [, version, count] = (watch.told[0] ?? '').split(' ').map(Number)
    return { version: version ?? NaN, count: count ?? NaN }
  }

  /** The count that stands in the file that people edit. */
  get edited(): number {
    // Written by the process above.
    const document = JSON.parse(this.folder.read('applications/shop.json')) as {
      defaultServer: { path: string }
    }
    return Number(document.defaultServer.path)
  }

  /** Files that are neither a document nor a version of it. */
  get leftovers(): readonly string[] {
    const folders = ['applications', 'history/applications/shop']
    return folders.flatMap((folder) =>
      readdirSync(join(this.folder.path, folder)).filter((name) => name.startsWith('.')),
    )
  }

  private start(times: number): ChildProcess {
    const args = ['--input-type=module', '-e', WRITE, this.folder.path, String(times)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.t.teardown(() => child.kill('SIGKILL'))
    return child
  }

  private follow({ stdout }: ChildProcess): { readonly first: Promise<unknown> } {
    if (!stdout) throw new Error('the writer says nothing')
    const lines = createInterface(stdout)
    lines.on('line', (line) => {
      const [version = NaN, count = NaN] = line.split(' ').map(Number)
      if (Number.isNaN(count)) throw new Error(line)
      this.writes++
      if (version > this.acknowledged.version) this.acknowledged = { version, count }
    })
    return { first: once(lines, 'line') }
  }
}
