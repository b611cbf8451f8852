import { PointsmanError } from '../../src/core/errors.js'
import { Bell } from '../../src/core/wait.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../../src/model/document.js'
import { removalOf, type StackRemoval } from '../../src/model/stack-removal.js'
import type { HostStore, ModelStore, StoreNews } from '../../src/store/model-store.js'
import type {
  Commit,
  ModelWrite,
  RecordStore,
  RecordWrite,
  StoredRecord,
} from '../../src/store/record-store.js'

interface Kept<Content> {
  readonly version: number
  /** Undefined for what was removed: its versions go on. */
  readonly content: Content | undefined
}

function checkVersion(
  what: string,
  kept: Kept<unknown> | undefined,
  wanted: number | undefined,
): void {
  const present = kept?.content === undefined ? undefined : kept.version
  if (present === wanted) return
  throw new PointsmanError('STORE_CONFLICT', `${what} has version ${present}, not ${wanted}`)
}

/** What watches are told from, and what wakes them. */
class Watches {
  private readonly bells = new Set<Bell>()

  ring(): void {
    for (const bell of this.bells) bell.ring()
  }

  /** Tells what `look` finds, now and whenever something changed. */
  async *tell<T>(signal: AbortSignal, look: () => Iterable<T>): AsyncGenerator<T, void> {
    const bell = new Bell()
    this.bells.add(bell)
    const wake = (): void => bell.ring()
    signal.addEventListener('abort', wake)
    try {
      while (!signal.aborted) {
        yield* look()
        await bell.rung()
      }
    } finally {
      this.bells.delete(bell)
      signal.removeEventListener('abort', wake)
    }
  }
}

/** A store in memory that does what the others do; several may share what they keep by being the same object. */
export class MemoryStore implements ModelStore, HostStore, RecordStore {
  /** Set for one that does not answer any more. */
  failure: PointsmanError | undefined
  /** Set for one that does what is committed next, and does not say so. */
  losesAnswer = false
  private readonly models = new Map<string, Kept<ApplicationModel>>()
  private lists: Kept<readonly NamespacedList[]> | undefined
  private readonly hosts = new Map<string, readonly StackHosts[]>()
  /** Who wanted hosts to be read again, one by one. */
  private readonly reloads: { readonly name: string }[] = []
  private readonly records = new Map<string, StoredRecord>()
  /** The key of each record that was asked for. */
  private readonly asked: string[] = []
  private readonly watches = new Watches()

  // eslint-disable-next-line @typescript-eslint/require-await
  async readRecord(key: string): Promise<StoredRecord | undefined> {
    this.asked.push(key)
    this.checkAlive()
    return structuredClone(this.records.get(key))
  }

  /** How often records whose keys begin so were asked for, one by one. */
  reads(prefix: string): number {
    return this.asked.filter((key) => key.startsWith(prefix)).length
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async listRecords(folder: string, names?: readonly string[]): Promise<readonly StoredRecord[]> {
    this.checkAlive()
    const wanted = names ?? this.namesIn(folder)
    const keys = wanted.map((name) => `${folder}/${name}`).sort()
    return structuredClone(keys.flatMap((key) => this.records.get(key) ?? []))
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async listNames(folder: string): Promise<readonly string[]> {
    this.checkAlive()
    return this.namesIn(folder)
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async commit({ records, model }: Commit): Promise<number | undefined> {
    this.checkAlive()
    for (const { key, version } of records) {
      const present = this.records.get(key)?.version
      if (present === version) continue
      throw new PointsmanError('STORE_CONFLICT', `${key} has version ${present}, not ${version}`)
    }
    const written = model && this.writeModel(model)
    for (const record of records) this.writeRecord(record)
    this.watches.ring()
    if (this.losesAnswer) {
      this.losesAnswer = false
      throw new PointsmanError('STORE_LOST', 'it is not known what was done')
    }
    return written
  }

  async *watchRecords(folder: string, signal: AbortSignal): AsyncGenerator<void, void> {
    this.checkAlive()
    let seen = ''
    yield* this.watches.tell(signal, () => {
      const inside = [...this.records.values()].filter(({ key }) => key.startsWith(`${folder}/`))
      const now = JSON.stringify(inside)
      if (now === seen) return []
      seen = now
      return [undefined]
    })
  }

  async *watch(signal: AbortSignal): AsyncGenerator<StoreNews, void> {
    this.checkAlive()
    const told = new Map<string, unknown>()
    yield* this.watches.tell(signal, () => this.news(told))
  }

  async writeApplication(
    name: string,
    model: ApplicationModel,
    version: number | undefined,
  ): Promise<number> {
    const write: ModelWrite = { kind: 'application', name, model, version }
    return (await this.commit({ records: [], model: write })) ?? 0
  }

  async writeLists(lists: readonly NamespacedList[], version: number | undefined): Promise<number> {
    return (await this.commit({ records: [], model: { kind: 'lists', lists, version } })) ?? 0
  }

  async removeApplication(name: string, version: number): Promise<void> {
    const model = { kind: 'application', name, model: undefined, version } as const
    await this.commit({ records: [], model })
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async writeHosts(name: string, stacks: readonly StackHosts[]): Promise<void> {
    this.checkAlive()
    this.hosts.set(name, stacks)
    this.watches.ring()
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async reloadHosts(name: string): Promise<void> {
    this.checkAlive()
    this.reloads.push({ name })
    this.watches.ring()
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async removeStack(name: string, path: string): Promise<StackRemoval> {
    this.checkAlive()
    const stacks = this.hosts.get(name) ?? []
    const removal = removalOf(stacks, path)
    if (removal !== 'removed') return removal
    this.hosts.set(
      name,
      stacks.filter((each) => each.path !== path),
    )
    this.watches.ring()
    return removal
  }

  async close(): Promise<void> {}

  private namesIn(folder: string): readonly string[] {
    const below = [...this.records.keys()].filter((key) => key.startsWith(`${folder}/`))
    const names = below.map((key) => key.slice(folder.length + 1))
    return names.filter((name) => !name.includes('/')).sort()
  }

  private checkAlive(): void {
    if (this.failure) throw this.failure
  }

  private writeRecord({ key, value, version }: RecordWrite): void {
    if (value === undefined) this.records.delete(key)
    else
      this.records.set(key, {
        key,
        version: version === undefined ? 0 : version + 1,
        value: structuredClone(value),
      })
  }

  private writeModel(write: ModelWrite): number | undefined {
    if (write.kind === 'lists') {
      checkVersion('The lists', this.lists, write.version)
      const version = (this.lists?.version ?? -1) + 1
      this.lists = { version, content: write.lists }
      return version
    }
    const { name, model } = write
    const before = this.models.get(name)
    checkVersion(name, before, write.version)
    const version = (before?.version ?? -1) + 1
    this.models.set(name, { version, content: model })
    return model && version
  }

  /** What has not been told yet. */
  private *news(told: Map<string, unknown>): Generator<StoreNews, void> {
    const isNew = (what: string, state: unknown): boolean => {
      if (told.has(what) && told.get(what) === state) return false
      told.set(what, state)
      return true
    }
    const { lists } = this
    if (lists?.content && isNew('lists', lists))
      yield { kind: 'lists', stored: { version: lists.version, content: lists.content } }
    for (const [name, kept] of [...this.models]) {
      const wasTold = told.has(`model ${name}`)
      if (!isNew(`model ${name}`, kept)) continue
      const { version, content } = kept
      if (content) yield { kind: 'application', name, stored: { version, content } }
      else if (wasTold) yield { kind: 'removed', name }
    }
    for (const [name, stacks] of [...this.hosts])
      if (isNew(`hosts ${name}`, stacks)) yield { kind: 'hosts', name, stacks }
    const isComplete = !isNew('complete', true)
    if (!isComplete) yield { kind: 'complete' }
    for (const reload of [...this.reloads])
      if (isNew(`reload ${this.reloads.indexOf(reload)}`, reload) && isComplete)
        yield { kind: 'reload-hosts', name: reload.name }
  }
}
