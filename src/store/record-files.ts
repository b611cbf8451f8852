import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PointsmanError } from '../core/errors.js'
import { nodeCodeOf } from '../core/node-errors.js'
import { readBundle, writeBundle } from './bundle.js'
import { makeFolder, syncFolder, writeDurably } from './durable-file.js'
import { applicationOf, fileNameOf } from './file-name.js'
import { inOrder, partsOf } from './record-key.js'
import type { RecordWrite, StoredRecord } from './record-store.js'

/** Files that are read at one time. */
const MOST_READS = 32

/** Of the names that file systems take, with room for an ending. */
const LONGEST_NAME = 200

/** Records hold what says who somebody is. */
const OWNER_ONLY = 0o600

/** What stands ready is in this folder below that of the records. */
export const DRAFTS = '.drafts'

/** One record that is to change: the file that is to take its place, or that it goes. */
export interface Step {
  readonly path: string
  /** Undefined when the record is to go. */
  readonly draft?: string
}

/** Of the files of records. */
const ENDING = '.json'

/** The name of a file or folder; one that is too long for file systems is told by its digest, which no other name looks like. */
function nameOf(part: string): string {
  const name = fileNameOf(part)
  if (name.length <= LONGEST_NAME) return name
  return `%sha256-${createHash('sha256').update(part).digest('hex')}`
}

function folderPath(folder: string): string {
  return join(...partsOf(folder, 1).map(nameOf))
}

/** The files of records, each in an envelope with a digest. Paths are relative to the folder. */
export class RecordFiles {
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** @throws PointsmanError STORE_BROKEN when it is damaged; what the system says */
  async read(key: string): Promise<StoredRecord | undefined> {
    return this.readFile(this.pathOf(key))
  }

  /**
   * @param names undefined for all of them
   * @param onDamage told of what is left out
   */
  async list(
    folder: string,
    names: readonly string[] | undefined,
    onDamage: (error: PointsmanError) => void,
  ): Promise<readonly StoredRecord[]> {
    const path = folderPath(folder)
    const files = names?.map((name) => nameOf(name) + ENDING) ?? (await this.filesIn(path))
    const records: StoredRecord[] = []
    for (let at = 0; at < files.length; at += MOST_READS) {
      const some = files.slice(at, at + MOST_READS)
      const read = some.map((file) => this.readOrTell(join(path, file), onDamage))
      for (const record of await Promise.all(read)) if (record) records.push(record)
    }
    return inOrder(records)
  }

  /** The names of the records in a folder. */
  async names(folder: string): Promise<readonly string[]> {
    const path = folderPath(folder)
    const names: string[] = []
    for (const file of await this.filesIn(path)) {
      const short = applicationOf(file.slice(0, -ENDING.length))
      // Only the file itself knows a name that is told by its digest.
      const name = short ?? (await this.readFile(join(path, file)))?.key.slice(folder.length + 1)
      if (name !== undefined) names.push(name)
    }
    return names.sort()
  }

  /**
   * Writes what is to take the places of records; nothing stays of it when it fails.
   * @param id of the writing
   */
  async draft(id: string, records: readonly RecordWrite[]): Promise<readonly Step[]> {
    await makeFolder(join(this.folder, DRAFTS))
    const steps: Step[] = []
    try {
      for (const [at, { key, value, version: before }] of records.entries()) {
        const path = this.pathOf(key)
        if (value === undefined) {
          steps.push({ path })
          continue
        }
        const step = { path, draft: join(DRAFTS, `${id}-${at}`) }
        steps.push(step)
        const version = before === undefined ? 0 : before + 1
        const text = writeBundle({ version, id, savedAtMs: Date.now(), content: { key, value } })
        await makeFolder(dirname(join(this.folder, path)))
        await writeDurably(join(this.folder, step.draft), text, OWNER_ONLY)
      }
      return steps
    } catch (error) {
      await this.discard(steps)
      throw error
    }
  }

  /** Puts what was written in its places; does no harm when some of it, or all, was done before. */
  async apply(steps: readonly Step[]): Promise<void> {
    for (const { path, draft } of steps) {
      const full = join(this.folder, path)
      if (draft === undefined) await rm(full, { force: true })
      else await rename(join(this.folder, draft), full).catch(ignoreMissing)
    }
    for (const folder of new Set(steps.map(({ path }) => dirname(path))))
      await syncFolder(join(this.folder, folder)).catch(ignoreMissing)
  }

  async discard(steps: readonly Step[]): Promise<void> {
    for (const { draft } of steps)
      if (draft !== undefined) await rm(join(this.folder, draft), { force: true })
  }

  /** Removes what others have left that were killed before it counted. */
  async discardAll(): Promise<void> {
    await rm(join(this.folder, DRAFTS), { recursive: true, force: true })
  }

  private pathOf(key: string): string {
    return join(...partsOf(key).map(nameOf)) + ENDING
  }

  /** The files of the records in a folder. */
  private async filesIn(path: string): Promise<readonly string[]> {
    try {
      const names = await readdir(join(this.folder, path))
      return names.filter((name) => !name.startsWith('.') && name.endsWith(ENDING))
    } catch (error) {
      ignoreMissing(error)
      return []
    }
  }

  private async readOrTell(path: string, onDamage: (error: PointsmanError) => void) {
    try {
      return await this.readFile(path)
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      onDamage(error)
      return undefined
    }
  }

  private async readFile(path: string): Promise<StoredRecord | undefined> {
    const full = join(this.folder, path)
    try {
      const { version, content } = readBundle(await readFile(full, 'utf8'))
      // Whoever wrote a right digest wrote the rest as well.
      const { key, value } = content as Pick<StoredRecord, 'key' | 'value'>
      return { key, version, value }
    } catch (error) {
      if (error instanceof PointsmanError)
        throw new PointsmanError('STORE_BROKEN', `${full} ${error.message}`, error)
      ignoreMissing(error)
      return undefined
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (nodeCodeOf(error) !== 'ENOENT') throw error
}
