import { LIST_TYPES, type NamespacedList } from '../document.js'
import type { JsonField } from '../json-field.js'
import { MOST_LISTS, MOST_VALUES } from '../limits.js'
import { quoted } from '../problems.js'
import { encodedValue } from '../values.js'
import { readJson, writeJson } from './json.js'
import type { Legacy } from './notes.js'

/** What the list of all lists is called in the files of several versions. */
const KEYS = ['namespaces', 'namespacedLists', 'namespace']

function readValues(fields: readonly JsonField[]): readonly string[] {
  const values = fields.map((field) =>
    field.isText ? field.text() : (field.object()?.neededText('value') ?? ''),
  )
  return [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '')
}

function readList(field: JsonField): readonly NamespacedList[] {
  const list = field.object()
  if (!list) return []
  const name = list.neededText('name', 'NamespacedListNameIsMissed')
  const description = list.at('description')
  const named = list.at('type')
  const text = named && !named.isNull ? named.text().toLowerCase() : 'text'
  const type = LIST_TYPES.find((each) => each === text)
  if (!type) named?.complain('UnknownChoice', `${quoted(text)} is not known; text is taken`)
  const values = list.items('valueSet', MOST_VALUES)
  return [
    {
      name,
      description: description && !description.isNull ? description.text() : '',
      type: type ?? 'text',
      values: readValues(values),
    },
  ]
}

function readByName(field: JsonField): readonly NamespacedList[] {
  return field.entries(MOST_LISTS).map(([name, values]) => ({
    name,
    description: '',
    type: 'text',
    values: readValues(values.items(MOST_VALUES)),
  }))
}

/**
 * Reads `namespacedlists.json`: values by the names of their lists, of which nothing else is told; or the full form,
 * `namespacedlists-backup.json`, a list of lists.
 */
export function readNamespacedLists(text: string): Legacy<readonly NamespacedList[]> {
  return readJson(text, (field) => {
    const object = field.object()
    const found = KEYS.map((key) => object?.at(key)).find((each) => each !== undefined)
    if (object && !found) field.complain('MissedKey', `there is none of ${KEYS.join(', ')}`)
    if (!found) return undefined
    return found.isList ? found.items(MOST_LISTS).flatMap(readList) : readByName(found)
  })
}

/** Writes `namespacedlists.json`, with what clients send for the values of encoded lists. */
export function writeNamespacedLists(lists: readonly NamespacedList[]): string {
  const named = new Map(
    lists.map(({ name, type, values }) => [
      name,
      type === 'encoded' ? values.map(encodedValue) : values,
    ]),
  )
  return writeJson({ dataNodeVersion: 0, namespacedLists: Object.fromEntries(named) })
}

/** Writes `namespacedlists-backup.json`, which tells everything. */
export function writeFullNamespacedLists(lists: readonly NamespacedList[]): string {
  const namespaces = lists.map(({ name, description, type, values }) => ({
    name,
    description,
    type: type.toUpperCase(),
    valueSet: values.map((value) =>
      type === 'encoded' ? { value, encodedValue: encodedValue(value) } : { value },
    ),
  }))
  return writeJson({ version: 0, dataNodeVersion: 0, namespaces })
}
