import { gunzipSync, gzipSync } from 'node:zlib'
import { childPath, isNodeName, parentPath } from '../../clients/zookeeper/paths.js'
import type { Operation } from '../../clients/zookeeper/requests.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { PointsmanError } from '../../core/errors.js'
import type { DocumentProblem, NamespacedList } from '../../model/document.js'
import { readNamespacedList } from '../../model/legacy/read-documents.js'
import { writeNamespacedList } from '../../model/legacy/write-documents.js'
import type { NodeChange } from './application-nodes.js'
import { dataOf, readCounted, readNodes } from './read-nodes.js'

/** Lists are below it; the version of its data is that of all of them. */
export const LISTS = '/namespacedList'

/** No list is longer when it is unpacked. */
const LARGEST_BYTES = 64 << 20

const GZIP = Buffer.from([0x1f, 0x8b])

/** What is there of lists. */
export interface StoredLists {
  /** Undefined when there never were lists. */
  readonly version: number | undefined
  readonly lists: readonly NamespacedList[]
  /** What of them cannot be read, or was changed; paths begin with the name of the list. */
  readonly problems: readonly DocumentProblem[]
  /** What the nodes say, by their names. */
  readonly nodes: ReadonlyMap<string, Buffer>
}

function unpacked(data: Buffer): string {
  const isPacked = data.subarray(0, GZIP.length).equals(GZIP)
  const plain = isPacked ? gunzipSync(data, { maxOutputLength: LARGEST_BYTES }) : data
  return plain.toString('utf8')
}

function readList(name: string, data: Buffer, problems: DocumentProblem[]) {
  const complain = (found: readonly DocumentProblem[]): void => {
    problems.push(...found.map((each) => ({ ...each, path: `/${name}${each.path}` })))
  }
  let text: string
  try {
    text = unpacked(data)
  } catch (error) {
    complain([{ code: 'Unpackable', path: '', message: `cannot be unpacked: ${String(error)}` }])
    return []
  }
  const legacy = readNamespacedList(text, name)
  complain('content' in legacy ? legacy.notes : legacy.problems)
  return 'content' in legacy ? [legacy.content] : []
}

/** All lists as they were at one moment. */
export async function readLists(session: ZookeeperSession): Promise<StoredLists> {
  const { counter, content } = await readCounted(session, LISTS, async () => {
    const names = (await session.children(LISTS)) ?? []
    return dataOf(await readNodes(session, LISTS, [...names].sort()))
  })
  const problems: DocumentProblem[] = []
  const lists = [...content].flatMap(([name, data]) => readList(name, data, problems))
  return { version: counter?.version, lists, problems, nodes: content }
}

/**
 * What replaces all lists, if nothing has changed since.
 * @throws PointsmanError STORE_BROKEN for a list that cannot be kept
 */
export async function listsChange(
  session: ZookeeperSession,
  lists: readonly NamespacedList[],
  { version, nodes }: StoredLists,
): Promise<NodeChange> {
  const texts = new Map(lists.map((list) => [list.name, textOf(list)]))
  const counter: Operation =
    version === undefined
      ? { kind: 'create', path: LISTS, data: Buffer.alloc(0) }
      : { kind: 'set', path: LISTS, data: Buffer.alloc(0), version }
  const written = [...texts].flatMap(([name, text]): readonly Operation[] => {
    const path = childPath(LISTS, name)
    const before = nodes.get(name)
    if (before && isSame(before, text)) return []
    return [{ kind: before ? 'set' : 'create', path, data: gzipSync(text) }]
  })
  const removed = [...nodes.keys()].filter((name) => !texts.has(name))
  const removals = removed.map(
    (name) => ({ kind: 'remove', path: childPath(LISTS, name) }) as const,
  )
  if (version === undefined) await session.ensure(parentPath(LISTS))
  return {
    operations: [counter, ...written, ...removals],
    version: version === undefined ? 0 : version + 1,
  }
}

function isSame(data: Buffer, text: string): boolean {
  try {
    return unpacked(data) === text
  } catch {
    return false
  }
}

function textOf(list: NamespacedList): string {
  const { text, notes } = writeNamespacedList(list)
  const [note] = notes
  if (isNodeName(list.name) && !note) return text
  const why = note ? `${note.path}: ${note.message}` : 'its name cannot be that of a node'
  const name = JSON.stringify(list.name)
  throw new PointsmanError('STORE_BROKEN', `List ${name} cannot be kept in ZooKeeper: ${why}`)
}
