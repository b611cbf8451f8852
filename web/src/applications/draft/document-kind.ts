import { diffLists, diffModels, type Difference } from '../../../../src/model/diff.js'
import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
} from '../../../../src/model/document.js'
import { mergeLists, mergeModels, type Conflict, type Merged } from '../../../../src/model/merge.js'
import { readLists, readModel, type Read } from '../../../../src/model/read-model.js'
import { writeLists, writeModel } from '../../../../src/model/write-model.js'
import { withTheirs } from './resolve-conflict.js'

/** A document that is edited and proposed, or the lists as one. */
export interface DocumentKind<Content> {
  /** Reads what the service has; throws when it is not what it should be. */
  readonly read: (document: unknown) => Content
  readonly write: (content: Content) => unknown
  readonly diff: (before: Content | undefined, after: Content) => readonly Difference[]
  readonly merge: (base: Content | undefined, ours: Content, theirs: Content) => Merged<Content>
  /** What a change set has as its document. */
  readonly proposed: (before: Content | undefined, after: Content) => unknown
  /** The content with the other side's way at the place of a conflict. */
  readonly takeTheirs: (content: Content, conflict: Conflict) => Content
}

function problemWords(problems: readonly DocumentProblem[]): string {
  return problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
}

function contentOf<Content>(read: Read<Content>): Content {
  if ('content' in read) return read.content
  throw new Error(`The document cannot be read: ${problemWords(read.problems)}`)
}

/** The model of an application. */
export const MODEL: DocumentKind<ApplicationModel> = {
  read: (document) => contentOf(readModel(document)),
  write: writeModel,
  diff: diffModels,
  merge: (base, ours, theirs) => {
    const { content = ours, conflicts } = mergeModels(base, ours, theirs)
    return { content, conflicts }
  },
  proposed: (_, after) => writeModel(after),
  takeTheirs: (content, conflict) =>
    contentOf(readModel(withTheirs(writeModel(content), conflict))),
}

function byName(lists: readonly NamespacedList[]): Record<string, unknown> {
  const written = writeLists(lists)
  return Object.fromEntries(lists.map(({ name }, index) => [name, written[index]]))
}

function listsFrom(document: object): readonly NamespacedList[] {
  return contentOf(readLists(Object.values(document)))
}

/** All lists that applications share. */
export const LISTS: DocumentKind<readonly NamespacedList[]> = {
  read: (document) => contentOf(readLists(document)),
  write: writeLists,
  diff: (before, after) => diffLists(before ?? [], after),
  merge: (base, ours, theirs) => mergeLists(base ?? [], ours, theirs),
  proposed: (before = [], after) => {
    const [old, now] = [byName(before), byName(after)]
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    const changed = names.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    return Object.fromEntries(changed.map((name) => [name, now[name] ?? null]))
  },
  takeTheirs: (content, conflict) => {
    const document = withTheirs(byName(content), conflict)
    return typeof document === 'object' && document !== null ? listsFrom(document) : content
  },
}
