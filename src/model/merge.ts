import type { ApplicationModel, NamespacedList } from './document.js'
import {
  keyed,
  RULES,
  SETTINGS,
  SLICES,
  STACKS,
  TEMPLATES,
  URL_FIELDS,
  URL_RULES,
  URL_TEMPLATES,
  type Collection,
} from './model-parts.js'
import { below } from './problems.js'
import { isSame } from './same.js'
import { writeLists, writeModel } from './write-model.js'
import { writeServer } from './write-results.js'

/** Both sides changed the same thing, each in its own way. */
export interface Conflict {
  /** JSON pointer into the document of that side which has it: ours, or else theirs. */
  readonly path: string
  /** What it is, in words: `rule Beta_boxes`, `order of rules`. */
  readonly what: string
  /** JSON form; absent where there was nothing, or is nothing. */
  readonly base?: unknown
  readonly ours?: unknown
  readonly theirs?: unknown
}

/** What comes of merging; where there is a conflict it has ours. */
export interface Merged<Content> {
  readonly content: Content
  readonly conflicts: readonly Conflict[]
}

interface Sides<Value> {
  /** Undefined where there was nothing. */
  readonly base: Value | undefined
  readonly ours: Value
  readonly theirs: Value
}

/** Whether the keys that are in both stand in another order. */
function isReordered(before: readonly string[], after: readonly string[]): boolean {
  const [old, now] = [new Set(before), new Set(after)]
  const kept = before.filter((key) => now.has(key))
  return after.filter((key) => old.has(key)).some((key, at) => key !== kept[at])
}

/** The order of one side, with what only the other has behind what it stands behind there. */
function interleaved(leading: readonly string[], other: readonly string[]): readonly string[] {
  const known = new Set(leading)
  const behind = new Map<string | undefined, string[]>()
  let anchor: string | undefined
  for (const key of other)
    if (known.has(key)) anchor = key
    else behind.set(anchor, [...(behind.get(anchor) ?? []), key])
  const first = behind.get(undefined) ?? []
  return [...first, ...leading.flatMap((key) => [key, ...(behind.get(key) ?? [])])]
}

class Merging {
  readonly conflicts: Conflict[] = []

  /** The side that changed something; ours when both did, which is a conflict unless they agree. */
  choose<Value>(
    place: Pick<Conflict, 'path' | 'what'>,
    { base, ours, theirs }: Sides<Value>,
    write: (value: NonNullable<Value>) => unknown,
  ): Value {
    if (isSame(ours, theirs) || isSame(base, theirs)) return ours
    if (isSame(base, ours)) return theirs
    const written = Object.entries({ base, ours, theirs }).flatMap(([side, value]) =>
      value === undefined || value === null ? [] : [[side, write(value)] as const],
    )
    this.conflicts.push({ ...place, ...Object.fromEntries(written) })
    return ours
  }

  items<Item>(sides: Sides<readonly Item[]>, collection: Collection<Item>): readonly Item[] {
    const { path, what, write } = collection
    const base = keyed(sides.base ?? [], collection)
    const ours = keyed(sides.ours, collection)
    const theirs = keyed(sides.theirs, collection)
    const keys = this.order([...base.keys()], [...ours.keys()], [...theirs.keys()], collection)
    return keys.flatMap((key) => {
      const placed = ours.get(key) ?? theirs.get(key) ?? base.get(key)
      const item = this.choose(
        { path: below(path, placed?.index ?? 0), what: what(key) },
        { base: base.get(key)?.item, ours: ours.get(key)?.item, theirs: theirs.get(key)?.item },
        write,
      )
      return item === undefined ? [] : [item]
    })
  }

  /** The keys of all that may stay: those of ours and theirs, and what both have removed is not among them. */
  private order(
    base: readonly string[],
    ours: readonly string[],
    theirs: readonly string[],
    { path, isOrdered }: Pick<Collection<never>, 'path' | 'isOrdered'>,
  ): readonly string[] {
    const theyMoved = isReordered(base, theirs)
    if (!isOrdered || !theyMoved) return interleaved(ours, theirs)
    if (!isReordered(base, ours)) return interleaved(theirs, ours)
    if (isReordered(ours, theirs))
      this.conflicts.push({ path, what: `order of ${path.slice(1)}`, base, ours, theirs })
    return interleaved(ours, theirs)
  }
}

function mergeFields<Fields extends object>(
  merging: Merging,
  sides: Sides<Fields>,
  names: readonly (keyof Fields & string)[],
  place: { readonly path: string; readonly what: string },
): Fields {
  const { base, ours, theirs } = sides
  const merged: Partial<Fields> = {}
  for (const name of names) {
    const at = { path: below(place.path, name), what: `${place.what} / ${name}` }
    const field = { base: base?.[name], ours: ours[name], theirs: theirs[name] }
    const value = merging.choose(at, field, (each) => each)
    if (value !== undefined) merged[name] = value
  }
  // Every name is among them that ours or theirs have.
  return merged as Fields
}

/** Gives a part of each side. */
type PartOf = <Value>(part: (model: ApplicationModel) => Value) => Sides<Value>

function mergeRules(merging: Merging, of: PartOf) {
  return {
    rules: merging.items(
      of(({ rules }) => rules),
      RULES,
    ),
    templates: merging.items(
      of(({ templates }) => templates),
      TEMPLATES,
    ),
    urlRules: merging.items(
      of(({ urlRules }) => urlRules),
      URL_RULES,
    ),
    urlTemplates: merging.items(
      of(({ urlTemplates }) => urlTemplates),
      URL_TEMPLATES,
    ),
    distribution: merging.items(
      of(({ distribution }) => distribution),
      SLICES,
    ),
    whitelist: merging.items(
      of(({ whitelist }) => whitelist),
      STACKS,
    ),
  }
}

/**
 * Merges two edits of one model. Every change of either side is in what comes of it, unless the other side changed the same thing
 * in another way: a rule, a template, a slice, a stack, the default server, a setting, or the order of rules or slices.
 * @param base what both have edited; undefined when it was not there, and so for the others
 */
export function mergeModels(
  base: ApplicationModel | undefined,
  ours: ApplicationModel | undefined,
  theirs: ApplicationModel | undefined,
): Merged<ApplicationModel | undefined> {
  const merging = new Merging()
  const { conflicts } = merging
  if (!ours || !theirs) {
    const place = { path: '', what: 'the application' }
    return { content: merging.choose(place, { base, ours, theirs }, writeModel), conflicts }
  }
  const of: PartOf = (part) => ({
    base: base && part(base),
    ours: part(ours),
    theirs: part(theirs),
  })
  const content = {
    ...mergeRules(merging, of),
    defaultServer: merging.choose(
      { path: '/defaultServer', what: 'default server' },
      of(({ defaultServer }) => defaultServer),
      writeServer,
    ),
    urlDefaults: mergeFields(
      merging,
      of(({ urlDefaults }) => urlDefaults),
      URL_FIELDS,
      { path: '/urlDefaults', what: 'URL defaults' },
    ),
    settings: mergeFields(
      merging,
      of(({ settings }) => settings),
      SETTINGS,
      { path: '/settings', what: 'settings' },
    ),
  }
  return { content, conflicts }
}

function mergeValues({ base, ours, theirs }: Sides<readonly string[]>): readonly string[] {
  const [known, own, others] = [new Set(base), new Set(ours), new Set(theirs)]
  const kept = ours.filter((value) => others.has(value) || !known.has(value))
  return [...kept, ...theirs.filter((value) => !own.has(value) && !known.has(value))]
}

function mergeList(
  merging: Merging,
  name: string,
  { base, ours, theirs }: Sides<NamespacedList | undefined>,
): readonly NamespacedList[] {
  const place = { path: below('', name), what: `list ${name}` }
  if (!ours || !theirs) {
    const list = merging.choose(place, { base, ours, theirs }, (each) => writeLists([each])[0])
    return list ? [list] : []
  }
  const fields = mergeFields(merging, { base, ours, theirs }, ['description', 'type'], place)
  const values = { base: base?.values, ours: ours.values, theirs: theirs.values }
  return [{ ...fields, name, values: mergeValues(values) }]
}

/** Merges two edits of lists as `mergeModels` does with models; of a list that both have each value is a change of its own. */
export function mergeLists(
  base: readonly NamespacedList[],
  ours: readonly NamespacedList[],
  theirs: readonly NamespacedList[],
): Merged<readonly NamespacedList[]> {
  const named = (lists: readonly NamespacedList[]): ReadonlyMap<string, NamespacedList> =>
    new Map(lists.map((list) => [list.name, list]))
  const [old, own, others] = [named(base), named(ours), named(theirs)]
  const merging = new Merging()
  const names = new Set([...own.keys(), ...others.keys()])
  const content = [...names].flatMap((name) =>
    mergeList(merging, name, {
      base: old.get(name),
      ours: own.get(name),
      theirs: others.get(name),
    }),
  )
  return { content, conflicts: merging.conflicts }
}
