import { setMaxListeners } from 'node:events'
import { isIP } from 'node:net'
import type { Clock, Random } from '../core/ports.js'
import { targetAt, type Target, type TargetSpec } from '../core/target.js'
import { Bell } from '../core/wait.js'
import { resolvedHost, type ResolvedHost } from './dns.js'
import { followName } from './follow-name.js'
import type { Names } from './name-book.js'
import type { Source, SourceReport } from './source.js'

/** What the configuration says of targets that it lists itself. */
export interface StaticSettings {
  readonly kind: 'static'
  /** A host `_service._proto.name` stands for the targets of its SRV records; its port and weight are not used. */
  readonly specs: readonly TargetSpec[]
  /** Time between two lookups of a name, more than 0; give or take a tenth. */
  readonly refreshMs: number
}

/** What a static source needs from outside. */
export interface StaticSurroundings {
  readonly clock: Clock
  readonly random: Random
  readonly names: Names
  readonly report: SourceReport
}

/**
 * The targets of a configured list, in its order: every address of every host name is one. The first list comes as soon
 * as there is any target, or when every name was asked once; further ones when the answer to some name changes.
 */
export class StaticSource implements Source {
  private readonly settings: StaticSettings
  private readonly surroundings: StaticSurroundings

  constructor(settings: StaticSettings, surroundings: StaticSurroundings) {
    this.settings = settings
    this.surroundings = surroundings
  }

  async *watch(signal: AbortSignal): AsyncGenerator<readonly Target[], void> {
    const hosts = this.hosts()
    const unasked = new Set(hosts.values())
    const stop = new AbortController()
    // Each name waits on it, and Node takes more than ten for a leak.
    setMaxListeners(0, stop.signal)
    const bell = new Bell()
    const end = (): void => {
      stop.abort()
      bell.ring()
    }
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    const { clock, random } = this.surroundings
    const { refreshMs } = this.settings
    const followers = [...unasked].map((host) =>
      followName(host, { clock, random, refreshMs }, stop.signal, (hasChanged) => {
        if (unasked.delete(host) || hasChanged) bell.ring()
      }),
    )
    try {
      while (!stop.signal.aborted) {
        const list = this.list(hosts)
        if (list.length > 0 || unasked.size === 0) yield list
        await bell.rung()
      }
    } finally {
      signal.removeEventListener('abort', end)
      end()
      await Promise.all(followers)
    }
  }

  /** Those that are names; a name that is listed twice is one. */
  private hosts(): ReadonlyMap<string, ResolvedHost> {
    const { names, report } = this.surroundings
    const hosts = new Map<string, ResolvedHost>()
    for (const { host } of this.settings.specs) {
      if (isIP(host) === 0 && !hosts.has(host)) hosts.set(host, resolvedHost(host, names, report))
    }
    return hosts
  }

  private list(hosts: ReadonlyMap<string, ResolvedHost>): readonly Target[] {
    return this.settings.specs.flatMap(
      (spec) => hosts.get(spec.host)?.targets(spec) ?? [targetAt(spec, spec.host)],
    )
  }
}
