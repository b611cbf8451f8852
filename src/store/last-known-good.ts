import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { PointsmanError } from '../core/errors.js'
import { systemReason } from '../core/node-errors.js'
import type { Clock } from '../core/ports.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../model/document.js'
import type { Read } from '../model/read-model.js'
import { BundleWriter } from './bundle-writer.js'
import { fileNameOf, folderNames } from './file-name.js'
import { Generations } from './generations.js'
import {
  readKeptHosts,
  readKeptModel,
  writeKeptHosts,
  writeKeptModel,
  type KeptHosts,
  type KeptModel,
} from './kept-state.js'
import type { ModelStore, StoreNews, StoreReport, Versioned } from './model-store.js'
import { isLegacyFolder, lineOf, readLegacyFolder } from './legacy-folder.js'
import { Troubles } from './troubles.js'

/** So many states are kept of each application, and as many of its hosts. */
const GENERATIONS = 5

/** What last known good is given. */
export interface LastKnownGoodOptions {
  readonly store: Pick<ModelStore, 'watch'>
  readonly directory: string
  readonly clock: Clock
  readonly report: StoreReport
}

interface Loaded<Content> {
  readonly content: Content
  readonly savedAtMs: number
}

/**
 * Keeps what served last in a folder, and tells it to whoever watches before the store itself answers. A folder that
 * cannot be read or written is reported, and stops nobody.
 */
export class LastKnownGood {
  private readonly options: LastKnownGoodOptions
  private readonly troubles: Troubles
  private readonly writer: BundleWriter
  private readonly histories = new Map<string, Generations>()
  /** Applications of which a model is kept. */
  private readonly kept = new Set<string>()
  private readonly keptHosts = new Map<string, KeptHosts>()
  /** Hosts as the store has told them. */
  private readonly storedHosts = new Map<string, readonly StackHosts[]>()
  private isLoaded = false

  constructor(options: LastKnownGoodOptions) {
    this.options = options
    this.troubles = new Troubles(options.report)
    this.writer = new BundleWriter(options.clock, options.report)
  }

  /**
   * Tells, the first time, what is kept and `complete`, if anything is; then all that the store tells, and `complete` once
   * more. A store that has nothing at all while something is kept is taken for lost: somebody has emptied it, or it is another one.
   * @param signal as with a store
   * @throws PointsmanError as the store does
   */
  async *watch(signal: AbortSignal): AsyncGenerator<StoreNews, void> {
    yield* await this.load()
    const told = new Set<string>()
    for await (const news of this.options.store.watch(signal)) {
      if (news.kind === 'application' || news.kind === 'broken') told.add(news.name)
      if (news.kind === 'removed') this.forget(news.name)
      if (news.kind === 'complete') yield* this.vanished(told)
      if (news.kind !== 'hosts' || this.isNew(news.name, news.stacks)) yield news
    }
  }

  /** Takes note of a model that serves by now, and of the lists that it uses. */
  keepApplication(
    name: string,
    stored: Versioned<ApplicationModel>,
    lists: readonly NamespacedList[],
  ): void {
    this.kept.add(name)
    this.writer.put(this.history('applications', name), () => writeKeptModel({ stored, lists }))
  }

  /** Takes note of the hosts of an application that serve by now; that there are none is not kept. */
  rememberHosts(name: string, stacks: readonly StackHosts[]): void {
    if (stacks.length === 0 || isDeepStrictEqual(stacks, this.keptHosts.get(name)?.stacks)) return
    const hosts = { stacks, stored: this.storedHosts.get(name) }
    this.keptHosts.set(name, hosts)
    this.writer.put(this.history('hosts', name), () => writeKeptHosts(hosts))
  }

  /** Resolves when everything is written, or was tried. */
  async flush(): Promise<void> {
    await this.writer.flush()
  }

  /** What is kept of applications that the store does not have any more. */
  private vanished(told: ReadonlySet<string>): readonly StoreNews[] {
    const { directory } = this.options
    if (told.size === 0 && this.kept.size > 0)
      throw new PointsmanError(
        'STORE_LOST',
        `The store is empty, which it was not: what is kept in ${directory} goes on to serve; remove that if it is right so`,
      )
    return [...this.kept].flatMap((name) => {
      if (told.has(name)) return []
      this.forget(name)
      return { kind: 'removed', name }
    })
  }

  private forget(name: string): void {
    this.kept.delete(name)
    this.keptHosts.delete(name)
    this.storedHosts.delete(name)
    for (const kind of ['applications', 'hosts'] as const)
      this.writer.remove(this.history(kind, name))
  }

  /** Hosts that the store had already when live ones were kept know less than these. */
  private isNew(name: string, stacks: readonly StackHosts[]): boolean {
    this.storedHosts.set(name, stacks)
    return !isDeepStrictEqual(this.keptHosts.get(name)?.stored, stacks)
  }

  private history(kind: 'applications' | 'hosts', name: string): Generations {
    const path = join(this.options.directory, kind, fileNameOf(name))
    let history = this.histories.get(path)
    if (!history) this.histories.set(path, (history = new Generations(path, GENERATIONS)))
    return history
  }

  /** What is kept, the first time; nothing later, for what came since is newer. */
  private async load(): Promise<readonly StoreNews[]> {
    if (this.isLoaded) return []
    this.isLoaded = true
    const { directory } = this.options
    try {
      const legacy = await this.loadLegacy()
      const own = await this.loadAll('applications', readKeptModel)
      const applications = new Map([...legacy.applications, ...own])
      const hosts = new Map([...legacy.hosts, ...(await this.loadAll('hosts', readKeptHosts))])
      for (const name of applications.keys()) this.kept.add(name)
      for (const [name, { content }] of hosts) this.keptHosts.set(name, content)
      return newsOf(applications, hosts)
    } catch (error) {
      const why = `${directory} cannot be read: ${systemReason(error)}`
      this.troubles.tell(directory, new PointsmanError('STORE_LOST', why, error))
      return []
    }
  }

  /** A backup folder of Redirector that was put there; what was kept since is newer. */
  private async loadLegacy() {
    const applications = new Map<string, Loaded<KeptModel>>()
    const hosts = new Map<string, Loaded<KeptHosts>>()
    const { directory } = this.options
    if (!(await isLegacyFolder(directory))) return { applications, hosts }
    const { notes, savedAtMs, lists, ...folder } = await readLegacyFolder(directory)
    for (const note of notes) {
      const error = new PointsmanError('STORE_BROKEN', lineOf(note))
      this.troubles.tell(`${directory}/${note.file} ${note.path}`, error)
    }
    for (const { name, model, version = 0, hosts: stacks } of folder.applications) {
      const stored = { version, content: model }
      applications.set(name, { content: { stored, lists }, savedAtMs })
      if (stacks.length > 0) hosts.set(name, { content: { stacks, stored: undefined }, savedAtMs })
    }
    return { applications, hosts }
  }

  private async loadAll<Content>(
    kind: 'applications' | 'hosts',
    read: (document: unknown) => Read<Content>,
  ): Promise<Map<string, Loaded<Content>>> {
    const loaded = new Map<string, Loaded<Content>>()
    for (const name of await folderNames(join(this.options.directory, kind))) {
      const history = this.history(kind, name)
      const { bundle, damaged } = await history.newest(({ content }) => refusal(read(content)))
      for (const { version, error } of damaged) this.troubles.tell(history.pathOf(version), error)
      const known = bundle && read(bundle.content)
      if (!known || !('content' in known)) continue
      loaded.set(name, { content: known.content, savedAtMs: bundle.savedAtMs })
      this.writer.note(history, bundle.content)
    }
    return loaded
  }
}

function refusal(read: Read<unknown>): string | undefined {
  const [problem] = 'problems' in read ? read.problems : []
  return problem && `${problem.path} ${problem.message}`.trim()
}

function newsOf(
  applications: ReadonlyMap<string, Loaded<KeptModel>>,
  hosts: ReadonlyMap<string, Loaded<KeptHosts>>,
): readonly StoreNews[] {
  if (applications.size === 0) return []
  const lists = new Map<string, NamespacedList>()
  const byAge = [...applications.values()].sort((a, b) => a.savedAtMs - b.savedAtMs)
  for (const { content } of byAge) for (const list of content.lists) lists.set(list.name, list)
  return [
    // Older than any that the store may have.
    { kind: 'lists', stored: { version: -1, content: [...lists.values()] } },
    ...[...hosts].map(([name, { content }]): StoreNews => ({
      kind: 'hosts',
      name,
      stacks: content.stacks,
    })),
    ...[...applications].map(([name, { content, savedAtMs }]): StoreNews => {
      const { stored, lists } = content
      return { kind: 'application', name, stored, kept: { lists, savedAtMs } }
    }),
    { kind: 'complete' },
  ]
}
