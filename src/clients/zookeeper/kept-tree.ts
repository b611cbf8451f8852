import type { Clock, Timer } from '../../core/ports.js'
import { childPath, namesOf } from './paths.js'
import { ZookeeperError } from './zookeeper-error.js'
import type { ZookeeperSession } from './zookeeper-session.js'

/** Reads under way at one time: enough to hide the way to the server, few enough to leave it to others too. */
const MOST_READS = 64

/** While changes follow hard on one another they are told of so often. */
const TELL_EVERY_MS = 100

/** No tree is kept beyond so many nodes; what comes on top is left out and told as a problem. */
const MOST_NODES = 200_000

/** What of a node is kept. */
export interface Wanted {
  readonly data: boolean
  readonly children: boolean
}

/** What is known of the data of a node. */
export interface Kept<Value> {
  readonly value: Value
  /** Of the data, as ZooKeeper counts it. */
  readonly version: number
}

/** What is to be kept, and who is told. */
export interface TreeOptions<Value> {
  readonly root: string
  /** @param names of the node, from below the root; none for the root itself */
  readonly wants: (names: readonly string[]) => Wanted
  /** Makes of a node's data what is kept of it, once for each change; must not throw. */
  readonly read: (data: Buffer, path: string) => Value
  /**
   * Told of the nodes whose data or children have changed, came or went: first when the whole tree was read, then when
   * what had changed was read. After each time without a connection it is told, even of nothing, that the tree is up to
   * date again. Must not throw.
   */
  readonly onChange: (paths: ReadonlySet<string>) => void
  /** Told of a node that cannot be read for a reason of its own; the rest is kept all the same. Must not throw. */
  readonly onProblem: (path: string, error: ZookeeperError) => void
  readonly clock: Clock
}

type Part = 'data' | 'children'

interface Entry<Value> {
  readonly wanted: Wanted
  kept: Kept<Value> | undefined
  /** The change that it comes from, and when that was: data that were lost and put back may have the same count. */
  writtenBy: readonly [zxid: bigint, atMs: bigint] | undefined
  names: ReadonlySet<string>
}

const NO_NAMES: ReadonlySet<string> = new Set()

/**
 * A part of ZooKeeper's tree, kept in memory and up to date: each node is read together with a watch, so that no change
 * can happen unseen. While there is no session the last state stays; in a new one everything is read again, and only what
 * is then not there goes.
 */
export class KeptTree<Value> {
  private readonly session: ZookeeperSession
  private readonly options: TreeOptions<Value>
  private readonly entries = new Map<string, Entry<Value>>()
  /** Parts that have to be read, `data /a/b`, in the order in which that was found out. */
  private readonly due = new Map<string, readonly [Part, string]>()
  private readonly reading = new Set<string>()
  private readonly leave: () => void
  private changed = new Set<string>()
  private telling: Timer | undefined
  private hasAll = false
  private isAwaited = true
  private isClosed = false

  /** Begins to read as soon as the session is connected. */
  constructor(session: ZookeeperSession, options: TreeOptions<Value>) {
    this.session = session
    this.options = options
    this.leave = session.onEvent((event) => {
      if (event.kind !== 'connected') return
      this.isAwaited = true
      if (event.isNew) this.readAll()
      this.pump()
      this.tellSoon()
    })
    this.enter(options.root)
    this.pump()
  }

  /** Whether the whole tree was read once. */
  get isComplete(): boolean {
    return this.hasAll
  }

  /** Whether a node is there. */
  has(path: string): boolean {
    return this.entries.has(path)
  }

  /** Whether nothing is known to have changed that was not read yet. */
  get isSettled(): boolean {
    return this.due.size === 0 && this.reading.size === 0
  }

  /** The data of a node; undefined when it is not there, or not wanted. */
  get(path: string): Kept<Value> | undefined {
    return this.entries.get(path)?.kept
  }

  /** The names of a node's children; none when it is not there, or they are not wanted. */
  names(path: string): ReadonlySet<string> {
    return this.entries.get(path)?.names ?? NO_NAMES
  }

  close(): void {
    this.isClosed = true
    this.leave()
    this.telling?.cancel()
    this.due.clear()
    this.entries.clear()
  }

  private readAll(): void {
    for (const path of this.entries.keys()) this.markAll(path)
  }

  /** Takes a node into the tree, of which nothing is known yet. */
  private enter(path: string): void {
    const { root, wants } = this.options
    const names = namesOf(path).slice(namesOf(root).length)
    this.entries.set(path, {
      wanted: wants(names),
      kept: undefined,
      writtenBy: undefined,
      names: NO_NAMES,
    })
    this.changed.add(path)
    this.markAll(path)
  }

  private markAll(path: string): void {
    const wanted = this.entries.get(path)?.wanted
    if (wanted?.data) this.mark('data', path)
    if (wanted?.children) this.mark('children', path)
  }

  private mark(part: Part, path: string): void {
    if (!this.isClosed) this.due.set(`${part} ${path}`, [part, path])
  }

  private pump(): void {
    if (!this.session.isConnected) return
    for (const [key, [part, path]] of this.due) {
      if (this.reading.size >= MOST_READS) return
      if (this.reading.has(key)) continue
      this.due.delete(key)
      if (!this.entries.has(path)) continue
      this.reading.add(key)
      void this.readPart(part, path).then(() => {
        this.reading.delete(key)
        if (this.isClosed) return
        this.pump()
        this.tellSoon()
      })
    }
  }

  private async readPart(part: Part, path: string): Promise<void> {
    const onChange = (): void => {
      this.mark(part, path)
      this.pump()
    }
    try {
      const isThere =
        part === 'data'
          ? await this.readData(path, onChange)
          : await this.readChildren(path, onChange)
      if (!isThere) await this.miss(part, path)
    } catch (error) {
      this.failed(part, path, error)
    }
  }

  private async readData(path: string, onChange: () => void): Promise<boolean> {
    const node = await this.session.read(path, onChange)
    const entry = this.entries.get(path)
    if (!node || !entry) return node !== undefined
    const [zxid, atMs] = entry.writtenBy ?? []
    if (zxid === node.zxid && atMs === node.modifiedAtMs) return true
    entry.kept = { value: this.options.read(node.data, path), version: node.version }
    entry.writtenBy = [node.zxid, node.modifiedAtMs]
    this.changed.add(path)
    return true
  }

  private async readChildren(path: string, onChange: () => void): Promise<boolean> {
    const names = await this.session.children(path, onChange)
    const entry = this.entries.get(path)
    if (!names || !entry) return names !== undefined
    const before = entry.names
    entry.names = new Set(names)
    for (const name of before) if (!entry.names.has(name)) this.drop(childPath(path, name))
    for (const name of names) {
      const child = childPath(path, name)
      if (this.entries.has(child)) continue
      if (this.entries.size >= MOST_NODES) {
        const words = `ZooKeeper: more than ${MOST_NODES} nodes below ${this.options.root}`
        this.options.onProblem(path, new ZookeeperError('refused', words))
        break
      }
      this.enter(child)
    }
    if (before.size !== names.length || names.some((name) => !before.has(name)))
      this.changed.add(path)
    return true
  }

  /** A node turns out not to be there: its parent's watch tells when it comes back, the root needs one of its own. */
  private async miss(part: Part, path: string): Promise<void> {
    if (path !== this.options.root) {
      this.drop(path)
      return
    }
    const entry = this.entries.get(path)
    if (entry?.kept || (entry && entry.names.size > 0)) {
      for (const name of entry.names) this.drop(childPath(path, name))
      entry.kept = undefined
      entry.writtenBy = undefined
      entry.names = NO_NAMES
      this.changed.add(path)
    }
    const again = (): void => {
      this.mark(part, path)
      this.pump()
    }
    if (await this.session.exists(path, again)) this.mark(part, path)
  }

  private drop(path: string): void {
    const entry = this.entries.get(path)
    if (!entry) return
    this.entries.delete(path)
    this.changed.add(path)
    for (const name of entry.names) this.drop(childPath(path, name))
  }

  private failed(part: Part, path: string, error: unknown): void {
    const isOurs = error instanceof ZookeeperError
    // It is read when there is a connection again.
    if (isOurs && (error.reason === 'lost' || error.reason === 'expired')) this.mark(part, path)
    else if (!this.isClosed)
      this.options.onProblem(
        path,
        isOurs ? error : new ZookeeperError('refused', `ZooKeeper: ${String(error)}`, error),
      )
  }

  /** What belongs together is told together; but no change waits long for those that come after it. */
  private tellSoon(): void {
    if (this.changed.size === 0 && !this.isAwaited) return
    if (this.isSettled) this.tell()
    else if (this.hasAll)
      this.telling ??= this.options.clock.after(TELL_EVERY_MS, () => this.tell())
  }

  private tell(): void {
    this.telling?.cancel()
    this.telling = undefined
    this.hasAll = true
    this.isAwaited &&= !this.isSettled
    const { changed } = this
    this.changed = new Set()
    this.options.onChange(changed)
  }
}
