import type { ApplicationModel, NamespacedList } from './document.js'
import {
  fieldsOf,
  keyed,
  RULES,
  SLICES,
  STACKS,
  TEMPLATES,
  URL_RULES,
  URL_TEMPLATES,
  type Collection,
} from './model-parts.js'
import { movedKeys } from './order.js'
import { below } from './problems.js'
import { isSame } from './same.js'

/** One difference between two documents. */
export interface Difference {
  /** JSON pointer into the document that has it; of what is in both, into the later one. */
  readonly path: string
  /** What it is, in words: `rule Beta_boxes`, `settings / minimumHosts`. */
  readonly what: string
  readonly kind: 'added' | 'removed' | 'changed' | 'moved'
  /** JSON form; absent for what was added. Of what was moved its place, from 1. */
  readonly before?: unknown
  /** JSON form; absent for what was removed. Of what was moved its place, from 1. */
  readonly after?: unknown
}

/** So many values of a list are told that came or went; the others are counted. */
export const MOST_TOLD_VALUES = 100

function itemsDiffer<Item>(
  before: readonly Item[],
  after: readonly Item[],
  collection: Collection<Item>,
): readonly Difference[] {
  const { path, what, write, isOrdered } = collection
  const [old, now] = [keyed(before, collection), keyed(after, collection)]
  const removed = [...old.values()]
    .filter(({ key }) => !now.has(key))
    .map(({ key, item, index }) => {
      const place = below(path, index)
      return { path: place, what: what(key), kind: 'removed', before: write(item) } as const
    })
  const isKept = (key: string): boolean => old.has(key) && now.has(key)
  const moved = isOrdered
    ? movedKeys([...old.keys()].filter(isKept), [...now.keys()].filter(isKept))
    : new Set<string>()
  const others = [...now.values()].flatMap(({ key, item, index }): readonly Difference[] => {
    const told = { path: below(path, index), what: what(key) }
    const was = old.get(key)
    if (!was) return [{ ...told, kind: 'added', after: write(item) }]
    const [earlier, later] = [write(was.item), write(item)]
    const change = { ...told, kind: 'changed', before: earlier, after: later } as const
    const move = { ...told, kind: 'moved', before: was.index + 1, after: index + 1 } as const
    return [...(isSame(earlier, later) ? [] : [change]), ...(moved.has(key) ? [move] : [])]
  })
  return [...removed, ...others]
}

function fieldDifference(
  { path, what }: Pick<Difference, 'path' | 'what'>,
  before: unknown,
  after: unknown,
): readonly Difference[] {
  if (isSame(before, after)) return []
  if (before === undefined) return [{ path, what, kind: 'added', after }]
  if (after === undefined) return [{ path, what, kind: 'removed', before }]
  return [{ path, what, kind: 'changed', before, after }]
}

function fieldsDiffer(
  before: ApplicationModel | undefined,
  after: ApplicationModel | undefined,
): readonly Difference[] {
  const known = before && new Map(fieldsOf(before).map(({ path, value }) => [path, value]))
  const later = after && new Map(fieldsOf(after).map(({ path, value }) => [path, value]))
  const either = after ?? before
  if (!either) return []
  return fieldsOf(either).flatMap((field) =>
    fieldDifference(field, known?.get(field.path), later?.get(field.path)),
  )
}

/**
 * What tells two models apart: rules, templates and slices by their ids, stacks by their names, and settings each on its own. Of
 * rules and slices it is also told which ones moved past others; with the order of evaluation by cost that decides between rules
 * of the same cost alone.
 * @param before undefined for an application that was not there
 * @param after undefined for one that is to go
 */
export function diffModels(
  before: ApplicationModel | undefined,
  after: ApplicationModel | undefined,
): readonly Difference[] {
  const of = <Item>(
    items: (model: ApplicationModel) => readonly Item[],
    collection: Collection<Item>,
  ): readonly Difference[] =>
    itemsDiffer(before ? items(before) : [], after ? items(after) : [], collection)
  return [
    ...of(({ rules }) => rules, RULES),
    ...of(({ templates }) => templates, TEMPLATES),
    ...of(({ distribution }) => distribution, SLICES),
    ...of(({ urlRules }) => urlRules, URL_RULES),
    ...of(({ urlTemplates }) => urlTemplates, URL_TEMPLATES),
    ...of(({ whitelist }) => whitelist, STACKS),
    ...fieldsDiffer(before, after),
  ]
}

/** Values that came or went. */
interface ToldValues {
  readonly count: number
  /** The first `MOST_TOLD_VALUES`. */
  readonly values: readonly string[]
}

/** What is told of a list: its values are too many to be shown. */
export interface ToldList {
  readonly type: string
  readonly description: string
  /** Number of values. */
  readonly size: number
  /** Those that are not in the later one; in `before` alone. */
  readonly removed?: ToldValues
  /** Those that are not in the earlier one; in `after` alone. */
  readonly added?: ToldValues
}

function valuesBeyond(list: NamespacedList, other: NamespacedList | undefined): ToldValues {
  const known = new Set(other?.values)
  const values = list.values.filter((value) => !known.has(value))
  return { count: values.length, values: values.slice(0, MOST_TOLD_VALUES) }
}

function told({ type, description, values }: NamespacedList): ToldList {
  return { type, description, size: values.length }
}

function listDifference(
  name: string,
  before: NamespacedList | undefined,
  after: NamespacedList | undefined,
): readonly Difference[] {
  const place = { path: below('', name), what: `list ${name}` }
  const earlier = before && { ...told(before), removed: valuesBeyond(before, after) }
  const later = after && { ...told(after), added: valuesBeyond(after, before) }
  const isEqual =
    before &&
    after &&
    earlier?.removed.count === 0 &&
    later?.added.count === 0 &&
    isSame(told(before), told(after))
  return isEqual ? [] : fieldDifference(place, earlier, later)
}

/**
 * What tells lists apart, by their names; which value comes first means nothing. `before` and `after` are `ToldList`, and the path
 * is that of a document that has the lists by their names.
 */
export function diffLists(
  before: readonly NamespacedList[],
  after: readonly NamespacedList[],
): readonly Difference[] {
  const [old, now] = [before, after].map((lists) => new Map(lists.map((each) => [each.name, each])))
  const names = new Set([...before, ...after].map(({ name }) => name))
  return [...names].flatMap((name) => listDifference(name, old?.get(name), now?.get(name)))
}
