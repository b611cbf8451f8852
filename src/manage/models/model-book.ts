import { instanceTarget } from '../../core/instance.js'
import type { TargetStatus } from '../../core/group-health.js'
import type { TargetState } from '../../core/health.js'
import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
  StackHosts,
} from '../../model/document.js'
import type { StoreNews, Versioned } from '../../store/model-store.js'
import type { ModelName } from '../../store/record-store.js'

/** The newest model of an application. */
export interface BookedModel {
  readonly version: number
  /** Undefined while none could be read. */
  readonly model: ApplicationModel | undefined
  /** Why this version does not serve. */
  readonly problems: readonly DocumentProblem[]
}

/** A host of an application, and how it is. */
export type BookedHost = StackHosts['hosts'][number] & {
  readonly state: TargetState
  /** Whether clients are sent there. */
  readonly serves: boolean
  /** Why it is in its state; empty while nothing happened. */
  readonly reason: string
}

/** The hosts of one application that take its clients by now. */
export interface BookedHosts {
  /** Those that register, a copy of these, or those stored with the model. */
  readonly origin: 'live' | 'frozen' | 'stored'
  readonly stacks: readonly { readonly path: string; readonly hosts: readonly BookedHost[] }[]
}

/** What is told of models; of hosts nothing. */
export type BookNews = Exclude<StoreNews, { kind: 'hosts' } | { kind: 'reload-hosts' }>

/** A model, or the lists, of which another version is known; undefined when it is gone. */
export type BookChange = ModelName & { readonly version: number | undefined }

/** What serves by now, by application. */
export interface Serving {
  /** Undefined for an application that nobody knows. */
  hosts(
    name: string,
  ): (Pick<BookedHosts, 'origin'> & { readonly stacks: readonly StackHosts[] }) | undefined
  targets(name: string): readonly TargetStatus[]
  /** Why the newest model does not serve. */
  problems(name: string): readonly DocumentProblem[]
}

const UNKNOWN = { state: 'unknown', serves: false, reason: '' } as const

/** The newest models and lists as this process knows them, and their hosts. */
export class ModelBook {
  private readonly serving: Serving
  private readonly models = new Map<string, Versioned<ApplicationModel | undefined>>()
  private readonly listeners = new Set<(change: BookChange) => void>()
  private newestLists: Versioned<readonly NamespacedList[]> | undefined
  private hasAll = false

  constructor(serving: Serving) {
    this.serving = serving
  }

  /** Whether everything was told that there is: before that, what is missing may be there all the same. */
  get isComplete(): boolean {
    return this.hasAll
  }

  /** In the order of code units. */
  names(): readonly string[] {
    return [...this.models.keys()].sort()
  }

  get(name: string): BookedModel | undefined {
    const newest = this.models.get(name)
    if (!newest) return undefined
    const { version, content: model } = newest
    return { version, model, problems: this.serving.problems(name) }
  }

  /** Undefined while there never were any. */
  get lists(): Versioned<readonly NamespacedList[]> | undefined {
    return this.newestLists
  }

  /** Undefined for an application that is not known, or of whose hosts nobody has told yet. */
  hosts(name: string): BookedHosts | undefined {
    const known = this.serving.hosts(name)
    if (!known) return undefined
    const statuses = new Map(this.serving.targets(name).map((each) => [each.target.id, each]))
    const stacks = known.stacks.map(({ path, hosts }) => ({
      path,
      hosts: hosts.map((host) => {
        const id = instanceTarget({ stack: path, ...host }, host.weight)?.id ?? ''
        const { state, serves, reason } = statuses.get(id) ?? UNKNOWN
        return { ...host, state, serves, reason }
      }),
    }))
    return { origin: known.origin, stacks }
  }

  /**
   * Tells of each change from now on, when `get` and `lists` show it already.
   * @param listener must not throw
   * @returns ends the telling
   */
  onChange(listener: (change: BookChange) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * Resolves as soon as a version is known here that was written, or a later one; whoever writes reads it then.
   * @param version undefined for what was removed
   * @returns false when `signal` aborts first
   */
  async reached(
    subject: ModelName,
    version: number | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const isThere = (): boolean => {
      const known = this.versionOf(subject)
      return version === undefined ? known === undefined : known !== undefined && known >= version
    }
    if (isThere()) return true
    return new Promise((resolve) => {
      const end = (): void => {
        leave()
        signal.removeEventListener('abort', end)
        resolve(isThere())
      }
      const leave = this.onChange(() => {
        if (isThere()) end()
      })
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
    })
  }

  /** Takes what is new. */
  take(news: BookNews): void {
    switch (news.kind) {
      case 'complete':
        this.hasAll = true
        break
      case 'lists':
        this.newestLists = news.stored
        this.tell({ kind: 'lists', version: news.stored.version })
        break
      case 'removed':
        if (this.models.delete(news.name))
          this.tell({ kind: 'application', name: news.name, version: undefined })
        break
      case 'application':
        this.put(news.name, news.stored)
        break
      case 'broken':
        this.put(news.name, { version: news.version, content: this.models.get(news.name)?.content })
    }
  }

  private put(name: string, newest: Versioned<ApplicationModel | undefined>): void {
    this.models.set(name, newest)
    this.tell({ kind: 'application', name, version: newest.version })
  }

  private versionOf(subject: ModelName): number | undefined {
    if (subject.kind === 'lists') return this.newestLists?.version
    return this.models.get(subject.name)?.version
  }

  private tell(change: BookChange): void {
    for (const listener of [...this.listeners]) listener(change)
  }
}
