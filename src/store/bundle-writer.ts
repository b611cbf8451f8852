import { createHash, randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { PointsmanError } from '../core/errors.js'
import { systemReason } from '../core/node-errors.js'
import type { Clock } from '../core/ports.js'
import { pause } from '../core/wait.js'
import type { Bundle } from './bundle.js'
import type { Generations } from './generations.js'
import type { StoreReport } from './model-store.js'
import { Troubles } from './troubles.js'

/** Between two writes; hosts that come and go may change all the time. */
const PACE_MS = 100

/** After a failed write, as to a disk that is full. */
const RETRY_MS = 5000

/** Attempts at a number that others take, too. */
const MOST_TRIES = 20

/** Makes the JSON value that is to be written. */
export type Writing = () => unknown

function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64')
}

/** Writes the newest content of each history, one after the other; what does not succeed is reported and tried again. */
export class BundleWriter {
  private readonly clock: Clock
  private readonly troubles: Troubles
  private readonly waiting = new Map<Generations, Writing | 'removal'>()
  /** Digests of what was written last. */
  private readonly written = new Map<Generations, string>()
  private running: Promise<void> | undefined
  private hurry = new AbortController()

  constructor(clock: Clock, report: StoreReport) {
    this.clock = clock
    this.troubles = new Troubles(report)
  }

  /** Takes note of what is in a history by now, so that the same is not written again. */
  note(history: Generations, content: unknown): void {
    this.written.set(history, digestOf(content))
  }

  /** Has a content written, in place of one that still waits. */
  put(history: Generations, writing: Writing): void {
    this.waiting.set(history, writing)
    this.running ??= this.run()
  }

  /** Has a history removed. */
  remove(history: Generations): void {
    this.waiting.set(history, 'removal')
    this.running ??= this.run()
  }

  /** Resolves when everything was tried once that is to be written by now. */
  async flush(): Promise<void> {
    for (const history of [...this.waiting.keys()]) await this.attempt(history)
    this.hurry.abort()
    await this.running
  }

  private async run(): Promise<void> {
    this.hurry = new AbortController()
    const { signal } = this.hurry
    for (const [history] of this.waiting) {
      const isDone = await this.attempt(history)
      await pause(this.clock, isDone ? PACE_MS : RETRY_MS, signal)
      if (signal.aborted) break
    }
    this.running = undefined
  }

  private async attempt(history: Generations): Promise<boolean> {
    const work = this.waiting.get(history)
    if (!work) return true
    this.waiting.delete(history)
    try {
      if (work === 'removal') await this.clear(history)
      else await this.write(history, work())
      this.troubles.tell(history.folder, undefined)
      return true
    } catch (error) {
      if (!this.waiting.has(history)) this.waiting.set(history, work)
      const why = error instanceof PointsmanError ? error.message : systemReason(error)
      const words = `${history.folder} cannot be written: ${why}`
      this.troubles.tell(history.folder, new PointsmanError('STORE_LOST', words, error))
      return false
    }
  }

  private async clear(history: Generations): Promise<void> {
    this.written.delete(history)
    await rm(history.folder, { recursive: true, force: true })
  }

  private async write(history: Generations, content: unknown): Promise<void> {
    const digest = digestOf(content)
    if (this.written.get(history) === digest) return
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const version = ((await history.versions()).at(-1) ?? -1) + 1
      const bundle: Bundle = { version, id: randomUUID(), savedAtMs: Date.now(), content }
      if (!(await history.publish(await history.prepare(bundle), version))) continue
      this.written.set(history, digest)
      return
    }
    throw new PointsmanError('STORE_LOST', 'others write there all the time')
  }
}
