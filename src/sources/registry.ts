import { RedisSentinelSource, type RedisSentinelSettings } from './redis-sentinel.js'
import type { Source } from './source.js'
import { StaticSource, type StaticSettings } from './static.js'
import {
  ZookeeperSource,
  type ZookeeperSourceSettings,
  type ZookeeperSurroundings,
} from './zookeeper/zookeeper-source.js'

/** Where a group's targets come from, as configured. */
export type SourceSettings = StaticSettings | RedisSentinelSettings | ZookeeperSourceSettings

/** The source that `settings` ask for. */
export function createSource(
  settings: SourceSettings,
  surroundings: ZookeeperSurroundings,
): Source {
  switch (settings.kind) {
    case 'static':
      return new StaticSource(settings, surroundings)
    case 'redis-sentinel':
      return new RedisSentinelSource(settings, surroundings)
    case 'zookeeper':
      return new ZookeeperSource(settings, surroundings)
  }
}
