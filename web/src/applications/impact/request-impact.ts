import { compileApplication } from '../../../../src/model/compile.js'
import type { CompiledApplication } from '../../../../src/model/decision.js'
import { compareInTurns, RepeatedChance, type RequestImpact } from '../../../../src/model/impact.js'
import { generatedSamples, type Scene } from '../../../../src/model/impact-samples.js'

/** Lets the page draw, and answer to whoever uses it. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve)
  })
}

function decidingBy({ model, lists }: Scene, chance: RepeatedChance): CompiledApplication {
  const compiled = compileApplication(model, lists, chance)
  if ('application' in compiled) return compiled.application
  const [first] = compiled.problems
  throw new Error(`The model cannot decide: ${first?.path ?? ''} ${first?.message ?? ''}`)
}

/**
 * Which requests would go elsewhere, of those that the service would make of the rules as well.
 * @param before undefined for an application that is not there
 * @throws Error when a model cannot decide
 */
export function requestImpact(before: Scene | undefined, after: Scene): Promise<RequestImpact> {
  const chance = new RepeatedChance()
  const applications = [before && decidingBy(before, chance), decidingBy(after, chance)]
  return compareInTurns(applications, generatedSamples([before, after]), chance, pause)
}
