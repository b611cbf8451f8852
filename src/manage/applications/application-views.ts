import type { BookedModel, BookedHosts } from '../models/model-book.js'
import { writeModel } from '../../model/write-model.js'
import type { ApplicationSummary, ApplicationView, StackView } from '../api/applications.js'
import { fieldProblems } from '../changes/change-views.js'
import type { DocumentProblem } from '../../model/document.js'

/** What is known of an application beside its model. */
export interface ApplicationFacts {
  readonly name: string
  readonly known: BookedModel
  readonly hosts: BookedHosts | undefined
  /** Undefined while none could be served. */
  readonly servedVersion: number | undefined
  readonly openChanges: number
}

/** An application in a list. */
export function summaryOf(facts: ApplicationFacts): ApplicationSummary {
  const { name, known, hosts, servedVersion, openChanges } = facts
  const { version, model, problems } = known
  const stacks = hosts?.stacks ?? []
  return {
    name,
    version,
    servedVersion: servedVersion ?? null,
    problems: [...fieldProblems(problems)],
    rules: model?.rules.length ?? 0,
    urlRules: model?.urlRules.length ?? 0,
    slices: model?.distribution.length ?? 0,
    hosts: stacks.reduce((sum, stack) => sum + stack.hosts.length, 0),
    openChanges,
  }
}

/** An application with its model. */
export function viewOf(
  facts: ApplicationFacts,
  warnings: readonly DocumentProblem[],
): ApplicationView {
  const { model } = facts.known
  return {
    ...summaryOf(facts),
    document: model ? writeModel(model) : null,
    warnings: [...fieldProblems(warnings)],
  }
}

/** The hosts of an application, stack by stack. */
export function stacksOf(
  { stacks }: Pick<BookedHosts, 'stacks'>,
  whitelist: readonly string[],
): readonly StackView[] {
  const whitelisted = new Set(whitelist)
  return stacks.map(({ path, hosts }) => {
    const slash = path.lastIndexOf('/')
    const stack = path.slice(0, slash)
    return {
      path,
      stack,
      flavor: path.slice(slash + 1),
      isWhitelisted: whitelisted.has(stack),
      hosts: hosts.map(({ ipv4, ipv6, weight, state, serves, reason }) => ({
        ipv4: ipv4 ?? null,
        ipv6: ipv6 ?? null,
        weight,
        state,
        serves,
        reason,
      })),
    }
  })
}
