import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
  Rule,
  Template,
} from './document.js'
import { listsOf } from './lists-of.js'
import { below, Problems, quoted } from './problems.js'

function removedInUse(
  kind: 'rules' | 'urlRules',
  before: readonly Template[],
  after: { readonly templates: readonly Template[]; readonly rules: readonly Rule<unknown>[] },
  problems: Problems,
): void {
  const gone = new Set(before.map(({ id }) => id))
  for (const { id } of after.templates) gone.delete(id)
  for (const [index, { id, template }] of after.rules.entries()) {
    if (template === undefined || !gone.has(template)) continue
    const message = `template ${quoted(template)} cannot go: rule ${quoted(id)} uses it`
    problems.add('TemplateIsUsed', below(below(`/${kind}`, index), 'template'), message)
  }
}

/**
 * What a change may not do, although the model that it leads to is valid: empty the distribution or the whitelist of
 * several entries at once, or remove templates in use.
 * @returns paths are those of the JSON form of `after`
 */
export function validateChange(
  before: ApplicationModel,
  after: ApplicationModel,
): readonly DocumentProblem[] {
  const problems = new Problems()
  const { rules, templates, urlRules, urlTemplates } = after
  removedInUse('rules', before.templates, { rules, templates }, problems)
  if (before.distribution.length > 1 && after.distribution.length === 0) {
    const message = `all ${before.distribution.length} slices at once cannot go`
    problems.add('DistributionDeletionError', '/distribution', message)
  }
  removedInUse(
    'urlRules',
    before.urlTemplates,
    { rules: urlRules, templates: urlTemplates },
    problems,
  )
  if (before.whitelist.length > 1 && after.whitelist.length === 0) {
    const message = `all ${before.whitelist.length} stacks at once cannot go`
    problems.add('WhitelistDeleteError', '/whitelist', message)
  }
  return problems.list
}

/**
 * Which lists a change may not remove, as models name them.
 * @param models by the application's name
 * @returns one problem for each list and application; the path is empty, as the list is no longer there
 */
export function validateListsChange(
  before: readonly NamespacedList[],
  after: readonly NamespacedList[],
  models: ReadonlyMap<string, ApplicationModel>,
): readonly DocumentProblem[] {
  const problems = new Problems()
  const kept = new Set(after.map(({ name }) => name))
  const gone = before.filter(({ name }) => !kept.has(name))
  for (const [application, model] of models) {
    const used = listsOf(model)
    for (const { name } of gone.filter((list) => used.has(list.name))) {
      const message = `list ${quoted(name)} cannot go: ${quoted(application)} uses it`
      problems.add('NamespacedlistIsInUse', '', message)
    }
  }
  return problems.list
}
