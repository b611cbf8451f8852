import { compileApplication, type Compiled } from '../../../../src/model/compile.js'
import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
} from '../../../../src/model/document.js'
import { patternProblem } from '../../../../src/model/match.js'
import { EVEN_CHANCE } from '../../../../src/model/trial.js'

export { patternProblem }
export { requestImpact } from '../impact/request-impact.js'

/** A model made ready to decide in the browser; chance always draws the same. */
export function compiled(model: ApplicationModel, lists: readonly NamespacedList[]): Compiled {
  return compileApplication(model, lists, EVEN_CHANCE)
}

/** What compiling warns of, or what stands in its way. */
export function warningsOf(
  model: ApplicationModel,
  lists: readonly NamespacedList[],
): readonly DocumentProblem[] {
  const result = compiled(model, lists)
  return 'problems' in result ? result.problems : result.application.warnings
}
