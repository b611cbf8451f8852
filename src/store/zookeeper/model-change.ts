import { isNodeName } from '../../clients/zookeeper/paths.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { PointsmanError } from '../../core/errors.js'
import type { ApplicationModel } from '../../model/document.js'
import type { ModelWrite } from '../record-store.js'
import { ApplicationNodes, type NodeChange, type StoredNodes } from './application-nodes.js'
import { listsChange, readLists } from './list-nodes.js'
import { writeModelNodes, type ModelNodes } from './model-nodes.js'

/** What is written, for messages. */
export function nameOf(model: ModelWrite): string {
  return model.kind === 'lists' ? 'The lists' : `Application ${model.name}`
}

/**
 * What has to be done to ZooKeeper's nodes to write a model, or the lists.
 * @throws PointsmanError STORE_CONFLICT when another version is there; STORE_BROKEN for what cannot be kept there
 */
export async function modelChange(
  session: ZookeeperSession,
  write: ModelWrite,
): Promise<NodeChange> {
  const what = nameOf(write)
  const { version } = write
  if (write.kind === 'lists') {
    const stored = await readLists(session)
    // Redirector creates the node when it has no lists yet.
    const isFirst = version === undefined && stored.nodes.size === 0 && stored.version === 0
    if (stored.version !== version && !isFirst) throw conflict(what, stored.version, version)
    return listsChange(session, write.lists, stored)
  }
  const { name, model } = write
  const nodes = model && nodesOf(what, model)
  const application = applicationAt(session, name)
  const stored = await application.read()
  if (versionOf(stored) !== version) throw conflict(what, versionOf(stored), version)
  return nodes ? application.writing(nodes, stored) : application.removal(stored)
}

function nodesOf(what: string, model: ApplicationModel): ModelNodes {
  const nodes = writeModelNodes(model)
  if ('content' in nodes) return nodes.content
  const [problem] = nodes.problems
  const why = `${problem?.path ?? ''}: ${problem?.message ?? ''}`
  throw new PointsmanError('STORE_BROKEN', `${what} cannot be kept in ZooKeeper: ${why}`)
}

function applicationAt(session: ZookeeperSession, name: string): ApplicationNodes {
  if (isNodeName(name)) return new ApplicationNodes(session, name)
  const words = `${JSON.stringify(name)} cannot name a node of ZooKeeper`
  throw new PointsmanError('STORE_BROKEN', words)
}

function versionOf({ counter, nodes }: StoredNodes): number | undefined {
  return nodes.size === 0 ? undefined : (counter ?? 0)
}

function conflict(what: string, is: number | undefined, was: number | undefined): PointsmanError {
  const [now, then] = [is, was].map((version) => (version === undefined ? 'none' : `${version}`))
  return new PointsmanError('STORE_CONFLICT', `${what} has version ${now} by now, not ${then}`)
}
