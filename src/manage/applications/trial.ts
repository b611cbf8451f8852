import { setImmediate } from 'node:timers/promises'
import { compileApplication } from '../../model/compile.js'
import type { CompiledApplication } from '../../model/decision.js'
import type { StackHosts } from '../../model/document.js'
import { generateTests } from '../../model/generate-tests.js'
import { compareInTurns, compareSlices, judgeHosts, RepeatedChance } from '../../model/impact.js'
import { generatedSamples, type Samples, type Scene } from '../../model/impact-samples.js'
import { EVEN_CHANCE, runTest, type TestCase } from '../../model/trial.js'
import type { TestCase as TestBody, TestResult } from '../api/applications.js'
import type { ImpactView } from '../api/changes.js'
import { Refusal } from '../http/refusal.js'

/** Tests of one run. */
const MOST_RUN = 1000

/** Rules that are told of with everything that was tried, of all tests of one run; further tests come without an explanation. */
const MOST_TOLD_RULES = 20_000

/** Requests that are looked at between two breaths, in which others are answered. */
const AT_ONCE = 50

/** @throws Refusal 409 when the model cannot decide */
function decidingBy({ model, lists }: Scene, chance = EVEN_CHANCE): CompiledApplication {
  const compiled = compileApplication(model, lists, chance)
  if ('application' in compiled) return compiled.application
  const [problem] = compiled.problems
  const why = `${problem?.path ?? ''}: ${problem?.message ?? ''}`
  throw new Refusal(409, { detail: `The model cannot decide: ${why}` })
}

/** Why a request goes where it goes. */
export function explain(scene: Scene, parameters: Readonly<Record<string, string>>) {
  return decidingBy(scene).explain(new Map(Object.entries(parameters)))
}

/** Runs tests that were saved, and those that are generated of the model if that is wanted. */
export async function runTests(
  scene: Scene,
  saved: readonly TestCase[],
  isGenerating: boolean,
): Promise<TestResult[]> {
  const application = decidingBy(scene)
  const generated = isGenerating ? generateTests(scene.model, scene.lists) : []
  const results: TestResult[] = []
  let told = 0
  for (const [index, test] of [...saved, ...generated].slice(0, MOST_RUN).entries()) {
    if (index % AT_ONCE === 0) await setImmediate()
    const trial = runTest(application, test, index >= saved.length)
    told += trial.explanation.rules.length + trial.explanation.urlRules.length
    results.push({
      ...trial,
      test: bodyOf(test),
      actual: { ...trial.actual, appliedUrlRules: [...trial.actual.appliedUrlRules] },
      differs: [...trial.differs],
      explanation: told <= MOST_TOLD_RULES ? trial.explanation : null,
    })
  }
  return results
}

function bodyOf({ name, parameters, expected }: TestCase): TestBody {
  const { appliedUrlRules, ...others } = expected
  return {
    name,
    parameters: { ...parameters },
    expected: { ...others, ...(appliedUrlRules && { appliedUrlRules: [...appliedUrlRules] }) },
  }
}

/** What is compared: how it is, how it would be, and with which hosts. */
export interface Comparison {
  /** Undefined for an application that is not there. */
  readonly before: Scene | undefined
  /** Undefined for one that is to go. */
  readonly after: Scene | undefined
  readonly stacks: readonly StackHosts[]
}

/**
 * What would become of requests and hosts.
 * @param samples undefined for such as are generated
 */
export async function impactOf(
  { before, after, stacks }: Comparison,
  samples: Samples | undefined,
): Promise<ImpactView> {
  const chance = new RepeatedChance()
  const [was, is] = [before, after].map((scene) => scene && decidingBy(scene, chance))
  const requests = samples ?? generatedSamples([before, after])
  const { moved, examples } = await compareInTurns([was, is], requests, chance, setImmediate)
  return {
    samples: requests.length,
    origin: samples ? 'given' : 'generated',
    moved,
    examples: examples.map((each) => ({ ...each, parameters: { ...each.parameters } })),
    slices: after ? [...compareSlices(before?.model, after.model, stacks)] : [],
    minimumHosts: after
      ? judgeHosts(after.model, stacks)
      : { isMet: true, detail: 'the application goes' },
  }
}
