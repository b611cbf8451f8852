import type { Random } from '../core/ports.js'
import { Application } from './application.js'
import { Arguments } from './argument.js'
import { ClientKey } from './client-key.js'
import type { Compilation } from './compilation.js'
import { CompiledLists } from './compiled-lists.js'
import type { CompiledApplication, Decision } from './decision.js'
import type {
  ApplicationModel,
  Branch,
  Destination,
  DocumentProblem,
  NamespacedList,
  Outcome,
  Rule,
} from './document.js'
import { Distribution } from './distribution.js'
import { Problems } from './problems.js'
import { compileRules } from './rules.js'
import { warnOfUnreachable, warnOfUnusedUrlRules } from './unreachable.js'
import { UrlRules } from './url-rules.js'

/** What comes of compiling: something to decide with, or what stands in the way, all of it at once. */
export type Compiled =
  { readonly application: CompiledApplication } | { readonly problems: readonly DocumentProblem[] }

/** The rule with a decision wherever it has a destination, made once: deciding gives it away as often as it is asked. */
function decidingRule(rule: Rule<Destination>): Rule<Decision> {
  const decided = (outcome: Outcome<Destination>): Outcome<Decision> =>
    outcome.kind === 'branch'
      ? { kind: 'branch', branch: decidingBranch(outcome.branch) }
      : { kind: 'result', result: decisionOf(rule.id, outcome.result) }
  const decidingBranch = ({
    conditions,
    then,
    otherwise,
  }: Branch<Destination>): Branch<Decision> => ({
    conditions,
    then: decided(then),
    ...(otherwise && { otherwise: decided(otherwise) }),
  })
  return {
    id: rule.id,
    ...decidingBranch(rule),
    ...(rule.template !== undefined && { template: rule.template }),
  }
}

function decisionOf(name: string, destination: Destination): Decision {
  return Object.freeze(
    destination.kind === 'server'
      ? { by: 'rule', name, server: destination.server }
      : { by: 'rule', name, group: destination.group },
  )
}

function compileUrlRules(model: ApplicationModel, compilation: Compilation): UrlRules {
  const { urlRules, urlTemplates, urlDefaults, settings } = model
  const rules = compileRules(
    {
      rules: urlRules,
      templates: urlTemplates,
      order: settings.evaluationOrder,
      path: '/urlRules',
      templatesPath: '/urlTemplates',
    },
    compilation,
  )
  warnOfUnusedUrlRules(rules, compilation.warnings)
  return new UrlRules(rules, compilation.args, urlDefaults)
}

/**
 * Makes a model ready to decide. It takes the model to be valid beyond what concerns deciding itself: types, percentages and
 * servers are not looked at again.
 * @param lists those that the model uses, at least
 * @param random for `random` conditions; asked while deciding
 */
export function compileApplication(
  model: ApplicationModel,
  lists: readonly NamespacedList[],
  random: Random,
): Compiled {
  const [problems, warnings] = [new Problems(), new Problems()]
  const compiledLists = new CompiledLists(lists)
  const { missingMatches, evaluationOrder: order } = model.settings
  const compilationOf = (args: Arguments): Compilation => {
    const clientKey = new ClientKey(args)
    return { args, clientKey, lists: compiledLists, random, missingMatches, problems, warnings }
  }
  const compilation = compilationOf(new Arguments())
  const rules = compileRules(
    {
      rules: model.rules.map(decidingRule),
      templates: model.templates,
      order,
      path: '/rules',
      templatesPath: '/templates',
    },
    compilation,
  )
  warnOfUnreachable(rules, warnings)
  const urlRules = compileUrlRules(model, compilationOf(new Arguments()))
  if (problems.list.length > 0) return { problems: problems.list }
  const { args, clientKey } = compilation
  const { defaultServer: server } = model
  const application = new Application({
    args,
    rules,
    distribution: new Distribution(model.distribution, clientKey),
    fallback: Object.freeze({ by: 'default', name: server.name, server }),
    urlRules,
    warnings: warnings.list,
  })
  return { application }
}
