import type { ListType, NamespacedList } from '../../../../src/model/document.js'
import { isAddressOrNetwork } from '../../../../src/model/values.js'

/** What an import does with the values that a list has. */
export type ImportMode = 'add' | 'replace' | 'remove'

/** What is in a text that was pasted or loaded from a file. */
export interface ImportedValues {
  /** Each once, in the order of the text. */
  readonly values: readonly string[]
  /** How often a value stood there again. */
  readonly repeated: number
  /** Those that a list of the type cannot have. */
  readonly invalid: readonly string[]
}

/** Values between line breaks, commas and semicolons; blanks around them and lines that begin with # do not count. */
export function readValues(text: string, type: ListType): ImportedValues {
  const found = text
    .split(/[\r\n]+/)
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.split(/[,;]/))
    .map((value) => value.trim())
    .filter((value) => value !== '')
  const once = [...new Set(found)]
  const isGood = (value: string): boolean => type !== 'ip' || isAddressOrNetwork(value)
  return {
    values: once.filter(isGood),
    repeated: found.length - once.length,
    invalid: once.filter((value) => !isGood(value)),
  }
}

/** One value per line, as `readValues` reads it. */
export function writeValues({ values }: NamespacedList): string {
  return values.map((value) => `${value}\n`).join('')
}

/** A list after an import. */
export function withImported(
  list: NamespacedList,
  values: readonly string[],
  mode: ImportMode,
): NamespacedList {
  if (mode === 'replace') return { ...list, values }
  if (mode === 'add') return { ...list, values: [...new Set([...list.values, ...values])] }
  const gone = new Set(values)
  return { ...list, values: list.values.filter((value) => !gone.has(value)) }
}

/** A value that another list has already. */
export interface Duplicate {
  readonly value: string
  readonly list: string
}

/** Values that other lists have: a value may be in one list alone. */
export function duplicatesOf(
  name: string,
  values: readonly string[],
  lists: readonly NamespacedList[],
): readonly Duplicate[] {
  const wanted = new Set(values)
  return lists
    .filter((list) => list.name !== name)
    .flatMap((list) =>
      list.values.filter((value) => wanted.has(value)).map((value) => ({ value, list: list.name })),
    )
}

/** The lists with values taken out of all but one of them, which has them now. */
export function withMoved(
  lists: readonly NamespacedList[],
  owner: NamespacedList,
): readonly NamespacedList[] {
  const taken = new Set(owner.values)
  return lists.map((list) => {
    if (list.name === owner.name) return owner
    const left = list.values.filter((value) => !taken.has(value))
    return left.length === list.values.length ? list : { ...list, values: left }
  })
}
