import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PointsmanError } from '../core/errors.js'
import { systemReason } from '../core/node-errors.js'
import type { Clock } from '../core/ports.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../model/document.js'
import { readLists, readModel } from '../model/read-model.js'
import type { StackRemoval } from '../model/stack-removal.js'
import { writeLists, writeModel } from '../model/write-model.js'
import { makeFolder } from './durable-file.js'
import { documentNames, fileNameOf, folderNames } from './file-name.js'
import { FolderWatch } from './folder-watch.js'
import { Generations, GENERATIONS } from './generations.js'
import { brokenFile, HostFiles } from './host-files.js'
import { KeptDocument, type Sight } from './kept-document.js'
import type { HostStore, ModelStore, StoreNews, StoreReport } from './model-store.js'
import { RecordFolder } from './record-folder.js'
import type { Commit, ModelName, ModelWrite, RecordStore, StoredRecord } from './record-store.js'
import { ToldNews } from './told-news.js'
import { Troubles } from './troubles.js'
import { WorkingFile } from './working-file.js'

/**
 * A file may be half written when it is looked at; what is wrong with it is told when it has lain still for so long, and
 * before that not everything was told.
 */
const UNSETTLED_MS = 300

/** What a store in a folder is given. */
export interface FileStoreOptions {
  readonly directory: string
  readonly clock: Clock
  readonly report: StoreReport
  /** So many versions are kept of each document; `GENERATIONS` unless given. */
  readonly generations?: number
}

/**
 * Keeps models, lists and hosts as files that people may edit, with a history beside, and records, which nobody may
 * (`docs/stores.md`).
 */
export class FileStore implements ModelStore, HostStore, RecordStore {
  private readonly options: FileStoreOptions
  private readonly troubles: Troubles
  private readonly lists: KeptDocument<readonly NamespacedList[]>
  private readonly hosts: HostFiles
  private readonly records: RecordFolder
  private readonly applications = new Map<string, KeptDocument<ApplicationModel>>()

  constructor(options: FileStoreOptions) {
    this.options = options
    this.troubles = new Troubles(options.report)
    this.hosts = new HostFiles(this.path('hosts'), options.report)
    this.lists = new KeptDocument(
      new WorkingFile(this.path('lists.json')),
      this.generations('lists'),
      { read: readLists, write: writeLists },
      options.report,
    )
    const models = {
      write: (model: ModelWrite, id: string) => this.writeModel(model, id),
      versionOf: (model: ModelName, id: string) => this.document(model).versionOf(id),
    }
    this.records = new RecordFolder(this.path('records'), models, options.report)
  }

  async *watch(signal: AbortSignal): AsyncGenerator<StoreNews, void> {
    await this.guarded(() => this.makeFolders())
    const folders = [this.path(), this.path('applications'), this.path('hosts')]
    const changes = new FolderWatch(folders, this.options.clock)
    const told = {
      news: new ToldNews(),
      hosts: new Map<string, string>(),
      reloads: new Map<string, string>(),
    }
    try {
      for (let isComplete = false; !signal.aborted;) {
        const reloads = await this.hosts.reloads(told.reloads)
        let isSettled = yield* this.listsNews(told.news)
        yield* this.hosts.news(told.hosts)
        for (const name of await this.guarded(() => this.names()))
          isSettled = (yield* this.applicationNews(told.news, name)) && isSettled
        if (isComplete) for (const name of reloads) yield { kind: 'reload-hosts', name }
        else if (isSettled) {
          isComplete = true
          yield { kind: 'complete' }
        }
        await changes.change(signal)
      }
    } catch (error) {
      throw lost(this.options.directory, error)
    } finally {
      changes.close()
    }
  }

  writeApplication(
    name: string,
    model: ApplicationModel,
    version: number | undefined,
  ): Promise<number> {
    return this.writeModel({ kind: 'application', name, model, version })
  }

  async removeApplication(name: string, version: number): Promise<void> {
    await this.application(name).replace(undefined, version)
  }

  writeLists(lists: readonly NamespacedList[], version: number | undefined): Promise<number> {
    return this.writeModel({ kind: 'lists', lists, version })
  }

  writeHosts(name: string, stacks: readonly StackHosts[]): Promise<void> {
    return this.guarded(() => this.hosts.write(name, stacks))
  }

  reloadHosts(name: string): Promise<void> {
    return this.guarded(() => this.hosts.reload(name))
  }

  removeStack(name: string, path: string): Promise<StackRemoval> {
    return this.guarded(async () => {
      await this.makeFolders()
      return this.hosts.removeStack(name, path)
    })
  }

  readRecord(key: string): Promise<StoredRecord | undefined> {
    return this.records.readRecord(key)
  }

  listRecords(folder: string, names?: readonly string[]): Promise<readonly StoredRecord[]> {
    return this.records.listRecords(folder, names)
  }

  listNames(folder: string): Promise<readonly string[]> {
    return this.records.listNames(folder)
  }

  commit(commit: Commit): Promise<number | undefined> {
    return this.records.commit(commit)
  }

  watchRecords(folder: string, signal: AbortSignal): AsyncIterable<void> {
    return this.records.watchRecords(folder, signal)
  }

  close(): Promise<void> {
    return this.records.close()
  }

  private writeModel(model: ModelWrite, id?: string): Promise<number> {
    return this.guarded(async () => {
      await this.makeFolders()
      if (model.kind === 'lists') return this.lists.replace(model.lists, model.version, id)
      return this.application(model.name).replace(model.model, model.version, id)
    })
  }

  private document(model: ModelName): Pick<KeptDocument<unknown>, 'versionOf'> {
    return model.kind === 'lists' ? this.lists : this.application(model.name)
  }

  /** @returns false when it may be half written */
  private async *listsNews(told: ToldNews): AsyncGenerator<StoreNews, boolean> {
    const sight = await this.lists.look()
    if (isUnsettled(sight)) return false
    const path = this.path('lists.json')
    this.troubles.tell(
      path,
      sight.problems.length > 0 ? brokenFile(path, sight.problems) : undefined,
    )
    yield* told.lists(sight)
    return true
  }

  /** @returns false when its file may be half written */
  private async *applicationNews(told: ToldNews, name: string): AsyncGenerator<StoreNews, boolean> {
    const sight = await this.application(name).look()
    if (isUnsettled(sight)) return false
    yield* told.application(name, sight)
    return true
  }

  /** All that have a file or a history. */
  private async names(): Promise<readonly string[]> {
    // Without the folder the store is not empty, but lost: a file system that is not mounted.
    await readdir(this.path('applications'))
    const edited = await documentNames(this.path('applications'))
    return [...new Set([...edited, ...(await folderNames(this.path('history', 'applications')))])]
  }

  private application(name: string): KeptDocument<ApplicationModel> {
    let document = this.applications.get(name)
    if (!document) {
      document = new KeptDocument(
        new WorkingFile(this.path('applications', `${fileNameOf(name)}.json`)),
        this.generations('applications', fileNameOf(name)),
        { read: readModel, write: writeModel },
        this.options.report,
      )
      this.applications.set(name, document)
    }
    return document
  }

  private generations(...names: readonly string[]): Generations {
    return new Generations(this.path('history', ...names), this.options.generations ?? GENERATIONS)
  }

  private path(...names: readonly string[]): string {
    return join(this.options.directory, ...names)
  }

  private async makeFolders(): Promise<void> {
    await makeFolder(this.path('applications'))
    // Where nothing may be written there may be models without hosts.
    await makeFolder(this.path('hosts')).catch(() => {})
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw lost(this.options.directory, error)
    }
  }
}

function isUnsettled({ problems, changedAtMs }: Sight<unknown>): boolean {
  return problems.length > 0 && Math.abs(Date.now() - changedAtMs) < UNSETTLED_MS
}

function lost(directory: string, error: unknown): PointsmanError {
  if (error instanceof PointsmanError) return error
  return new PointsmanError('STORE_LOST', `${directory}: ${systemReason(error)}`, error)
}
