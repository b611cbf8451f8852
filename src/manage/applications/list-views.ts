import { readNetwork } from '../../model/address.js'
import { AddressRanges } from '../../model/address-ranges.js'
import type { ApplicationModel, NamespacedList } from '../../model/document.js'
import { listsOfBranch, listsOfConditions } from '../../model/lists-of.js'
import { caseFolded } from '../../model/text.js'
import { encodedValue } from '../../model/values.js'
import type { ListView } from '../api/applications.js'

type Use = ListView['usedBy'][number]

/** Which rules use which lists. */
export class ListUses {
  private readonly byList = new Map<string, Use[]>()

  add(application: string, model: ApplicationModel): void {
    const note = (kind: string, rule: string, lists: readonly string[]): void => {
      for (const list of new Set(lists)) {
        const known = this.byList.get(list) ?? []
        known.push({ application, kind, rule })
        this.byList.set(list, known)
      }
    }
    for (const rule of model.rules) note('rule', rule.id, listsOfBranch(rule))
    for (const rule of model.urlRules) note('URL rule', rule.id, listsOfBranch(rule))
    for (const { id, conditions } of model.templates)
      note('template', id, listsOfConditions(conditions))
    for (const { id, conditions } of model.urlTemplates)
      note('URL template', id, listsOfConditions(conditions))
  }

  of(list: string): Use[] {
    return this.byList.get(list) ?? []
  }
}

/** A list as it is told. */
export function listView(list: NamespacedList, uses: ListUses, hasValues: boolean): ListView {
  const { name, description, type, values } = list
  return {
    name,
    description,
    type,
    size: values.length,
    ...(hasValues && { values: [...values] }),
    usedBy: uses.of(name),
  }
}

/** Whether a list has a value: as rules look for it, without regard to case, as what clients send for it, or in a network. */
export function holds({ type, values }: NamespacedList, value: string): boolean {
  const wanted = caseFolded(value)
  if (values.some((each) => caseFolded(each) === wanted)) return true
  if (type === 'encoded') return values.some((each) => caseFolded(encodedValue(each)) === wanted)
  const network = type === 'ip' ? readNetwork(value) : undefined
  if (!network) return false
  return new AddressRanges(values.flatMap((each) => readNetwork(each) ?? [])).covers(network)
}
