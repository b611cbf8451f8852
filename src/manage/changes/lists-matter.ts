import { diffLists } from '../../model/diff.js'
import type { ApplicationModel, DocumentProblem, NamespacedList } from '../../model/document.js'
import { listsOf } from '../../model/lists-of.js'
import { MOST_LISTS } from '../../model/limits.js'
import { mergeLists, type Merged } from '../../model/merge.js'
import { below } from '../../model/problems.js'
import { readLists, type Read } from '../../model/read-model.js'
import { validateListsChange } from '../../model/validate-change.js'
import { validateLists } from '../../model/validate-lists.js'
import { validateModel } from '../../model/validate.js'
import { writeLists } from '../../model/write-model.js'
import type { ModelWrite } from '../../store/record-store.js'
import type { ModelBook } from '../models/model-book.js'
import type { Judgement, SubjectMatter } from './subject-matter.js'

type Document = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function problem(code: string, path: string, message: string): DocumentProblem {
  return { code, path, message }
}

/** Puts the name of a list in place of its number in the paths of problems. */
function byName(
  problems: readonly DocumentProblem[],
  names: readonly string[],
): readonly DocumentProblem[] {
  return problems.map((each) => {
    const [, index = '', rest = ''] = /^\/(\d+)(.*)$/s.exec(each.path) ?? []
    const name = index === '' ? undefined : names[Number(index)]
    return name === undefined ? each : { ...each, path: below('', name) + rest }
  })
}

/** The lists that a document names, and those that it says are not there. */
function listsIn(document: unknown): readonly NamespacedList[] {
  const entries = isObject(document) ? Object.values(document).filter((each) => each !== null) : []
  const read = readLists(entries)
  if ('content' in read) return read.content
  throw new Error(`Kept lists cannot be read: ${JSON.stringify(read.problems[0])}`)
}

function namesIn(document: unknown): readonly string[] {
  return isObject(document) ? Object.keys(document) : []
}

function documentOf(
  names: readonly string[],
  lists: readonly NamespacedList[],
): Readonly<Record<string, unknown>> {
  const known = new Map(lists.map((list) => [list.name, list]))
  return Object.fromEntries(
    names.map((name) => {
      const list = known.get(name)
      return [name, list ? writeLists([list])[0] : null]
    }),
  )
}

function readDocument(document: unknown): Read<unknown> {
  if (!isObject(document))
    return { problems: [problem('WrongType', '', 'must be an object of lists by their names')] }
  const entries = Object.entries(document)
  if (entries.length === 0 || entries.length > MOST_LISTS)
    return { problems: [problem('TooLarge', '', `must name 1 to ${MOST_LISTS} lists`)] }
  const kept = entries.filter(([, value]) => value !== null)
  const wrong = kept.flatMap(([name, value]) => {
    const place = below('', name)
    if (!isObject(value)) return [problem('WrongType', place, 'must be an object, or null')]
    const given = value['name']
    if (given === undefined || given === name) return []
    return [problem('NamesMismatch', below(place, 'name'), 'is not the name that it stands under')]
  })
  if (wrong.length > 0) return { problems: wrong }
  const read = readLists(
    kept.map(([name, value]) => (isObject(value) ? { ...value, name } : value)),
  )
  const names = kept.map(([name]) => name)
  if ('problems' in read) return { problems: byName(read.problems, names) }
  return { content: documentOf(Object.keys(document), read.content) }
}

/** A change of the lists that applications share. */
export class ListsMatter implements SubjectMatter {
  readonly subject = { kind: 'lists' } as const
  readonly key = 'lists'
  private readonly models: ModelBook

  constructor(models: ModelBook) {
    this.models = models
  }

  get version(): number | null {
    return this.models.lists?.version ?? null
  }

  read(document: unknown): Read<unknown> {
    return readDocument(document)
  }

  current(document: unknown): unknown {
    return documentOf(namesIn(document), this.lists)
  }

  diff(before: unknown, after: unknown) {
    return diffLists(listsIn(before), listsIn(after))
  }

  merge(base: unknown, ours: unknown, theirs: unknown): Merged<unknown> {
    const { content, conflicts } = mergeLists(listsIn(base), listsIn(ours), listsIn(theirs))
    return { content: documentOf(namesIn(ours), content), conflicts }
  }

  judge(document: unknown): Judgement {
    const before = this.lists
    const after = this.applied(document)
    const changed = new Set(namesIn(document))
    // In this order, so that a value that is there twice is told of the list that brings it.
    const ordered = [
      ...after.filter(({ name }) => !changed.has(name)),
      ...after.filter(({ name }) => changed.has(name)),
    ]
    const found = byName(
      validateLists(ordered),
      ordered.map(({ name }) => name),
    )
    const mistakes = found.filter(({ path }) => changed.has(nameIn(path)))
    const used = validateListsChange(before, after, this.allModels)
    const broken = mistakes.length > 0 ? [] : this.brokenModels(after, changed)
    return { mistakes: [...mistakes, ...used, ...broken], obstacles: [], warnings: [] }
  }

  write(document: unknown): ModelWrite {
    return { kind: 'lists', lists: this.applied(document), version: this.version ?? undefined }
  }

  private get lists(): readonly NamespacedList[] {
    return this.models.lists?.content ?? []
  }

  private get allModels(): ReadonlyMap<string, ApplicationModel> {
    const { models } = this
    const known = models.names().map((name) => [name, models.get(name)?.model] as const)
    return new Map(known.flatMap(([name, model]) => (model ? [[name, model] as const] : [])))
  }

  /** All lists, with those of a document in their places; new ones come last. */
  private applied(document: unknown): readonly NamespacedList[] {
    const named = new Set(namesIn(document))
    const given = new Map(listsIn(document).map((list) => [list.name, list]))
    const kept = this.lists.flatMap((list) =>
      named.has(list.name) ? (given.get(list.name) ?? []) : [list],
    )
    const known = new Set(this.lists.map(({ name }) => name))
    return [...kept, ...[...given.values()].filter(({ name }) => !known.has(name))]
  }

  /** What the models that use changed lists could not be served with any more. */
  private brokenModels(
    after: readonly NamespacedList[],
    changed: ReadonlySet<string>,
  ): readonly DocumentProblem[] {
    const kept = new Set(after.map(({ name }) => name))
    return [...this.allModels].flatMap(([application, model]) => {
      const used = [...listsOf(model)]
      const isConcerned = used.some((name) => changed.has(name))
      // That a list goes which is used is told of the list.
      if (!isConcerned || used.some((name) => !kept.has(name))) return []
      const known = new Set(validateModel(model, { lists: this.lists }).map(keyOf))
      return validateModel(model, { lists: after })
        .filter((each) => !known.has(keyOf(each)))
        .map(({ code, path, message }) =>
          problem(code, '', `application ${application}, ${path}: ${message}`),
        )
    })
  }
}

function keyOf({ code, path }: DocumentProblem): string {
  return `${code} ${path}`
}

/** The first step of a JSON pointer. */
function nameIn(path: string): string {
  const [, first = ''] = path.split('/')
  return first.replaceAll('~1', '/').replaceAll('~0', '~')
}
