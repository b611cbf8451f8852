import type { ApplicationModel, NamespacedList } from './document.js'
import { generateTests } from './generate-tests.js'

/** Clients without parameters but their key, for what distributions do. */
const GENERATED_KEYS = 500

/** A model with the lists that there are, or would be. */
export interface Scene {
  readonly model: ApplicationModel
  readonly lists: readonly NamespacedList[]
}

/** Requests that are looked at. */
export type Samples = readonly Readonly<Record<string, string>>[]

/** Requests for every rule that there is before or after, and clients for the distribution. @param scenes undefined for none */
export function generatedSamples(scenes: readonly (Scene | undefined)[]): Samples {
  const tests = scenes.flatMap((scene) => (scene ? generateTests(scene.model, scene.lists) : []))
  const known = new Map(tests.map(({ parameters }) => [JSON.stringify(parameters), parameters]))
  const keys = Array.from({ length: GENERATED_KEYS }, (_, n) => ({
    serviceAccountId: `client-${n}`,
  }))
  return [...known.values(), ...keys]
}
