/** What a watch waits for: a change of a node's data, its coming into being, a change of the names of its children. */
export type WatchKind = 'data' | 'existence' | 'children'

/** Called once: something has changed, and whoever wants to know of the next change has to read again. */
export type Watcher = () => void

/** Types of events (ZooKeeper's Watcher.Event.EventType), and the watches that are spent by each. */
const SPENT: ReadonlyMap<number, readonly WatchKind[]> = new Map<number, readonly WatchKind[]>([
  [1, ['data', 'existence']],
  [2, ['data', 'existence', 'children']],
  [3, ['data', 'existence']],
  [4, ['children']],
])

/** Paths of about so many bytes are set again with one request, which must stay below ZooKeeper's limit of 1 MiB. */
const BATCH_BYTES = 128 << 10

/** The paths of one request. */
export type WatchedPaths = Readonly<Record<WatchKind, readonly string[]>>

/** The watches that a session has set, by path. */
export class Watches {
  private readonly watchers: Readonly<Record<WatchKind, Map<string, Set<Watcher>>>> = {
    data: new Map(),
    existence: new Map(),
    children: new Map(),
  }

  add(kind: WatchKind, path: string, watcher: Watcher): void {
    const byPath = this.watchers[kind]
    const known = byPath.get(path)
    if (known) known.add(watcher)
    else byPath.set(path, new Set([watcher]))
  }

  /**
   * Calls those who wait for an event.
   * @param type as the server sends it; one that is not known means nothing
   */
  fire(type: number, path: string): void {
    for (const kind of SPENT.get(type) ?? []) {
      const spent = this.watchers[kind].get(path)
      this.watchers[kind].delete(path)
      for (const watcher of spent ?? []) watcher()
    }
  }

  /** Forgets all of them, without a word: the session that they belonged to is over. */
  clear(): void {
    for (const byPath of Object.values(this.watchers)) byPath.clear()
  }

  /** All paths, in as many parts as there have to be requests. */
  *batches(): Generator<WatchedPaths, void> {
    let batch = { data: [] as string[], existence: [] as string[], children: [] as string[] }
    let sizeBytes = 0
    for (const kind of ['data', 'existence', 'children'] as const) {
      for (const path of this.watchers[kind].keys()) {
        batch[kind].push(path)
        sizeBytes += path.length + 4
        if (sizeBytes < BATCH_BYTES) continue
        yield batch
        batch = { data: [], existence: [], children: [] }
        sizeBytes = 0
      }
    }
    if (sizeBytes > 0) yield batch
  }
}
