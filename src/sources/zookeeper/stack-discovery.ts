import type { KeptTree } from '../../clients/zookeeper/kept-tree.js'
import { childPath, namesOf } from '../../clients/zookeeper/paths.js'
import type { ZookeeperSettings } from '../../clients/zookeeper/session-keeper.js'
import type { SharedSessions } from '../../clients/zookeeper/shared-sessions.js'
import { watchTree } from '../../clients/zookeeper/watch-tree.js'
import { isZookeeperError, ZookeeperError } from '../../clients/zookeeper/zookeeper-error.js'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { StackHost, StackHosts } from '../../model/document.js'
import type { StackRemoval } from '../../model/stack-removal.js'
import type { SourceReport } from '../source.js'
import { BrokenNodes } from './broken-nodes.js'
import { readInstance, type BrokenInstance, type ServiceInstance } from './service-instance.js'

/** Where stacks are registered: `/services/DC/AZ/flavor/app/id`. */
const ROOT = '/services'
/** Names of a stack's path below it, and of a host's. */
const STACK_DEPTH = 4
const HOST_DEPTH = 5

/** How long a removal waits for a connection. */
const CONNECT_TIMEOUT_MS = 10_000

/** The hosts of every application, by its name; stacks by their paths. */
export type DiscoveredHosts = ReadonlyMap<string, readonly StackHosts[]>

/** What discovery works with. */
export interface DiscoverySurroundings {
  readonly clock: Clock
  readonly sessions: SharedSessions
  /** Told of nodes that are skipped because they are broken. */
  readonly report: SourceReport
}

type Found = ServiceInstance | BrokenInstance

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1
}

/** The hosts of all applications, changed where the tree has changed. */
class Applications {
  private readonly tree: KeptTree<Found>
  private readonly broken: BrokenNodes
  private readonly stacks = new Map<string, Map<string, StackHosts>>()
  private lists: ReadonlyMap<string, readonly StackHosts[]> = new Map()

  constructor(tree: KeptTree<Found>, broken: BrokenNodes) {
    this.tree = tree
    this.broken = broken
  }

  /** Takes in what has changed; the lists of applications in which nothing did are the same as before. */
  update(changed: ReadonlySet<string>): DiscoveredHosts {
    const stackPaths = new Set<string>()
    for (const path of changed) {
      const names = namesOf(path).slice(namesOf(ROOT).length)
      if (names.length < STACK_DEPTH) continue
      stackPaths.add([ROOT, ...names.slice(0, STACK_DEPTH)].join('/'))
      if (!this.tree.has(path)) this.broken.forget(path)
    }
    const applications = new Set<string>()
    for (const path of stackPaths) applications.add(this.updateStack(path))
    const lists = new Map(this.lists)
    for (const application of applications) {
      const stacks = this.stacks.get(application)
      if (stacks?.size) lists.set(application, [...stacks.values()].sort(byPath))
      else lists.delete(application)
    }
    this.lists = lists
    return lists
  }

  /** @returns the application that the stack belongs to */
  private updateStack(stackPath: string): string {
    const names = namesOf(stackPath).slice(namesOf(ROOT).length)
    const application = names.at(-1) ?? ''
    const path = `/${names.slice(0, -1).join('/')}`
    const stacks = this.stacks.get(application) ?? new Map<string, StackHosts>()
    this.stacks.set(application, stacks)
    if (this.tree.has(stackPath)) stacks.set(path, { path, hosts: this.hosts(stackPath) })
    else stacks.delete(path)
    if (stacks.size === 0) this.stacks.delete(application)
    return application
  }

  private hosts(stackPath: string): readonly StackHost[] {
    return [...this.tree.names(stackPath)].sort().flatMap((name) => {
      const path = childPath(stackPath, name)
      const found = this.tree.get(path)?.value
      if (!found) return []
      const host = 'problem' in found ? found : hostOf(found)
      this.broken.look(path, 'problem' in host ? host.problem : undefined)
      return 'problem' in host ? [] : [host]
    })
  }
}

function hostOf({ ipv4, ipv6, weight }: ServiceInstance): StackHost | BrokenInstance {
  if (ipv4 === undefined && ipv6 === undefined) return { problem: 'it tells no address' }
  return { ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }), weight }
}

/**
 * The hosts that registered themselves for applications, as Redirector's are, in nodes
 * `/services/<DC>/<AZ>/<flavor>/<application>/<id>` with the JSON of Curator's service discovery.
 */
export class StackDiscovery {
  private readonly settings: ZookeeperSettings
  private readonly surroundings: DiscoverySurroundings

  constructor(settings: ZookeeperSettings, surroundings: DiscoverySurroundings) {
    this.settings = settings
    this.surroundings = surroundings
  }

  /**
   * Takes the place away where hosts of an application register on a stack, `/DC/AZ/flavor`, unless one is there; a host that
   * comes later makes it again.
   * @throws PointsmanError SOURCE_LOST when it is unknown whether it is gone
   */
  async removeStack(application: string, path: string): Promise<StackRemoval> {
    const lease = this.surroundings.sessions.use(this.settings)
    try {
      await lease.session.connected(AbortSignal.timeout(CONNECT_TIMEOUT_MS))
      await lease.session.remove(childPath(`${ROOT}${path}`, application))
      return 'removed'
    } catch (error) {
      if (isZookeeperError(error, 'no-node')) return 'unknown'
      if (isZookeeperError(error, 'not-empty')) return 'has-hosts'
      const why = error instanceof ZookeeperError ? error.message : lease.session.error.message
      throw new PointsmanError('SOURCE_LOST', `The stack ${path} of ${application}: ${why}`, error)
    } finally {
      lease.end()
    }
  }

  /**
   * Yields the hosts of all applications, first when all of them were read, then after each change; an error in between
   * says why nobody vouches for the last ones until the next ones come. Watch it once for all applications.
   * @param signal when it aborts, the iteration ends without an error
   */
  async *watch(signal: AbortSignal): AsyncGenerator<DiscoveredHosts | PointsmanError, void> {
    const { clock, sessions, report } = this.surroundings
    const broken = new BrokenNodes(report)
    const lease = sessions.use(this.settings)
    const tree = {
      root: ROOT,
      wants: ({ length }: readonly string[]) => ({
        data: length === HOST_DEPTH,
        children: length < HOST_DEPTH,
      }),
      read: readInstance,
      onProblem: (path: string, { message }: PointsmanError) => broken.look(path, message),
      clock,
    }
    let applications: Applications | undefined
    try {
      for await (const news of watchTree(lease, tree, signal)) {
        if (news instanceof PointsmanError) yield news
        if (!news || news instanceof PointsmanError) continue
        applications ??= new Applications(news.tree, broken)
        yield applications.update(news.changed)
      }
    } finally {
      lease.end()
    }
  }
}
