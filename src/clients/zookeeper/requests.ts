import { JuteReader, JuteWriter } from './jute.js'
import { refusalOf } from './zookeeper-error.js'

/** Types of requests (ZooKeeper's ZooDefs.OpCode). */
export const OPCODES = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  ping: 11,
  check: 13,
  multi: 14,
  auth: 100,
  setWatches: 101,
  closeSession: -11,
} as const

const ANY_VERSION = -1
const EPHEMERAL = 1

/** Bits of ZooKeeper's ACLs. */
const READ = 1
const ALL = 31

/** A node as it was read. */
export interface NodeData {
  readonly data: Buffer
  /** Of the data; counts up with each change, from 0. */
  readonly version: number
  /** Session that an ephemeral node belongs to; 0 for a persistent one. */
  readonly owner: bigint
  /** The change that wrote the data, by its count in the whole ensemble. */
  readonly zxid: bigint
  /** When that was, by the ensemble's clock. */
  readonly modifiedAtMs: bigint
}

/** One part of what is done as a whole or not at all; without a version any will do. */
export type Operation =
  | {
      readonly kind: 'create'
      readonly path: string
      readonly data: Buffer
      readonly ephemeral?: boolean
      /** Whether none may read it but who has the same login; without a login everybody may. */
      readonly secret?: boolean
    }
  | {
      readonly kind: 'set'
      readonly path: string
      readonly data: Buffer
      readonly version?: number
    }
  | { readonly kind: 'remove'; readonly path: string; readonly version?: number }
  | { readonly kind: 'check'; readonly path: string; readonly version?: number }

/** Something to ask of a server, and how to read the answer. */
export interface Request<Answer> {
  readonly opcode: number
  /** For messages: `set /a/b`. */
  readonly what: string
  readonly write: (writer: JuteWriter) => void
  readonly read: (reader: JuteReader) => Answer
  /** The answer that it is when there is no such node; else that is an error. */
  readonly absent?: () => Answer
}

function readStat(reader: JuteReader): Omit<NodeData, 'data'> {
  // czxid
  reader.skip(8)
  const zxid = reader.long()
  // ctime
  reader.skip(8)
  const modifiedAtMs = reader.long()
  const version = reader.int()
  // cversion, aversion
  reader.skip(8)
  const owner = reader.long()
  // dataLength, numChildren, pzxid
  reader.skip(16)
  return { version, owner, zxid, modifiedAtMs }
}

type AclEntry = readonly [permissions: number, scheme: string, id: string]

function writeAcl(writer: JuteWriter, isLoggedIn: boolean, isSecret: boolean): void {
  const own: AclEntry = isLoggedIn ? [ALL, 'auth', ''] : [ALL, 'world', 'anyone']
  const others: AclEntry = [READ, 'world', 'anyone']
  const entries = isLoggedIn && !isSecret ? [own, others] : [own]
  writer.int(entries.length)
  for (const [permissions, scheme, id] of entries) writer.int(permissions).text(scheme).text(id)
}

function nothing(): undefined {}

function writeWatched(path: string, isWatched: boolean): (writer: JuteWriter) => void {
  return (writer) => writer.text(path).boolean(isWatched)
}

/** The data of a node; undefined when it is not there, and then no watch is set. */
export function getData(path: string, isWatched: boolean): Request<NodeData | undefined> {
  return {
    opcode: OPCODES.getData,
    what: `read ${path}`,
    write: writeWatched(path, isWatched),
    read: (reader) => ({ data: reader.bytes(), ...readStat(reader) }),
    absent: nothing,
  }
}

/** The names of a node's children, in no order; undefined when it is not there, and then no watch is set. */
export function getChildren(
  path: string,
  isWatched: boolean,
): Request<readonly string[] | undefined> {
  return {
    opcode: OPCODES.getChildren,
    what: `list ${path}`,
    write: writeWatched(path, isWatched),
    read: (reader) => reader.texts(),
    absent: nothing,
  }
}

/** Whether a node is there; a watch is set in either case. */
export function exists(path: string): Request<boolean> {
  return {
    opcode: OPCODES.exists,
    what: `look for ${path}`,
    write: writeWatched(path, true),
    read: () => true,
    absent: () => false,
  }
}

/**
 * One change, as a request of its own or as a part of several.
 * @param isLoggedIn then whoever has the same login may change what is created, and everybody may read it unless it is secret
 * @returns answers with the new version where data was set
 */
export function change(operation: Operation, isLoggedIn: boolean): Request<number | undefined> {
  const { kind, path } = operation
  const what = `${kind} ${path}`
  switch (kind) {
    case 'create':
      return {
        opcode: OPCODES.create,
        what,
        write: (writer) => {
          writer.text(path).bytes(operation.data)
          writeAcl(writer, isLoggedIn, operation.secret ?? false)
          writer.int(operation.ephemeral ? EPHEMERAL : 0)
        },
        read: (reader) => void reader.text(),
      }
    case 'set':
      return {
        opcode: OPCODES.setData,
        what,
        write: (writer) =>
          writer
            .text(path)
            .bytes(operation.data)
            .int(operation.version ?? ANY_VERSION),
        read: (reader) => readStat(reader).version,
      }
    case 'remove':
    case 'check':
      return {
        opcode: kind === 'check' ? OPCODES.check : OPCODES.delete,
        what,
        write: (writer) => writer.text(path).int(operation.version ?? ANY_VERSION),
        read: nothing,
      }
  }
}

const FAILED_TOGETHER = -2
const ERROR = -1

/**
 * Changes that are made all together.
 * @returns answers with the new version for each `set`, undefined for the others; throws the first real error
 */
export function multi(
  operations: readonly Operation[],
  isLoggedIn: boolean,
): Request<readonly (number | undefined)[]> {
  const changes = operations.map((each) => change(each, isLoggedIn))
  return {
    opcode: OPCODES.multi,
    what: changes.map(({ what }) => what).join(', '),
    write: (writer) => {
      for (const { opcode, write } of changes) {
        writer.int(opcode).boolean(false).int(ERROR)
        write(writer)
      }
      writer.int(ERROR).boolean(true).int(ERROR)
    },
    read: (reader) => readMulti(reader, changes),
  }
}

function readMulti(
  reader: JuteReader,
  changes: readonly Request<number | undefined>[],
): readonly (number | undefined)[] {
  const versions: (number | undefined)[] = []
  for (let each = 0; ; each++) {
    const type = reader.int()
    const isDone = reader.boolean()
    reader.int()
    if (isDone) return versions
    const done = changes[each]
    if (type !== ERROR) {
      versions.push(done?.read(reader))
      continue
    }
    // Those before the one at fault have 0, those behind it say that they were not made.
    const code = reader.int()
    if (code !== 0 && code !== FAILED_TOGETHER) throw refusalOf(code, done?.what ?? 'multi')
  }
}

/** Watches that the server is to set again; it tells at once of what has changed since `zxid`. */
export function setWatches(
  zxid: bigint,
  paths: Readonly<Record<'data' | 'existence' | 'children', readonly string[]>>,
): Request<void> {
  return {
    opcode: OPCODES.setWatches,
    what: 'set watches',
    write: (writer) =>
      writer.long(zxid).texts(paths.data).texts(paths.existence).texts(paths.children),
    read: nothing,
  }
}

/** The end of the session. */
export const closeSession: Request<void> = {
  opcode: OPCODES.closeSession,
  what: 'close the session',
  write: nothing,
  read: nothing,
}
