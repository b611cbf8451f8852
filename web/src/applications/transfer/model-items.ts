import type { ApplicationModel } from '../../../../src/model/document.js'
import {
  keyed,
  RULES,
  SLICES,
  STACKS,
  TEMPLATES,
  URL_RULES,
  URL_TEMPLATES,
  type Collection,
} from '../../../../src/model/model-parts.js'
import { readModel } from '../../../../src/model/read-model.js'
import { isSame } from '../../../../src/model/same.js'
import { writeModel } from '../../../../src/model/write-model.js'
import { parsed, type FileItem, type ReadFile } from './read-file.js'

/** One thing of a document that can be taken over into a model. */
export interface ModelItem extends FileItem {
  /** The model with it: in the place of its namesake, or else at the end. */
  readonly taken: (model: ApplicationModel) => ApplicationModel
}

function placed<Item>(
  items: readonly Item[],
  item: Item,
  { keyOf }: Collection<Item>,
): readonly Item[] {
  const at = items.findIndex((each) => keyOf(each) === keyOf(item))
  return at < 0 ? [...items, item] : items.with(at, item)
}

function itemsOf<Item>(
  collection: Collection<Item>,
  [now, incoming]: readonly [readonly Item[], readonly Item[]],
  taken: (items: (items: readonly Item[]) => readonly Item[]) => ModelItem['taken'],
): readonly ModelItem[] {
  const known = keyed(now, collection)
  return [...keyed(incoming, collection).values()].map(({ key, item }): ModelItem => {
    const own = known.get(key)
    const [before, after] = [own && collection.write(own.item), collection.write(item)]
    const take = taken((items) => placed(items, item, collection))
    const shared = { what: collection.what(key), after, taken: take }
    if (!own) return { ...shared, state: 'new' }
    return { ...shared, before, state: isSame(before, after) ? 'the same' : 'another' }
  })
}

/** The things of a model, or of a part of one, in JSON. @param model which they may be taken over into */
export function readItems(text: string, model: ApplicationModel): ReadFile<ModelItem> {
  const document = parsed(text)
  if (document instanceof Error) return { why: document.message }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return { why: 'This is no model: it has to be an object with rules, templates or the like.' }
  // A part of a model need not say where everybody else goes.
  const read = readModel({ ...writeModel(model), ...nothingOf(model), ...document })
  if ('problems' in read)
    return { why: read.problems.map(({ path, message }) => `${path}: ${message}`).join('; ') }
  const { content } = read
  const pair = <Key extends keyof ApplicationModel>(key: Key) => [model[key], content[key]] as const
  return {
    items: [
      ...itemsOf(RULES, pair('rules'), (edit) => (each) => ({ ...each, rules: edit(each.rules) })),
      ...itemsOf(TEMPLATES, pair('templates'), (edit) => (each) => ({
        ...each,
        templates: edit(each.templates),
      })),
      ...itemsOf(SLICES, pair('distribution'), (edit) => (each) => ({
        ...each,
        distribution: edit(each.distribution),
      })),
      ...itemsOf(URL_RULES, pair('urlRules'), (edit) => (each) => ({
        ...each,
        urlRules: edit(each.urlRules),
      })),
      ...itemsOf(URL_TEMPLATES, pair('urlTemplates'), (edit) => (each) => ({
        ...each,
        urlTemplates: edit(each.urlTemplates),
      })),
      ...itemsOf(STACKS, pair('whitelist'), (edit) => (each) => ({
        ...each,
        whitelist: edit(each.whitelist),
      })),
    ],
  }
}

/** So that what a file does not name is not taken for something that it has. */
function nothingOf(model: ApplicationModel): object {
  const lists = Object.entries(model).filter(([, value]) => Array.isArray(value))
  return Object.fromEntries(lists.map(([key]) => [key, []]))
}

/** A model in JSON, as `readItems` reads it. */
export function exportedModel(model: ApplicationModel): string {
  return `${JSON.stringify(writeModel(model), null, 2)}\n`
}
