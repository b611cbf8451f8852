import type { ApplicationModel, NamespacedList } from '../../../../src/model/document.js'
import type { Explanation } from '../../../../src/model/decision.js'
import { generateTests } from '../../../../src/model/generate-tests.js'
import { runTest, type TestCase, type Trial } from '../../../../src/model/trial.js'
import { compiled } from './compiled-model.js'

function ready(model: ApplicationModel, lists: readonly NamespacedList[]) {
  const result = compiled(model, lists)
  if ('application' in result) return result.application
  const [first] = result.problems
  throw new Error(`The model cannot decide: ${first?.path ?? ''} ${first?.message ?? ''}`)
}

/** Runs tests against a model. @throws Error when it cannot decide */
export function runAll(
  model: ApplicationModel,
  lists: readonly NamespacedList[],
  tests: readonly TestCase[],
): readonly Trial[] {
  const application = ready(model, lists)
  return tests.map((test) => runTest(application, test, false))
}

/** Makes tests of a model's rules, and runs them against it. @throws Error when it cannot decide */
export function runGenerated(
  model: ApplicationModel,
  lists: readonly NamespacedList[],
): readonly Trial[] {
  const application = ready(model, lists)
  return generateTests(model, lists).map((test) => runTest(application, test, true))
}

/** Where one request goes, and why. @throws Error when the model cannot decide */
export function explain(
  model: ApplicationModel,
  lists: readonly NamespacedList[],
  parameters: Readonly<Record<string, string>>,
): Explanation {
  return ready(model, lists).explain(new Map(Object.entries(parameters)))
}
