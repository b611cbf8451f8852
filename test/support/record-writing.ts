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

/** A process is killed so long after its first commit at most. */
const LONGEST_LIFE_MS = 60

/**
 * Counts up, each time from what is stored, in one commit: a record that is replaced, an entry of a history, and the flavor
 * of a model, or without the model every other time. Prints each count once it is written.
 */
const WRITE = `
import { writeSync } from 'node:fs'
const [directory] = process.argv.slice(1)
const { FileStore } = await import('${dist('store/file.js')}')
const { systemClock: clock } = await import('${dist('runtime/system-clock.js')}')
const { readModel } = await import('${dist('model/read-model.js')}')
setInterval(() => {}, 1000)
const store = new FileStore({ directory, clock, report: ({ error }) => error && console.log(error.message) })
const url = '{protocol}://{host}:{port}/{urn}'
const modelOf = (path) => readModel({ defaultServer: { url, path } }).content
for (;;) {
  const { value = { count: 0, model: undefined }, version } = (await store.readRecord('counts/all')) ?? {}
  const count = value.count + 1
  const hasModel = count % 2 === 1
  const next = { count, model: hasModel ? (value.model ?? -1) + 1 : value.model }
  const model = { kind: 'application', name: 'shop', model: modelOf(String(count)), version: value.model }
  const records = [
    { key: 'counts/all', value: next, version },
    { key: 'history/' + String(count).padStart(10, '0'), value: count, version: undefined },
  ]
  await store.commit(hasModel ? { records, model } : { records })
  writeSync(1, count + '\\n')
}
`

/** What is stored, as a new process finds it. */
export interface FoundRecords {
  readonly count: number
  /** The counts of the history. */
  readonly history: readonly unknown[]
  /** The version of the model, and the count that it was written for. */
  readonly model: readonly [version: number | undefined, count: number]
  /** As the record has it. */
  readonly modelVersion: number | undefined
  /** Files that are neither a record nor the lock. */
  readonly leftovers: readonly string[]
}

/** Records and a model that processes write together, and that are killed at any moment. */
export class RecordWriting {
  readonly folder: StoreFolder
  /** The newest count of which a process has said that it is written. */
  acknowledged = 0
  private readonly t: Test

  constructor(t: Test) {
    this.t = t
    this.folder = new StoreFolder(t)
  }

  /** Starts a process, has it write, and kills it. */
  async kill(): Promise<void> {
    const child = this.start()
    const over = once(child, 'close')
    if (!child.stdout) throw new Error('the writer says nothing')
    const lines = createInterface(child.stdout)
    lines.on('line', (line) => (this.acknowledged = Number(line)))
    await Promise.race([once(lines, 'line'), over])
    await wait(Math.random() * LONGEST_LIFE_MS)
    child.kill('SIGKILL')
    await over
  }

  /** What a store finds that is opened now. */
  async find(): Promise<FoundRecords> {
    const store = this.folder.open()
    const record = await store.readRecord('counts/all')
    // Written by the process above.
    const value = (record?.value ?? { count: 0 }) as { count: number; model?: number }
    const history = await store.listRecords('history')
    const watch = new StoreWatch(this.t, store)
    await watch.until('complete')
    await watch.end()
    await store.close()
    const [, version, count] = (watch.told[0] ?? '').split(' ').map(Number)
    return {
      count: value.count,
      history: history.map(({ value }) => value),
      model: [watch.told.length > 1 ? version : undefined, count ?? 0],
      modelVersion: value.model,
      leftovers: this.leftovers,
    }
  }

  private get leftovers(): readonly string[] {
    const names = readdirSync(join(this.folder.path, 'records'), { recursive: true })
    return names.map(String).filter((name) => /(?:^|\/)\../.test(name))
  }

  private start(): ChildProcess {
    const args = ['--input-type=module', '-e', WRITE, this.folder.path]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.t.teardown(() => child.kill('SIGKILL'))
    return child
  }
}

/** What is wrong with what was found after a kill; nothing when commits are there whole, and those acknowledged at all. */
export function offencesOf(found: FoundRecords, acknowledged: number): readonly string[] {
  const { count, history, model, modelVersion, leftovers } = found
  const [version, flavor] = model
  const lastOfModel = count % 2 === 1 ? count : count - 1
  const offences = {
    'an acknowledged commit is lost': count < acknowledged,
    'more was written than was begun': count > acknowledged + 1,
    'the history is not that of the count': history.some((entry, at) => entry !== at + 1),
    'the history is shorter or longer than the count': history.length !== count,
    'the model is not that of the count': count > 0 && flavor !== lastOfModel,
    'the version of the model is another': version !== modelVersion,
    'files were left': leftovers.length > 0,
  }
  return Object.entries(offences).flatMap(([what, isSo]) => (isSo ? [what] : []))
}
