import { signal, type ReadonlySignal } from '@preact/signals'
import type { PatternCheck, PatternProblem } from '../../../src/model/validate-conditions.js'

/** Of which it is remembered what is wrong with them; while one types each letter makes another one. */
const MOST_KNOWN = 5000

/** The same check, which looks at each pattern once. */
function remembering(check: PatternCheck): PatternCheck {
  const known = new Map<string, PatternProblem | undefined>()
  return (pattern) => {
    if (known.has(pattern)) return known.get(pattern)
    if (known.size >= MOST_KNOWN) known.clear()
    const problem = check(pattern)
    known.set(pattern, problem)
    return problem
  }
}

const own = signal<PatternCheck>()
let fetching: Promise<void> | undefined

/** What looks at patterns; undefined until its code is there. */
export const patternCheck: ReadonlySignal<PatternCheck | undefined> = own

/** Fetches what looks at patterns, which is most of the code of this application. Where it cannot be had the service looks. */
export function fetchPatternCheck(): Promise<void> {
  fetching ??= import('./trial/compiled-model.js').then(
    ({ patternProblem }) => {
      own.value = remembering(patternProblem)
    },
    () => {
      fetching = undefined
    },
  )
  return fetching
}
