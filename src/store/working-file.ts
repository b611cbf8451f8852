import type { BigIntStats } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { nodeCodeOf } from '../core/node-errors.js'
import type { DocumentProblem } from '../model/document.js'
import { makeFolder, removeDurably, renameDurably, writeDurably } from './durable-file.js'
import { removeStale } from './generations.js'

/** No model and no lists are longer; it keeps a file that was put there by mistake out of memory. */
const LARGEST_BYTES = 256 << 20

/** A document's file at one moment. */
export interface WorkingText {
  /** A JSON value, or why there is none. */
  readonly document: unknown
  readonly problems: readonly DocumentProblem[]
  /** Tells it from the same file at another time. */
  readonly state: string
  /** When it was written, in milliseconds since 1970-01-01 UTC. */
  readonly changedAtMs: number
}

function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

/** Where JSON.parse stopped, as people count. */
function placeIn(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position === undefined) return 'at its end'
  const lines = text.slice(0, Number(position)).split('\n')
  return `in line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

function parse(text: string): Pick<WorkingText, 'document' | 'problems'> {
  try {
    // Editors of some systems begin a file with a byte order mark.
    return { document: JSON.parse(text.replace(/^\uFEFF/, '')), problems: [] }
  } catch (error) {
    const place = placeIn(text, error instanceof Error ? error.message : '')
    return { document: undefined, problems: [problem(`is no JSON: it goes wrong ${place}`)] }
  }
}

function problem(message: string): DocumentProblem {
  return { code: 'InvalidJson', path: '', message }
}

/** The file of a document that people may edit, and what stands ready to take its place. */
export class WorkingFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /**
   * What the file is like; undefined when it is not there.
   * @throws what the system says, also when there is no folder that it could be in
   */
  async state(): Promise<string | undefined> {
    try {
      return stateOf(await stat(this.path, { bigint: true }))
    } catch (error) {
      if (nodeCodeOf(error) !== 'ENOENT') throw error
      await stat(dirname(this.path))
      return undefined
    }
  }

  /** As `state`, with the text. */
  async read(): Promise<WorkingText | undefined> {
    const before = await this.state()
    if (before === undefined) return undefined
    // Before it is opened, for a pipe would keep us waiting.
    const { mtimeMs, size } = await stat(this.path)
    if (!(await stat(this.path)).isFile() || size > LARGEST_BYTES) {
      const problems = [problem(`is no file, or one of more than ${LARGEST_BYTES} bytes`)]
      return { document: undefined, problems, state: before, changedAtMs: mtimeMs }
    }
    const file = await open(this.path, 'r')
    try {
      const stats = await file.stat({ bigint: true })
      const text = await file.readFile('utf8')
      return { ...parse(text), state: stateOf(stats), changedAtMs: mtimeMs }
    } finally {
      await file.close()
    }
  }

  /** Writes what is to take the file's place; undefined for what is to be removed. */
  async prepare(id: string, document: unknown): Promise<void> {
    await makeFolder(dirname(this.path))
    const text = document === undefined ? '' : `${JSON.stringify(document, null, 2)}\n`
    await writeDurably(this.draftOf(id), text)
  }

  /**
   * Puts what was prepared in the file's place, once: whoever comes second finds nothing to put there. So it does not
   * matter which process does it, nor whether the one that prepared it lives.
   * @param before the state that it was made of; a file that has changed since stays. Undefined: whatever it is like
   */
  async apply(id: string, isRemoval: boolean, before?: { readonly state: string | undefined }) {
    const draft = this.draftOf(id)
    try {
      if (before && before.state !== (await this.state())) await removeDurably(draft)
      else if (!isRemoval) await renameDurably(draft, this.path)
      else if (await this.isPrepared(draft)) {
        await removeDurably(this.path)
        await removeDurably(draft)
      }
    } catch (error) {
      if (nodeCodeOf(error) !== 'ENOENT') throw error
    }
    if (before) await removeStale(dirname(this.path), this.draftOf(''))
  }

  async discard(id: string): Promise<void> {
    await rm(this.draftOf(id), { force: true })
  }

  private draftOf(id: string): string {
    return join(dirname(this.path), `.${basename(this.path)}.${id}`)
  }

  private async isPrepared(draft: string): Promise<boolean> {
    await stat(draft)
    return true
  }
}
