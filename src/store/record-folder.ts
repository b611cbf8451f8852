import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PointsmanError } from '../core/errors.js'
import { nodeCodeOf, systemReason } from '../core/node-errors.js'
import { Bell } from '../core/wait.js'
import { ProcessLock } from '../disk/process-lock.js'
import { readBundle, writeBundle } from './bundle.js'
import { makeFolder, removeDurably, renameDurably, writeDurably } from './durable-file.js'
import type { StoreReport } from './model-store.js'
import { DRAFTS, RecordFiles, type Step } from './record-files.js'
import { isBelow, recordConflict } from './record-key.js'
import type { Commit, ModelName, ModelWrite, RecordStore, StoredRecord } from './record-store.js'
import { Troubles } from './troubles.js'

/** Records hold what says who somebody is. */
const OWNER_ONLY = 0o700

/** What a commit has yet to do, once it counts. */
interface Journal {
  readonly id: string
  /** When there is one, the commit counts if a version of it has this id; else as soon as the journal is there. */
  readonly model?: ModelName
  readonly steps: readonly Step[]
}

/** Where the model of a commit goes. */
export interface ModelFiles {
  /** As `ModelStore.writeApplication`. */
  write(model: ModelWrite, id: string): Promise<number>
  /** The version that was written with this id; undefined when none was. */
  versionOf(model: ModelName, id: string): Promise<number | undefined>
}

/**
 * Records in a folder that one process keeps. What is to be written stands ready in files of its own before a journal
 * says that it counts, or a version of the model does; what remains is done by renaming, again after a crash if need be.
 */
export class RecordFolder implements RecordStore {
  private readonly folder: string
  private readonly models: ModelFiles
  private readonly files: RecordFiles
  private readonly troubles: Troubles
  private readonly watches = new Map<Bell, string>()
  private lock: ProcessLock | undefined
  /** Whether no journal can be there. */
  private isSettled = false
  /** Commits come one after the other. */
  private turn: Promise<unknown> = Promise.resolve()

  constructor(folder: string, models: ModelFiles, report: StoreReport) {
    this.folder = folder
    this.models = models
    this.files = new RecordFiles(folder)
    this.troubles = new Troubles(report)
  }

  readRecord(key: string): Promise<StoredRecord | undefined> {
    return this.reading(() => this.files.read(key), undefined)
  }

  listRecords(folder: string, names?: readonly string[]): Promise<readonly StoredRecord[]> {
    const tell = (error: PointsmanError): void => this.troubles.tell(error.message, error)
    return this.reading(() => this.files.list(folder, names, tell), [])
  }

  listNames(folder: string): Promise<readonly string[]> {
    return this.reading(() => this.files.names(folder), [])
  }

  commit(commit: Commit): Promise<number | undefined> {
    return this.inTurn(async () => {
      await this.settled()
      await this.check(commit)
      return this.write(commit)
    })
  }

  async *watchRecords(folder: string, signal: AbortSignal): AsyncGenerator<void, void> {
    const bell = new Bell()
    const end = (): void => bell.ring()
    this.watches.set(bell, folder)
    signal.addEventListener('abort', end)
    bell.ring()
    try {
      for (;;) {
        await bell.rung()
        if (signal.aborted) return
        yield
      }
    } finally {
      signal.removeEventListener('abort', end)
      this.watches.delete(bell)
    }
  }

  close(): Promise<void> {
    return this.inTurn(async () => {
      const { lock } = this
      this.lock = undefined
      this.isSettled = false
      await lock?.release()
    })
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work).catch((error: unknown) => {
      throw this.errorOf(error)
    })
    this.turn = result.catch(() => {})
    return result
  }

  private async reading<Result>(work: () => Promise<Result>, nothing: Result): Promise<Result> {
    if (!this.isSettled) {
      const isThere = await this.inTurn(async () => {
        // Nobody who only looks makes a folder.
        const isThere = this.lock !== undefined || (await exists(this.folder))
        if (isThere) await this.settled()
        return isThere
      })
      if (!isThere) return nothing
    }
    try {
      return await work()
    } catch (error) {
      throw this.errorOf(error)
    }
  }

  /** Takes hold of the folder, and brings to an end what was begun there. */
  private async settled(): Promise<void> {
    if (!this.lock) {
      await makeFolder(this.folder, OWNER_ONLY)
      const lock = await ProcessLock.take(join(this.folder, '.lock'))
      if (!(lock instanceof ProcessLock)) {
        const words = `${this.folder} is kept by ${lock}: with models in a folder, one process alone manages them`
        throw new PointsmanError('STORE_LOCKED', words)
      }
      this.lock = lock
    }
    if (this.isSettled) return
    await this.settle()
    await this.files.discardAll()
  }

  private async check({ records }: Commit): Promise<void> {
    for (const { key, version } of records) {
      const is = (await this.files.read(key))?.version
      if (is !== version) throw recordConflict(key, is, version)
    }
  }

  private async write({ records, model }: Commit): Promise<number | undefined> {
    const id = randomUUID()
    const steps = await this.files.draft(id, records)
    let version: number | undefined
    if (model && steps.length === 0) version = await this.models.write(model, id)
    else if (!model && steps.length === 1) await this.files.apply(steps)
    else version = await this.writeAll({ id, steps, ...(model && { model: nameOf(model) }) }, model)
    this.tell(records.map(({ key }) => key))
    return model?.kind === 'application' && !model.model ? undefined : version
  }

  private async writeAll(journal: Journal, model: ModelWrite | undefined) {
    this.isSettled = false
    const { id, steps } = journal
    try {
      await this.writeJournal(journal)
    } catch (error) {
      // It may be there all the same: then it counts, and is done before anything else is.
      if (!(await exists(this.journalPath))) await this.files.discard(steps)
      throw error
    }
    let version: number | undefined
    try {
      if (model) version = await this.models.write(model, id)
    } catch (error) {
      const outcome = await this.settle()
      if (!outcome.counts) throw error
      return outcome.version
    }
    await this.finish(steps, true)
    return version
  }

  /** Brings to an end what a journal says, if there is one. */
  private async settle(): Promise<{ readonly counts: boolean; readonly version?: number }> {
    const journal = await this.readJournal()
    if (!journal) {
      this.isSettled = true
      return { counts: false }
    }
    const { id, model, steps } = journal
    const version = model && (await this.models.versionOf(model, id))
    const counts = !model || version !== undefined
    await this.finish(steps, counts)
    for (const bell of this.watches.keys()) bell.ring()
    return { counts, ...(version !== undefined && { version }) }
  }

  private async finish(steps: readonly Step[], counts: boolean): Promise<void> {
    if (counts) await this.files.apply(steps)
    else await this.files.discard(steps)
    await removeDurably(this.journalPath)
    this.isSettled = true
  }

  private async writeJournal({ id, ...content }: Journal): Promise<void> {
    const draft = join(this.folder, DRAFTS, `${id}-journal`)
    const text = writeBundle({ version: 0, id, savedAtMs: Date.now(), content })
    await writeDurably(draft, text)
    await renameDurably(draft, this.journalPath)
  }

  private async readJournal(): Promise<Journal | undefined> {
    const path = this.journalPath
    if (!(await exists(path))) return undefined
    try {
      const { id, content } = readBundle(await readFile(path, 'utf8'))
      // Whoever wrote a right digest wrote the rest as well.
      return { id, ...(content as Omit<Journal, 'id'>) }
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      const words = `${path} ${error.message}: what was being written last cannot be finished; remove it to go on without`
      throw new PointsmanError('STORE_BROKEN', words, error)
    }
  }

  private get journalPath(): string {
    return join(this.folder, '.journal')
  }

  private tell(keys: readonly string[]): void {
    for (const [bell, folder] of this.watches)
      if (keys.some((key) => isBelow(folder, key))) bell.ring()
  }

  private errorOf(error: unknown): PointsmanError {
    if (error instanceof PointsmanError) return error
    return new PointsmanError('STORE_LOST', `${this.folder}: ${systemReason(error)}`, error)
  }
}

function nameOf(model: ModelWrite): ModelName {
  return model.kind === 'lists' ? { kind: 'lists' } : { kind: 'application', name: model.name }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (nodeCodeOf(error) === 'ENOENT') return false
    throw error
  }
}
