import type {
  ApplicationModel,
  Destination,
  NamespacedList,
  Rule,
  UrlParameters,
} from './document.js'
import { RequestFinder } from './request-finder.js'
import { SampleKeys } from './sample-keys.js'
import { placeOf, placesOf, type Expectation, type TestCase } from './trial.js'

/** Tests that are generated of one model. */
export const MOST_GENERATED = 2000

/** Some tests for each rule of one kind. */
function* rulesTests<Result>(
  rules: readonly Rule<Result>[],
  finder: RequestFinder<Result>,
  told: { readonly what: string; readonly most: number },
  expected: (rule: Rule<Result>, result: Result) => Expectation,
): Iterable<TestCase> {
  for (const rule of rules) {
    let number = 0
    for (const { request, result } of finder.find(rule)) {
      if (++number > told.most) break
      const name = `${told.what} ${rule.id}, ${number}`
      const parameters = Object.fromEntries(request)
      yield { name, parameters, expected: expected(rule, result) }
    }
  }
}

function* distributionTests(
  { distribution, defaultServer }: ApplicationModel,
  keys: SampleKeys,
): Iterable<TestCase> {
  let end = 0
  for (const { id, percent, server } of distribution) {
    end += percent
    const [key] = keys.around(end)
    const expected = { by: 'distribution', path: placeOf(server) }
    if (key !== undefined)
      yield { name: `slice ${id}`, parameters: { serviceAccountId: key }, expected }
  }
  const key = keys.around(end)[1] ?? ''
  const parameters = { ...(key !== '' && { serviceAccountId: key }) }
  yield { name: 'default', parameters, expected: { by: 'default', path: placeOf(defaultServer) } }
}

/**
 * Requests that each rule of a model matches, at the borders of its conditions, and one for each slice and the default, with what
 * is expected of them as if nothing came before. So a test that fails shows a rule whose clients another one gets. Nothing is
 * told of rules that no request was found for.
 * @param lists those that the model uses, at least
 * @returns at most `MOST_GENERATED`
 */
export function generateTests(
  model: ApplicationModel,
  lists: readonly NamespacedList[],
): readonly TestCase[] {
  const { rules, templates, urlRules, urlTemplates, settings } = model
  const keys = new SampleKeys()
  const { missingMatches } = settings
  const most = Math.max(1, Math.floor(MOST_GENERATED / (rules.length + urlRules.length + 1)))
  const kinds: readonly Iterable<TestCase>[] = [
    distributionTests(model, keys),
    rulesTests(
      rules,
      new RequestFinder<Destination>({ templates, lists, missingMatches, keys }),
      { what: 'rule', most },
      ({ id }, destination) => ({ by: 'rule', rule: id, path: placesOf(destination) }),
    ),
    rulesTests(
      urlRules,
      new RequestFinder<UrlParameters>({ templates: urlTemplates, lists, missingMatches, keys }),
      { what: 'URL rule', most },
      ({ id }) => ({ appliedUrlRules: [id] }),
    ),
  ]
  const tests: TestCase[] = []
  for (const kind of kinds)
    for (const test of kind) {
      if (tests.length === MOST_GENERATED) return tests
      tests.push(test)
    }
  return tests
}
