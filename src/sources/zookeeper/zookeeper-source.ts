import type { KeptTree } from '../../clients/zookeeper/kept-tree.js'
import { childPath } from '../../clients/zookeeper/paths.js'
import type { ZookeeperSettings } from '../../clients/zookeeper/session-keeper.js'
import type { SharedSessions } from '../../clients/zookeeper/shared-sessions.js'
import { watchTree, type WatchedTree } from '../../clients/zookeeper/watch-tree.js'
import { PointsmanError } from '../../core/errors.js'
import type { Target, TargetScheme, TargetSpec } from '../../core/target.js'
import { Bell } from '../../core/wait.js'
import type { Source } from '../source.js'
import type { StaticSurroundings } from '../static.js'
import { BrokenNodes } from './broken-nodes.js'
import { FollowedNames } from './followed-names.js'
import { readInstance, type BrokenInstance, type ServiceInstance } from './service-instance.js'

/** What the configuration says of targets that register themselves. */
export interface ZookeeperSourceSettings {
  readonly kind: 'zookeeper'
  readonly ensemble: ZookeeperSettings
  /** The node whose children are the targets. */
  readonly path: string
  /** Of targets that do not ask for TLS. */
  readonly scheme: TargetScheme
  /** Time between two lookups of a target that registered with a host name, more than 0. */
  readonly refreshMs: number
}

/** What the source needs from outside. */
export interface ZookeeperSurroundings extends StaticSurroundings {
  readonly sessions: SharedSessions
}

type Found = ServiceInstance | BrokenInstance

/** A target at the port of the record, or where it has none under TLS at the other. */
function specOf(
  { address, port, sslPort, weight }: ServiceInstance,
  usualScheme: TargetScheme,
): TargetSpec | BrokenInstance {
  if (address === undefined) return { problem: 'it tells no address' }
  const usedPort = port ?? sslPort
  if (usedPort === undefined) return { problem: 'it tells no port' }
  const scheme = port === undefined && usualScheme === 'http' ? 'https' : usualScheme
  return { scheme, host: address, port: usedPort, basePath: '', weight }
}

/** The records of a service, in the order of their names. */
function specsIn(
  tree: KeptTree<Found>,
  { path, scheme }: ZookeeperSourceSettings,
  broken: BrokenNodes,
): readonly TargetSpec[] {
  return [...tree.names(path)].sort().flatMap((name) => {
    const child = childPath(path, name)
    const found = tree.get(child)?.value
    if (!found) return []
    const spec = 'problem' in found ? found : specOf(found, scheme)
    broken.look(child, 'problem' in spec ? spec.problem : undefined)
    return 'problem' in spec || spec.weight === 0 ? [] : [spec]
  })
}

/**
 * The targets that registered themselves below one node, each with the JSON of Curator's service discovery. While there is
 * no session the last list stays.
 */
export class ZookeeperSource implements Source {
  private readonly settings: ZookeeperSourceSettings
  private readonly surroundings: ZookeeperSurroundings

  constructor(settings: ZookeeperSourceSettings, surroundings: ZookeeperSurroundings) {
    this.settings = settings
    this.surroundings = surroundings
  }

  async *watch(signal: AbortSignal): AsyncGenerator<readonly Target[] | PointsmanError, void> {
    const { ensemble, refreshMs } = this.settings
    const { sessions, report } = this.surroundings
    const broken = new BrokenNodes(report)
    const lease = sessions.use(ensemble)
    const bell = new Bell()
    const onChange = (): void => bell.ring()
    const names = new FollowedNames({ ...this.surroundings, refreshMs, onChange })
    let specs: readonly TargetSpec[] | undefined
    let trouble: PointsmanError | undefined
    try {
      for await (const news of watchTree(lease, this.tree(broken), signal, bell)) {
        if (news instanceof PointsmanError) trouble = news
        else if (news) {
          trouble = undefined
          for (const changed of news.changed) if (!news.tree.has(changed)) broken.forget(changed)
          specs = specsIn(news.tree, this.settings, broken)
        }
        if (specs && !(news instanceof PointsmanError)) yield names.targets(specs)
        if (trouble) yield trouble
      }
    } finally {
      lease.end()
      await names.close()
    }
  }

  private tree(broken: BrokenNodes): WatchedTree<Found> {
    return {
      root: this.settings.path,
      wants: ({ length }) => ({ data: length === 1, children: length === 0 }),
      read: readInstance,
      onProblem: (path, { message }) => broken.look(path, message),
      clock: this.surroundings.clock,
    }
  }
}
