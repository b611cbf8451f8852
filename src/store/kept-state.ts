import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
  StackHosts,
} from '../model/document.js'
import { readHosts, readLists, readModel, type Read } from '../model/read-model.js'
import { writeHosts, writeLists, writeModel } from '../model/write-model.js'
import type { Versioned } from './model-store.js'

/** A model that served, with the lists that it served with. */
export interface KeptModel {
  readonly stored: Versioned<ApplicationModel>
  readonly lists: readonly NamespacedList[]
}

/** Hosts that were live, and what was stored with the application at that time. */
export interface KeptHosts {
  readonly stacks: readonly StackHosts[]
  /** Undefined when none were stored. */
  readonly stored: readonly StackHosts[] | undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function problem(message: string): readonly DocumentProblem[] {
  return [{ code: 'WrongType', path: '', message }]
}

/** The JSON form of a kept model. */
export function writeKeptModel({ stored, lists }: KeptModel): unknown {
  const { version, content } = stored
  return { version, model: writeModel(content), lists: writeLists(lists) }
}

/** Reads what `writeKeptModel` has written, perhaps by another release. */
export function readKeptModel(document: unknown): Read<KeptModel> {
  if (!isRecord(document)) return { problems: problem('is no kept model') }
  const model = readModel(document['model'])
  const lists = readLists(document['lists'])
  if ('problems' in model) return model
  if ('problems' in lists) return lists
  const stored = { version: Number(document['version']), content: model.content }
  return { content: { stored, lists: lists.content } }
}

/** The JSON form of kept hosts. */
export function writeKeptHosts({ stacks, stored }: KeptHosts): unknown {
  return { stacks: writeHosts(stacks), ...(stored && { stored: writeHosts(stored) }) }
}

/** Reads what `writeKeptHosts` has written, perhaps by another release. */
export function readKeptHosts(document: unknown): Read<KeptHosts> {
  if (!isRecord(document)) return { problems: problem('are no kept hosts') }
  const stacks = readHosts(document['stacks'])
  if ('problems' in stacks || document['stored'] === undefined)
    return 'problems' in stacks
      ? stacks
      : { content: { stacks: stacks.content, stored: undefined } }
  const stored = readHosts(document['stored'])
  if ('problems' in stored) return stored
  return { content: { stacks: stacks.content, stored: stored.content } }
}
