import { gunzipSync, gzipSync } from 'node:zlib'
import { childPath, parentPath } from '../../clients/zookeeper/paths.js'
import type { NodeData, Operation } from '../../clients/zookeeper/requests.js'
import type { ZookeeperSession } from '../../clients/zookeeper/zookeeper-session.js'
import { PointsmanError } from '../../core/errors.js'
import { applicationOf, fileNameOf } from '../file-name.js'
import { inOrder, partsOf } from '../record-key.js'
import type { RecordWrite, StoredRecord } from '../record-store.js'
import { readNodes } from './read-nodes.js'

/** Records are below it, each in a node that is named as it is; folders are nodes without data. */
export const RECORDS = '/Pointsman/records'

/** What is longer is compressed. */
const PLAIN_BYTES = 4096

/** No record is longer when it is unpacked. */
const LARGEST_BYTES = 64 << 20

const GZIP = Buffer.from([0x1f, 0x8b])

/** What stands in a node. */
interface Envelope {
  /** Tells the commit that wrote it from every other. */
  readonly commit: string
  readonly value: unknown
}

function pathOf(parts: readonly string[]): string {
  return parts.map(fileNameOf).reduce(childPath, RECORDS)
}

/** The node that counts the changes of all records below it. */
export function counterOf(key: string): string {
  return pathOf(partsOf(key, 1).slice(0, 1))
}

function pack(envelope: Envelope): Buffer {
  const plain = Buffer.from(JSON.stringify(envelope))
  return plain.length > PLAIN_BYTES ? gzipSync(plain) : plain
}

/** @throws PointsmanError STORE_BROKEN */
function unpack(key: string, { data }: NodeData): Envelope {
  try {
    const isPacked = data.subarray(0, GZIP.length).equals(GZIP)
    const plain = isPacked ? gunzipSync(data, { maxOutputLength: LARGEST_BYTES }) : data
    // Written by `pack`, or no JSON.
    return JSON.parse(plain.toString('utf8')) as Envelope
  } catch (error) {
    throw new PointsmanError('STORE_BROKEN', `The record ${key} cannot be read`, error)
  }
}

/** @returns undefined for a folder */
function recordOf(key: string, node: NodeData | undefined): StoredRecord | undefined {
  if (!node || node.data.length === 0) return undefined
  return { key, version: node.version, value: unpack(key, node).value }
}

/** The record, unless it is not there. */
export async function readRecord(
  session: ZookeeperSession,
  key: string,
): Promise<StoredRecord | undefined> {
  return recordOf(key, await session.read(pathOf(partsOf(key))))
}

/** Records of a folder. */
interface Listed {
  readonly folder: string
  /** Undefined for all of them. */
  readonly names: readonly string[] | undefined
}

/**
 * The records directly in a folder, in their order.
 * @param onDamage told of what is left out
 */
export async function listRecords(
  session: ZookeeperSession,
  { folder, names }: Listed,
  onDamage: (error: PointsmanError) => void,
): Promise<readonly StoredRecord[]> {
  const parent = pathOf(partsOf(folder, 1))
  const children = names?.map(fileNameOf) ?? (await session.children(parent)) ?? []
  const nodes = await readNodes(session, parent, children)
  const records = [...nodes].flatMap(([name, node]) => {
    try {
      return recordOf(`${folder}/${decodeURIComponent(name)}`, node) ?? []
    } catch (error) {
      const words = error instanceof PointsmanError ? error.message : `${name} names no record`
      onDamage(new PointsmanError('STORE_BROKEN', words, error))
      return []
    }
  })
  return inOrder(records)
}

/** The names of the records in a folder that holds no others. */
export async function listNames(
  session: ZookeeperSession,
  folder: string,
): Promise<readonly string[]> {
  const children = (await session.children(pathOf(partsOf(folder, 1)))) ?? []
  return children.flatMap((child) => applicationOf(child) ?? []).sort()
}

/** The nodes that must be there before these records are written. */
export function foldersOf(records: readonly RecordWrite[]): readonly string[] {
  const paths = records.map(({ key }) => parentPath(pathOf(partsOf(key))))
  return [...new Set(paths)]
}

/** What writes records. */
export function recordOperations(
  records: readonly RecordWrite[],
  commit: string,
): readonly Operation[] {
  const writes = records.map(({ key, value, version }): Operation => {
    const path = pathOf(partsOf(key))
    if (value === undefined)
      return { kind: 'remove', path, ...(version !== undefined && { version }) }
    const data = pack({ commit, value })
    if (version === undefined) return { kind: 'create', path, data, secret: true }
    return { kind: 'set', path, data, version }
  })
  const counters = new Set(records.map(({ key }) => counterOf(key)))
  const counting = [...counters].map(
    (path) => ({ kind: 'set', path, data: Buffer.alloc(0) }) as const,
  )
  return [...writes, ...counting]
}

/** Whether records stand as a commit has written them; false also when that cannot be told. */
export async function isWritten(
  session: ZookeeperSession,
  records: readonly RecordWrite[],
  commit: string,
): Promise<boolean> {
  const kept = records.filter(({ value }) => value !== undefined)
  // What was created is the last to be written again by others.
  const witness = kept.find(({ version }) => version === undefined) ?? kept[0]
  if (!witness) return false
  // Goes through the whole ensemble: what was asked before it is done by then, or never will be.
  await session.multi([{ kind: 'check', path: RECORDS }])
  const node = await session.read(pathOf(partsOf(witness.key)))
  return node !== undefined && node.data.length > 0 && unpack(witness.key, node).commit === commit
}
