import type { Conflict } from '../../../../src/model/merge.js'

type Json = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a thing in a collection is called: a stack by itself, everything else by its id. */
function keyOf(item: unknown): unknown {
  return isObject(item) ? item['id'] : item
}

function stepsOf(path: string): readonly string[] {
  const steps = path.split('/').slice(1)
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Things in the order of their keys; those whose keys are not named keep their places behind what they stood behind. */
function inOrder(items: readonly unknown[], keys: readonly unknown[]): readonly unknown[] {
  const rank = new Map(keys.map((key, index) => [String(key), index]))
  let last = -1
  const placed = items.map((item) => {
    const own = rank.get(String(keyOf(item)))
    last = own ?? last
    return { item, rank: last }
  })
  return placed.toSorted((a, b) => a.rank - b.rank).map(({ item }) => item)
}

function withItem(
  items: readonly unknown[],
  index: number,
  conflict: Conflict,
): readonly unknown[] {
  const { base, ours, theirs } = conflict
  const key = keyOf(ours ?? theirs ?? base)
  const at = items.findIndex((item) => keyOf(item) === key)
  if (theirs === undefined) return items.filter((_, place) => place !== at)
  return at < 0 ? items.toSpliced(index, 0, theirs) : items.with(at, theirs)
}

/** An object with a value of its own under a key, or without it. */
function withValue(object: Json, key: string, value: unknown): Json {
  return Object.fromEntries([
    ...Object.entries(object).filter(([name]) => name !== key),
    ...(value === undefined ? [] : [[key, value] as const]),
  ])
}

/**
 * A merged document in which the other side gets its way at one place.
 * @param document JSON form of a model, or an object of lists by their names
 */
export function withTheirs(document: Json, conflict: Conflict): unknown {
  const [part = '', place] = stepsOf(conflict.path)
  if (part === '') return conflict.theirs
  const inner = document[part]
  const isCollection = Array.isArray(inner) || COLLECTIONS.has(part)
  if (isCollection) {
    const items: readonly unknown[] = Array.isArray(inner) ? inner : []
    if (place === undefined && Array.isArray(conflict.theirs))
      return withValue(document, part, inOrder(items, conflict.theirs))
    return withValue(document, part, withItem(items, Number(place), conflict))
  }
  if (place === undefined) return withValue(document, part, conflict.theirs)
  const fields = isObject(inner) ? inner : {}
  return withValue(document, part, withValue(fields, place, conflict.theirs))
}

/** Parts of a model that hold things with ids; an empty one is not in the document. */
const COLLECTIONS = new Set([
  'rules',
  'templates',
  'distribution',
  'urlRules',
  'urlTemplates',
  'whitelist',
])
