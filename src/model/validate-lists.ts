import type { DocumentProblem, NamespacedList } from './document.js'
import { below, Problems, quoted } from './problems.js'
import { isBlank } from './text.js'
import { isAddressOrNetwork, isName } from './values.js'

function validateListName(
  name: string,
  place: string,
  taken: ReadonlySet<string>,
  problems: Problems,
): void {
  if (isBlank(name)) problems.add('NamespacedListNameIsMissed', place, 'the name is missing')
  else if (!isName(name)) {
    const message = `${quoted(name)} is not made of letters, digits and _, or is "undefined"`
    problems.add('NamespacedListNameIsInvalid', place, message)
  } else if (taken.has(name)) {
    const message = `${quoted(name)} stands here for the second time`
    problems.add('DuplicatedNamespacedListName', place, message)
  }
}

/**
 * Whether lists make sense as operators keep them. Deciding does not need it: it takes lists as they are.
 * @returns everything that is wrong; paths are those of the JSON form
 */
export function validateLists(lists: readonly NamespacedList[]): readonly DocumentProblem[] {
  const problems = new Problems()
  const names = new Set<string>()
  const owners = new Map<string, string>()
  for (const [index, { name, type, values }] of lists.entries()) {
    const place = below('', index)
    validateListName(name, below(place, 'name'), names, problems)
    names.add(name)
    for (const [position, value] of values.entries()) {
      const owner = owners.get(value)
      const isGood = !isBlank(value) && (type !== 'ip' || isAddressOrNetwork(value))
      if (!isGood || owner !== undefined)
        complain(value, owner, below(below(place, 'values'), position), problems)
      owners.set(value, owner ?? name)
    }
  }
  return problems.list
}

function complain(
  value: string,
  owner: string | undefined,
  place: string,
  problems: Problems,
): void {
  if (isBlank(value))
    problems.add('NamespacedListContainsEmptyValue', place, 'the value is missing')
  else if (owner === undefined) {
    const message = `${quoted(value)} is neither an address nor a network`
    problems.add('NamespacedListValueIsInvalid', place, message)
  } else {
    const message = `${quoted(value)} is in list ${quoted(owner)} already`
    problems.add('NamespacedListsDuplicates', place, message)
  }
}
