import { randomUUID } from 'node:crypto'
import { childPath } from '../../clients/zookeeper/paths.js'
import type { ZookeeperSettings } from '../../clients/zookeeper/session-keeper.js'
import type { SharedSessions } from '../../clients/zookeeper/shared-sessions.js'
import { watchTree } from '../../clients/zookeeper/watch-tree.js'
import { isZookeeperError } from '../../clients/zookeeper/zookeeper-error.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../../model/document.js'
import { readStacks, writeStacks } from '../../model/legacy/hosts.js'
import { removalOf, type StackRemoval } from '../../model/stack-removal.js'
import type { HostStore, ModelStore, StoreNews, StoreReport } from '../model-store.js'
import type { Commit, ModelWrite, RecordStore, StoredRecord } from '../record-store.js'
import { Troubles } from '../troubles.js'
import { APPLICATIONS, type NodeChange } from './application-nodes.js'
import { modelChange, nameOf } from './model-change.js'
import {
  counterOf,
  foldersOf,
  isWritten,
  listNames,
  listRecords,
  readRecord,
  recordOperations,
} from './record-nodes.js'
import { HOSTS, RELOAD_COUNTER, watchNodes } from './watch-nodes.js'

/** How long an outage is waited for. */
const CONNECT_TIMEOUT_MS = 10_000

/** What a store in ZooKeeper is given. */
export interface ZookeeperStoreOptions {
  readonly settings: ZookeeperSettings
  readonly sessions: SharedSessions
  readonly clock: Clock
  readonly report: StoreReport
}

/** Reasons for which nobody knows whether something was done. */
const UNKNOWN = ['lost', 'expired'] as const

const NO_CHANGE: NodeChange = { operations: [], version: undefined }

const CONFLICTS = ['bad-version', 'node-exists', 'no-node', 'not-empty'] as const

function storeError(what: string, error: unknown): PointsmanError {
  if (CONFLICTS.some((reason) => isZookeeperError(error, reason)))
    return new PointsmanError('STORE_CONFLICT', `${what} was changed by somebody else`, error)
  if (error instanceof PointsmanError && error.origin === 'store') return error
  const why = error instanceof Error ? error.message : String(error)
  return new PointsmanError('STORE_LOST', `${what}: ${why}`, error)
}

/** Keeps models and lists as Redirector does (`docs/stores.md`), for gateways of both kinds to read, and records beside. */
export class ZookeeperStore implements ModelStore, HostStore, RecordStore {
  private readonly options: ZookeeperStoreOptions
  private readonly troubles: Troubles
  /** Folders of records that are known to be there. */
  private readonly folders = new Set<string>()

  constructor(options: ZookeeperStoreOptions) {
    this.options = options
    this.troubles = new Troubles(options.report)
  }

  /** As every store's; an outage that lasts ends it. */
  watch(signal: AbortSignal): AsyncGenerator<StoreNews, void> {
    return watchNodes(this.options, signal)
  }

  writeApplication(
    name: string,
    model: ApplicationModel,
    version: number | undefined,
  ): Promise<number> {
    return this.writeModel({ kind: 'application', name, model, version })
  }

  async removeApplication(name: string, version: number): Promise<void> {
    await this.commit({
      records: [],
      model: { kind: 'application', name, model: undefined, version },
    })
  }

  writeLists(lists: readonly NamespacedList[], version: number | undefined): Promise<number> {
    return this.writeModel({ kind: 'lists', lists, version })
  }

  writeHosts(name: string, stacks: readonly StackHosts[]): Promise<void> {
    return this.connected(`The hosts of ${name}`, async (session) => {
      const path = childPath(childPath(APPLICATIONS, name), HOSTS)
      await session.ensure(path)
      await session.set(path, Buffer.from(writeStacks(new Map([[name, stacks]]))))
    })
  }

  reloadHosts(name: string): Promise<void> {
    return this.connected(`The hosts of ${name}`, async (session) => {
      const path = childPath(childPath(APPLICATIONS, name), RELOAD_COUNTER)
      await session.ensure(path)
      await session.set(path, Buffer.alloc(0))
    })
  }

  removeStack(name: string, path: string): Promise<StackRemoval> {
    return this.connected(`The hosts of ${name}`, async (session) => {
      const node = childPath(childPath(APPLICATIONS, name), HOSTS)
      const before = await session.read(node)
      if (!before || before.data.length === 0) return 'unknown'
      const read = readStacks(before.data.toString('utf8'))
      if ('problems' in read) throw new PointsmanError('STORE_BROKEN', `${node} cannot be read`)
      const stacks = read.content.get(name) ?? []
      const removal = removalOf(stacks, path)
      if (removal !== 'removed') return removal
      const rest = stacks.filter((each) => each.path !== path)
      const text = writeStacks(new Map(read.content).set(name, rest))
      await session.set(node, Buffer.from(text), before.version)
      return removal
    })
  }

  readRecord(key: string): Promise<StoredRecord | undefined> {
    return this.connected(`The record ${key}`, (session) => readRecord(session, key))
  }

  listRecords(folder: string, names?: readonly string[]): Promise<readonly StoredRecord[]> {
    const onDamage = (error: PointsmanError): void => this.troubles.tell(error.message, error)
    return this.connected(`The records in ${folder}`, (session) =>
      listRecords(session, { folder, names }, onDamage),
    )
  }

  listNames(folder: string): Promise<readonly string[]> {
    return this.connected(`The records in ${folder}`, (session) => listNames(session, folder))
  }

  commit(commit: Commit): Promise<number | undefined> {
    const { model, records } = commit
    const [first] = records
    const what = model ? nameOf(model) : first ? `The record ${first.key}` : 'Nothing'
    return this.connected(what, async (session) => {
      try {
        return await this.write(session, commit)
      } catch (error) {
        // A folder that was known may be gone with all of ZooKeeper's data.
        if (!isZookeeperError(error, 'no-node') || this.folders.size === 0) throw error
        this.folders.clear()
        return this.write(session, commit)
      }
    })
  }

  async *watchRecords(folder: string, signal: AbortSignal): AsyncGenerator<void, void> {
    const { sessions, settings, clock } = this.options
    const lease = sessions.use(settings)
    const counter = {
      root: counterOf(folder),
      wants: () => ({ data: true, children: false }),
      read: () => undefined,
      onProblem: (path: string, error: PointsmanError) => this.troubles.tell(path, error),
      clock,
    }
    try {
      yield
      for await (const news of watchTree(lease, counter, signal))
        if (!(news instanceof PointsmanError)) yield
    } finally {
      lease.end()
    }
  }

  /** There is nothing to let go of: sessions belong to those who watch. */
  close(): Promise<void> {
    return Promise.resolve()
  }

  private async writeModel(model: ModelWrite): Promise<number> {
    // What is not removed has a version.
    return (await this.commit({ records: [], model })) ?? 0
  }

  private async write(
    session: ZookeeperSession,
    { model, records }: Commit,
  ): Promise<number | undefined> {
    const commit = randomUUID()
    const recorded = recordOperations(records, commit)
    const { operations, version } = model ? await modelChange(session, model) : NO_CHANGE
    for (const folder of foldersOf(records)) {
      if (this.folders.has(folder)) continue
      await session.ensure(folder)
      this.folders.add(folder)
    }
    try {
      await session.multi([...operations, ...recorded])
    } catch (error) {
      if (!UNKNOWN.some((reason) => isZookeeperError(error, reason))) throw error
      await session.restored(CONNECT_TIMEOUT_MS).catch(() => {
        throw error
      })
      if (!(await isWritten(session, records, commit))) throw error
    }
    return version
  }

  private async connected<Result>(
    what: string,
    work: (session: ZookeeperSession) => Promise<Result>,
  ): Promise<Result> {
    const { sessions, settings } = this.options
    const lease = sessions.use(settings)
    const { session } = lease
    try {
      await session.restored(CONNECT_TIMEOUT_MS)
      return await work(session)
    } catch (error) {
      throw storeError(what, error)
    } finally {
      lease.end()
    }
  }
}
