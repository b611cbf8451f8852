import type { TriedCondition } from './decision.js'
import type { Compilation } from './compilation.js'
import { compileComparison } from './comparison.js'
import { inWords } from './condition-words.js'
import type { Test } from './condition-test.js'
import type { Condition, Junction } from './document.js'
import { compileMatch } from './match.js'
import { compileContains, compileInIpRange } from './membership.js'
import { below } from './problems.js'
import { compileEmptiness, compilePercent, compileRandom } from './simple-tests.js'

const JOIN: Readonly<Record<Junction['kind'], (left: boolean, right: boolean) => boolean>> = {
  and: (left, right) => left && right,
  or: (left, right) => left || right,
  xor: (left, right) => left !== right,
}

function junctionHolds(
  kind: Junction['kind'],
  [left, right]: readonly [Test, Test],
): () => boolean {
  switch (kind) {
    case 'and':
      return () => left.holds() && right.holds()
    case 'or':
      return () => left.holds() || right.holds()
    case 'xor':
      return () => left.holds() !== right.holds()
  }
}

function compileJunction(junction: Junction, path: string, compilation: Compilation): Test {
  const [left, right] = junction.of
  const place = below(path, 'of')
  const parts = [
    compileCondition(left, below(place, 0), compilation),
    compileCondition(right, below(place, 1), compilation),
  ] as const
  return {
    condition: junction,
    holds: junctionHolds(junction.kind, parts),
    why: () => '',
    parts,
  }
}

/** @param path where the condition is in its document, for problems */
export function compileCondition(
  condition: Condition,
  path: string,
  compilation: Compilation,
): Test {
  switch (condition.kind) {
    case 'contains':
      return compileContains(condition, path, compilation)
    case 'inIpRange':
      return compileInIpRange(condition, path, compilation)
    case 'matches':
      return compileMatch(condition, path, compilation)
    case 'isEmpty':
      return compileEmptiness(condition, compilation)
    case 'percent':
      return compilePercent(condition, compilation)
    case 'random':
      return compileRandom(condition, compilation)
    case 'and':
    case 'or':
    case 'xor':
      return compileJunction(condition, path, compilation)
    case 'equals':
    case 'notEqual':
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return compileComparison(condition, compilation)
  }
}

/** Asks a test once, and everything in it, also what a decision would not have to ask any more. */
export function tryTest(test: Test): TriedCondition {
  const text = inWords(test.condition)
  if (!test.parts || !('of' in test.condition))
    return { text, held: test.holds(), why: test.why(), parts: [] }
  const [left, right] = [tryTest(test.parts[0]), tryTest(test.parts[1])]
  const held = JOIN[test.condition.kind](left.held, right.held)
  const why = `the first part ${verdict(left)}, the second ${verdict(right)}`
  return { text, held, why, parts: [left, right] }
}

function verdict({ held }: TriedCondition): string {
  return held ? 'holds' : 'does not hold'
}
