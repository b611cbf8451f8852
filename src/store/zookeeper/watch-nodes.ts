import { KeptTree } from '../../clients/zookeeper/kept-tree.js'
import { childPath, namesOf } from '../../clients/zookeeper/paths.js'
import type { Lease } from '../../clients/zookeeper/shared-sessions.js'
import { watchTree, type TreeNews } from '../../clients/zookeeper/watch-tree.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { isZookeeperError } from '../../clients/zookeeper/zookeeper-error.js'
import { PointsmanError } from '../../core/errors.js'
import { Bell } from '../../core/wait.js'
import type { DocumentProblem } from '../../model/document.js'
import { readStacks } from '../../model/legacy/hosts.js'
import type { StoreNews } from '../model-store.js'
import { Troubles } from '../troubles.js'
import {
  ApplicationNodes,
  APPLICATIONS,
  MODEL_COUNTER,
  type StoredNodes,
} from './application-nodes.js'
import { LISTS, readLists } from './list-nodes.js'
import { readModelNodes } from './model-nodes.js'
import type { ZookeeperStoreOptions } from './zookeeper-store.js'

/** Below an application: the hosts that are stored with it. */
export const HOSTS = 'backup'

/** Below an application: empty; its data change when the hosts of a static application are to be read again. */
export const RELOAD_COUNTER = 'stacksReload'

const NO_STACKS = '{"snapshotList":[]}'

/** Beside the applications, and none. */
const NO_APPLICATION = 'namespacesChanges'

const WATCHED = [MODEL_COUNTER, HOSTS, RELOAD_COUNTER]

/** What of the applications' nodes is kept in memory: what tells that others have changed. */
const SERVICES = {
  root: APPLICATIONS,
  wants: ({ length, 1: node = '' }: readonly string[]) => ({
    data: length === 0 || (length === 2 && WATCHED.includes(node)),
    children: length < 2,
  }),
  read: (data: Buffer): string => data.toString('utf8'),
}

/** Watches everything that a store keeps, as `ModelStore.watch` does. */
export async function* watchNodes(
  options: ZookeeperStoreOptions,
  signal: AbortSignal,
): AsyncGenerator<StoreNews, void> {
  const bell = new Bell()
  const { sessions, settings, clock } = options
  const lease = sessions.use(settings)
  const watch = new NodeWatch(options, lease, bell)
  const tree = { ...SERVICES, clock, onProblem: watch.complain.bind(watch) }
  try {
    for await (const news of watchTree(lease, tree, signal, bell)) {
      if (news instanceof PointsmanError)
        throw new PointsmanError('STORE_LOST', `No connection: ${news.message}`, news)
      if (news) watch.take(news)
      yield* watch.news()
    }
  } finally {
    watch.close()
    lease.end()
  }
}

/** What is to be read by reason of which change, and what was told. */
class NodeWatch {
  private readonly session: ZookeeperSession
  private readonly troubles: Troubles
  private readonly lists: KeptTree<undefined>
  private tree: KeptTree<string> | undefined
  private areListsDue = false
  private readonly dueModels = new Set<string>()
  private readonly dueHosts = new Set<string>()
  private readonly dueReloads = new Set<string>()
  /** Applications that were told, as whole or as broken. */
  private readonly told = new Set<string>()
  private wasThere = false
  private isComplete = false

  constructor(options: ZookeeperStoreOptions, { session }: Lease, bell: Bell) {
    this.session = session
    this.troubles = new Troubles(options.report)
    this.lists = new KeptTree(session, {
      root: LISTS,
      wants: () => ({ data: true, children: false }),
      read: () => undefined,
      onChange: (paths) => {
        this.areListsDue ||= paths.size > 0
        bell.ring()
      },
      onProblem: (path, error) => this.complain(path, error),
      clock: options.clock,
    })
  }

  complain(path: string, { message }: PointsmanError): void {
    this.troubles.tell(path, new PointsmanError('STORE_LOST', message))
  }

  close(): void {
    this.lists.close()
  }

  /**
   * Notes what is to be read.
   * @throws PointsmanError STORE_LOST when all applications are gone at once
   */
  take({ tree, changed }: TreeNews<string>): void {
    this.tree = tree
    const isThere = tree.get(APPLICATIONS) !== undefined
    if (this.wasThere && !isThere)
      throw new PointsmanError('STORE_LOST', `${APPLICATIONS} is gone: somebody emptied ZooKeeper`)
    this.wasThere = isThere
    for (const path of changed) {
      const [name, node] = namesOf(path).slice(namesOf(APPLICATIONS).length)
      if (name === undefined || name === NO_APPLICATION) continue
      const isOther = node === undefined && this.told.has(name) && this.has(name)
      if (node === MODEL_COUNTER || (node === undefined && !isOther)) this.dueModels.add(name)
      if (node === HOSTS) this.dueHosts.add(name)
      if (node === RELOAD_COUNTER) this.dueReloads.add(name)
    }
  }

  /** What is new; what cannot be read for want of a connection stays due, and there will be news of that. */
  async *news(): AsyncGenerator<StoreNews, void> {
    if (!this.tree || !this.lists.isComplete) return
    try {
      yield* this.listsNews()
      yield* this.hostsNews()
      for (const name of [...this.dueModels]) yield* this.modelNews(name)
    } catch (error) {
      if (isZookeeperError(error, 'lost') || isZookeeperError(error, 'expired')) return
      throw error
    }
    if (this.isComplete) for (const name of this.dueReloads) yield { kind: 'reload-hosts', name }
    else yield { kind: 'complete' }
    this.dueReloads.clear()
    this.isComplete = true
  }

  private async *listsNews(): AsyncGenerator<StoreNews, void> {
    if (!this.areListsDue) return
    const { version, lists, problems } = await readLists(this.session)
    this.areListsDue = false
    this.remark(LISTS, problems)
    if (version !== undefined) yield { kind: 'lists', stored: { version, content: lists } }
  }

  private *hostsNews(): Generator<StoreNews, void> {
    for (const name of this.dueHosts) {
      this.dueHosts.delete(name)
      const path = childPath(childPath(APPLICATIONS, name), HOSTS)
      const text = this.tree?.get(path)?.value.trim() ?? ''
      const read = readStacks(text === '' ? NO_STACKS : text)
      const isRead = 'content' in read
      this.remark(path, isRead ? read.notes : read.problems)
      if (isRead) yield { kind: 'hosts', name, stacks: read.content.get(name) ?? [] }
    }
  }

  private async *modelNews(name: string): AsyncGenerator<StoreNews, void> {
    const stored = await this.stored(name)
    this.dueModels.delete(name)
    const read = stored && readModelNodes(stored.nodes)
    this.remark(childPath(APPLICATIONS, name), read?.notes ?? [])
    if (!read) {
      if (this.told.delete(name)) yield { kind: 'removed', name }
      return
    }
    this.told.add(name)
    const { model } = read
    const version = stored.counter ?? 0
    if ('problems' in model) yield { kind: 'broken', name, version, problems: model.problems }
    else yield { kind: 'application', name, stored: { version, content: model.content } }
  }

  private async stored(name: string): Promise<StoredNodes | undefined> {
    if (!this.has(name)) return undefined
    return new ApplicationNodes(this.session, name).read()
  }

  private has(name: string): boolean {
    return this.tree?.names(APPLICATIONS).has(name) ?? false
  }

  /** Reports what was read otherwise than it is written. */
  private remark(subject: string, remarks: readonly DocumentProblem[]): void {
    const [first, ...more] = remarks.map(({ path, message }) => `${path} ${message}`)
    const others = more.length > 0 ? `, and ${more.length} more remarks` : ''
    const words = `${subject} is not read as it is: ${first ?? ''}${others}`
    this.troubles.tell(
      subject,
      first === undefined ? undefined : new PointsmanError('STORE_BROKEN', words),
    )
  }
}
