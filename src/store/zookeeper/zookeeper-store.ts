import { childPath, isNodeName } from '../../clients/zookeeper/paths.js'
import type { ZookeeperSettings } from '../../clients/zookeeper/session-keeper.js'
import type { SharedSessions } from '../../clients/zookeeper/shared-sessions.js'
import { isZookeeperError } from '../../clients/zookeeper/zookeeper-error.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../../model/document.js'
import { writeStacks } from '../../model/legacy/hosts.js'
import type { HostStore, ModelStore, StoreNews, StoreReport } from '../model-store.js'
import { ApplicationNodes, APPLICATIONS, type StoredNodes } from './application-nodes.js'
import { readLists, writeLists } from './list-nodes.js'
import { writeModelNodes } from './model-nodes.js'
import { HOSTS, watchNodes } from './watch-nodes.js'

/** How long a write waits for a connection. */
const CONNECT_TIMEOUT_MS = 10_000

/** What a store in ZooKeeper is given. */
export interface ZookeeperStoreOptions {
  readonly settings: ZookeeperSettings
  readonly sessions: SharedSessions
  readonly clock: Clock
  readonly report: StoreReport
}

const CONFLICTS = ['bad-version', 'node-exists', 'no-node', 'not-empty'] as const

function storeError(what: string, error: unknown): PointsmanError {
  if (CONFLICTS.some((reason) => isZookeeperError(error, reason)))
    return new PointsmanError('STORE_CONFLICT', `${what} was changed by somebody else`, error)
  if (error instanceof PointsmanError && error.origin === 'store') return error
  const why = error instanceof Error ? error.message : String(error)
  return new PointsmanError('STORE_LOST', `${what}: ${why}`, error)
}

function conflict(what: string, is: number | undefined, was: number | undefined): PointsmanError {
  const [now, then] = [is, was].map((version) => (version === undefined ? 'none' : `${version}`))
  return new PointsmanError('STORE_CONFLICT', `${what} has version ${now} by now, not ${then}`)
}

function versionOf({ counter, nodes }: StoredNodes): number | undefined {
  return nodes.size === 0 ? undefined : (counter ?? 0)
}

/** Keeps models and lists as Redirector does (`docs/stores.md`), for gateways of both kinds to read. */
export class ZookeeperStore implements ModelStore, HostStore {
  private readonly options: ZookeeperStoreOptions

  constructor(options: ZookeeperStoreOptions) {
    this.options = options
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
    const what = `Application ${name}`
    return this.changing(what, async (session) => {
      const nodes = writeModelNodes(model)
      if ('problems' in nodes) {
        const [problem] = nodes.problems
        const why = `${problem?.path ?? ''}: ${problem?.message ?? ''}`
        throw new PointsmanError('STORE_BROKEN', `${what} cannot be kept in ZooKeeper: ${why}`)
      }
      const application = this.application(session, name)
      const stored = await application.read()
      if (versionOf(stored) !== version) throw conflict(what, versionOf(stored), version)
      return application.write(nodes.content, stored)
    })
  }

  removeApplication(name: string, version: number): Promise<void> {
    const what = `Application ${name}`
    return this.changing(what, async (session) => {
      const application = this.application(session, name)
      const stored = await application.read()
      if (versionOf(stored) !== version) throw conflict(what, versionOf(stored), version)
      await application.remove(stored)
    })
  }

  writeLists(lists: readonly NamespacedList[], version: number | undefined): Promise<number> {
    return this.changing('The lists', async (session) => {
      const stored = await readLists(session)
      // Redirector creates the node when it has no lists yet.
      const isFirst = version === undefined && stored.nodes.size === 0 && stored.version === 0
      if (stored.version !== version && !isFirst)
        throw conflict('The lists', stored.version, version)
      return writeLists(session, lists, stored)
    })
  }

  writeHosts(name: string, stacks: readonly StackHosts[]): Promise<void> {
    return this.changing(`The hosts of ${name}`, async (session) => {
      const path = childPath(childPath(APPLICATIONS, name), HOSTS)
      await session.ensure(path)
      await session.set(path, Buffer.from(writeStacks(new Map([[name, stacks]]))))
    })
  }

  private application(session: ZookeeperSession, name: string): ApplicationNodes {
    if (isNodeName(name)) return new ApplicationNodes(session, name)
    const words = `${JSON.stringify(name)} cannot name a node of ZooKeeper`
    throw new PointsmanError('STORE_BROKEN', words)
  }

  private async changing<Result>(
    what: string,
    work: (session: ZookeeperSession) => Promise<Result>,
  ): Promise<Result> {
    const { sessions, settings } = this.options
    const lease = sessions.use(settings)
    const { session } = lease
    try {
      await session.connected(AbortSignal.timeout(CONNECT_TIMEOUT_MS)).catch(() => {
        throw session.error
      })
      return await work(session)
    } catch (error) {
      throw storeError(what, error)
    } finally {
      lease.end()
    }
  }
}
