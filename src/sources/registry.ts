import { RedisSentinelSource, type RedisSentinelSettings } from './redis-sentinel.js'
import type { Source } from './source.js'
import { StaticSource, type StaticSettings, type StaticSurroundings } from './static.js'

/** Where a group's targets come from, as configured. */
export type SourceSettings = StaticSettings | RedisSentinelSettings

/** The source that `settings` ask for. */
export function createSource(settings: SourceSettings, surroundings: StaticSurroundings): Source {
  switch (settings.kind) {
    case 'static':
      return new StaticSource(settings, surroundings)
    case 'redis-sentinel':
      return new RedisSentinelSource(settings, surroundings)
  }
}
