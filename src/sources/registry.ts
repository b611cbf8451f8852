import type { Source } from './source.js'
import { StaticSource, type StaticSettings, type StaticSurroundings } from './static.js'

/** Where a group's targets come from, as configured. */
export type SourceSettings = StaticSettings

/** The source that `settings` ask for. */
export function createSource(settings: SourceSettings, surroundings: StaticSurroundings): Source {
  return new StaticSource(settings, surroundings)
}
