import { childPath } from '../../clients/zookeeper/paths.js'
import type { Operation } from '../../clients/zookeeper/requests.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { CONTAINERS, SINGLE_NODES, type ModelNodes } from './model-nodes.js'
import { dataOf, readCounted, readNodes } from './read-nodes.js'

/** Applications are below it. */
export const APPLICATIONS = '/Redirector/services'

/** Below an application: empty; the version of its data is that of the model. */
export const MODEL_COUNTER = 'modelChanged'

/** What is to be done all at once, together with other things or alone. */
export interface NodeChange {
  readonly operations: readonly Operation[]
  /** The version that it makes; undefined when it removes. */
  readonly version: number | undefined
}

/** What is there of an application's model. */
export interface StoredNodes {
  /** Undefined when nothing counts versions yet; the version is 0 then. */
  readonly counter: number | undefined
  /** Those that say something. */
  readonly nodes: ModelNodes
  /** All that are there. */
  readonly paths: ReadonlySet<string>
}

const PARENTS = [...CONTAINERS, 'server', 'urlParams']

/** Texts with blanks only say nothing. */
function textsIn(nodes: ReadonlyMap<string, Buffer>): ModelNodes {
  const texts = [...nodes].map(([path, data]) => [path, data.toString('utf8')] as const)
  return new Map(texts.filter(([, text]) => text.trim() !== ''))
}

/** The nodes of one application's model. */
export class ApplicationNodes {
  private readonly session: ZookeeperSession
  private readonly root: string

  constructor(session: ZookeeperSession, application: string) {
    this.session = session
    this.root = childPath(APPLICATIONS, application)
  }

  /** Everything as it was at one moment. */
  async read(): Promise<StoredNodes> {
    const counterPath = childPath(this.root, MODEL_COUNTER)
    const { counter, content } = await readCounted(this.session, counterPath, () => this.readAll())
    return {
      counter: counter?.version,
      nodes: textsIn(content),
      paths: new Set(content.keys()),
    }
  }

  /**
   * What makes the nodes say something else, if nothing has changed since.
   * @param stored what is replaced
   */
  async writing(nodes: ModelNodes, stored: StoredNodes): Promise<NodeChange> {
    for (const parent of PARENTS) await this.session.ensure(childPath(this.root, parent))
    const written = [...nodes].flatMap(([path, text]) => this.put(path, text, stored))
    const removed = [...stored.paths].filter((path) => !nodes.has(path))
    const removals = removed.map((path) => ({ kind: 'remove', path: this.path(path) }) as const)
    const isNew = stored.nodes.size === 0 && stored.counter === undefined
    const counting = isNew ? [this.created()] : this.counted(stored)
    return {
      operations: [...counting, ...written, ...removals],
      version: isNew ? 0 : (stored.counter ?? 0) + 1,
    }
  }

  /** What removes the application with everything that is known of it, if nothing has changed since. */
  async removal({ counter }: StoredNodes): Promise<NodeChange> {
    const paths = await this.allBelow(this.root)
    const counterPath = this.path(MODEL_COUNTER)
    const version = counter === undefined ? {} : { version: counter }
    const operations = [...paths.toReversed(), this.root].map(
      (path) => ({ kind: 'remove', path, ...(path === counterPath && version) }) as const,
    )
    return { operations, version: undefined }
  }

  private async readAll(): Promise<ReadonlyMap<string, Buffer>> {
    const names = await Promise.all(
      CONTAINERS.map(async (container) => {
        const ids = (await this.session.children(this.path(container))) ?? []
        return ids.map((id) => `${container}/${id}`)
      }),
    )
    return dataOf(await readNodes(this.session, this.root, [...SINGLE_NODES, ...names.flat()]))
  }

  private put(path: string, text: string, { nodes, paths }: StoredNodes): readonly Operation[] {
    if (nodes.get(path) === text) return []
    const kind = paths.has(path) ? 'set' : 'create'
    return [{ kind, path: this.path(path), data: Buffer.from(text) }]
  }

  private created(): Operation {
    return { kind: 'create', path: this.path(MODEL_COUNTER), data: Buffer.alloc(0) }
  }

  private counted({ counter }: StoredNodes): readonly Operation[] {
    const path = this.path(MODEL_COUNTER)
    const set = { kind: 'set', path, data: Buffer.alloc(0), version: counter ?? 0 } as const
    return counter === undefined ? [this.created(), set] : [set]
  }

  /** Parents before their children. */
  private async allBelow(path: string): Promise<readonly string[]> {
    const names = (await this.session.children(path)) ?? []
    const paths = await Promise.all(
      names.map(async (name) => {
        const child = childPath(path, name)
        return [child, ...(await this.allBelow(child))]
      }),
    )
    return paths.flat()
  }

  private path(relative: string): string {
    return `${this.root}/${relative}`
  }
}
