import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { PointsmanError } from '../core/errors.js'
import type { DocumentProblem, StackHosts } from '../model/document.js'
import { readHosts } from '../model/read-model.js'
import { removalOf, type StackRemoval } from '../model/stack-removal.js'
import { writeHosts } from '../model/write-model.js'
import { documentNames, fileNameOf } from './file-name.js'
import type { StoreNews, StoreReport } from './model-store.js'
import { Troubles } from './troubles.js'
import { WorkingFile, type WorkingText } from './working-file.js'

/**
 * Hosts that are stored with applications, each in a file that people may edit; a change of the file beside it that ends in
 * `.reload` has hosts of static applications read again.
 */
export class HostFiles {
  private readonly folder: string
  private readonly troubles: Troubles

  constructor(folder: string, report: StoreReport) {
    this.folder = folder
    this.troubles = new Troubles(report)
  }

  async write(name: string, stacks: readonly StackHosts[]): Promise<void> {
    await put(this.file(name), writeHosts(stacks))
  }

  /** Has everybody told that hosts are to be read again. */
  async reload(name: string): Promise<void> {
    await put(this.file(name, 'reload'), new Date().toISOString())
  }

  /** @throws PointsmanError STORE_BROKEN, or STORE_CONFLICT when somebody edits the file meanwhile */
  async removeStack(name: string, path: string): Promise<StackRemoval> {
    const file = this.file(name)
    const before = await file.read()
    const stacks = before ? readStored(before, file) : []
    const removal = removalOf(stacks, path)
    if (removal !== 'removed') return removal
    await put(file, writeHosts(stacks.filter((each) => each.path !== path)), before)
    const after = await file.read()
    if (!after || removalOf(readStored(after, file), path) === 'unknown') return 'removed'
    throw new PointsmanError('STORE_CONFLICT', `${file.path} was edited by somebody else`)
  }

  /**
   * The applications whose hosts are to be read again.
   * @param seen the states of their files; is kept up to date
   */
  async reloads(seen: Map<string, string>): Promise<readonly string[]> {
    const due: string[] = []
    for (const name of await documentNames(this.folder, 'reload')) {
      const state = await this.file(name, 'reload').state()
      if (state === undefined || state === seen.get(name)) continue
      seen.set(name, state)
      due.push(name)
    }
    return due
  }

  /**
   * What is new; hosts in a file that cannot be read stay as they were told.
   * @param told the states of the files by application; is kept up to date
   */
  async *news(told: Map<string, string>): AsyncGenerator<StoreNews> {
    const names = await documentNames(this.folder)
    for (const name of names) {
      const file = this.file(name)
      const state = await file.state()
      if (state === undefined || state === told.get(name)) continue
      const text = await file.read()
      if (!text) continue
      told.set(name, text.state)
      const stacks = this.stacksIn(text, file.path)
      if (stacks) yield { kind: 'hosts', name, stacks }
    }
    for (const name of [...told.keys()].filter((each) => !names.includes(each))) {
      told.delete(name)
      this.troubles.tell(this.file(name).path, undefined)
      yield { kind: 'hosts', name, stacks: [] }
    }
  }

  private file(name: string, ending: 'json' | 'reload' = 'json'): WorkingFile {
    return new WorkingFile(join(this.folder, `${fileNameOf(name)}.${ending}`))
  }

  private stacksIn(text: WorkingText, path: string): readonly StackHosts[] | undefined {
    const read = text.problems.length > 0 ? text : readHosts(text.document)
    if ('content' in read) {
      this.troubles.tell(path, undefined)
      return read.content
    }
    this.troubles.tell(path, brokenFile(path, read.problems))
    return undefined
  }
}

/** @param before what it was made of; a file that has changed since stays */
async function put(file: WorkingFile, document: unknown, before?: WorkingText): Promise<void> {
  const id = randomUUID()
  await file.prepare(id, document)
  await file.apply(id, false, before)
}

/** @throws PointsmanError STORE_BROKEN */
function readStored(text: WorkingText, { path }: WorkingFile): readonly StackHosts[] {
  const read = text.problems.length > 0 ? text : readHosts(text.document)
  if ('content' in read) return read.content
  throw brokenFile(path, read.problems)
}

/** What is wrong with a file, in words. */
export function brokenFile(path: string, problems: readonly DocumentProblem[]): PointsmanError {
  const words = problems.map((each) => (each.path ? `${each.path}: ${each.message}` : each.message))
  return new PointsmanError('STORE_BROKEN', `${path} ${words.slice(0, 3).join('; ')}`)
}
