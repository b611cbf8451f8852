import { setMaxListeners } from 'node:events'
import { isIP } from 'node:net'
import { targetAt, type Target, type TargetSpec } from '../../core/target.js'
import { resolvedHost, type ResolvedHost } from '../dns.js'
import { followName, type Following } from '../follow-name.js'
import type { Names } from '../name-book.js'
import type { SourceReport } from '../source.js'

/** What names are followed with. */
export interface FollowedNamesOptions extends Following {
  readonly names: Names
  readonly report: SourceReport
  /** Told when the targets of some host have changed; must not throw. */
  readonly onChange: () => void
}

interface Followed {
  readonly host: ResolvedHost
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** The addresses of host names that come and go. */
export class FollowedNames {
  private readonly options: FollowedNamesOptions
  private readonly byName = new Map<string, Followed>()

  constructor(options: FollowedNamesOptions) {
    this.options = options
  }

  /** The targets that these stand for, as far as their names are resolved; other names are followed no longer. */
  targets(specs: readonly TargetSpec[]): readonly Target[] {
    const wanted = new Set(specs.map(({ host }) => host).filter((host) => isIP(host) === 0))
    for (const [name, { stop }] of this.byName) {
      if (wanted.has(name)) continue
      stop.abort()
      this.byName.delete(name)
    }
    for (const name of wanted) if (!this.byName.has(name)) this.byName.set(name, this.follow(name))
    return specs.flatMap(
      (spec) => this.byName.get(spec.host)?.host.targets(spec) ?? [targetAt(spec, spec.host)],
    )
  }

  /** Resolves when none is followed any more. */
  async close(): Promise<void> {
    const followed = [...this.byName.values()]
    for (const { stop } of followed) stop.abort()
    this.byName.clear()
    await Promise.all(followed.map(({ ended }) => ended))
  }

  private follow(name: string): Followed {
    const { names, report, onChange } = this.options
    const host = resolvedHost(name, names, report)
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const ended = followName(host, this.options, stop.signal, (hasChanged) => {
      if (hasChanged && !stop.signal.aborted) onChange()
    })
    return { host, stop, ended }
  }
}
