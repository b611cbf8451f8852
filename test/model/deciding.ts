import { compileApplication } from '../../src/model/compile.js'
import type { CompiledApplication, Parameters } from '../../src/model/decision.js'
import type { ApplicationModel, DocumentProblem, NamespacedList } from '../../src/model/document.js'
import { modelWith, type Parts } from './parts.js'

/** Draws what it is told to, again and again. */
export function drawing(...draws: readonly number[]): { next(): number } {
  let turn = 0
  return { next: () => draws[turn++ % draws.length] ?? 0 }
}

/** A model made ready; throws when it cannot be. */
export function applicationOf(
  model: ApplicationModel,
  lists: readonly NamespacedList[] = [],
  random = drawing(0.5),
): CompiledApplication {
  const compiled = compileApplication(model, lists, random)
  if ('application' in compiled) return compiled.application
  throw new Error(JSON.stringify(compiled.problems))
}

/** Why a model cannot be made ready. */
export function problemsOf(
  model: ApplicationModel,
  lists: readonly NamespacedList[] = [],
): readonly DocumentProblem[] {
  const compiled = compileApplication(model, lists, drawing(0.5))
  return 'problems' in compiled ? compiled.problems : []
}

export function parametersOf(parameters: Readonly<Record<string, string>>): Parameters {
  return new Map(Object.entries(parameters))
}

/** A rule by its id and conditions, which leads to the flavor of that name. */
export function ruleOf(id: string, ...conditions: readonly Parts[]): Parts {
  return { id, conditions, then: { server: { path: id } } }
}

/** Whether one condition holds, as the decision and the explanation agree. */
export function holds(
  condition: Parts,
  parameters: Readonly<Record<string, string>>,
  { missingMatches = false, lists = [] as readonly NamespacedList[] } = {},
): boolean {
  const model = modelWith({ rules: [ruleOf('rule', condition)], settings: { missingMatches } })
  const application = applicationOf(model, lists)
  const request = parametersOf(parameters)
  const isMatch = application.decide(request).by === 'rule'
  const [tried] = application.explain(request).rules
  if (tried?.matched !== isMatch) throw new Error('the explanation says otherwise')
  return isMatch
}
