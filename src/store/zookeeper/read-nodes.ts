import { childPath } from '../../clients/zookeeper/paths.js'
import type { NodeData } from '../../clients/zookeeper/requests.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { PointsmanError } from '../../core/errors.js'

/** Reads under way at one time. */
const MOST_READS = 64

/** How often something may be changed while it is read. */
const MOST_TRIES = 10

/** The nodes with these names below a parent, by their names; those that are not there are left out. */
export async function readNodes(
  session: ZookeeperSession,
  parent: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, NodeData>> {
  const found = new Map<string, NodeData>()
  for (let at = 0; at < names.length; at += MOST_READS) {
    const some = names.slice(at, at + MOST_READS)
    const nodes = await Promise.all(some.map((name) => session.read(childPath(parent, name))))
    for (const [index, node] of nodes.entries()) if (node) found.set(some[index] ?? '', node)
  }
  return found
}

/** What nodes say, by their names. */
export function dataOf(nodes: ReadonlyMap<string, NodeData>): ReadonlyMap<string, Buffer> {
  return new Map([...nodes].map(([name, { data }]) => [name, data]))
}

/** A node that counts the changes of others, and these as they were in one of its versions. */
export interface Counted<Content> {
  /** Undefined when it is not there. */
  readonly counter: NodeData | undefined
  readonly content: Content
}

/**
 * Reads what a counter counts the changes of, and again when it was changed meanwhile: each change counts in the same
 * transaction, and one session sees all of them in their order.
 * @throws PointsmanError STORE_LOST when it does not keep still
 */
export async function readCounted<Content>(
  session: ZookeeperSession,
  path: string,
  read: () => Promise<Content>,
): Promise<Counted<Content>> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const before = await session.read(path)
    const content = await read()
    const after = await session.read(path)
    if (before?.zxid === after?.zxid) return { counter: after, content }
  }
  throw new PointsmanError('STORE_LOST', `${path} changes faster than can be read`)
}
