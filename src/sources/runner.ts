import { isDeepStrictEqual } from 'node:util'
import { PointsmanError } from '../core/errors.js'
import type { Clock, Random } from '../core/ports.js'
import type { Target } from '../core/target.js'
import { backoffMs, jittered, pause } from '../core/wait.js'
import type { Source, SourceReport } from './source.js'

const BACKOFF_MIN_MS = 500

/** A source that lasted as long as this is taken for well again. */
const BACKOFF_MAX_MS = 30_000

/** What a runner is given. */
export interface RunnerOptions {
  readonly source: Source
  readonly clock: Clock
  readonly random: Random
  /** For a source that finds out who the targets are: an empty list is then no news, and the last one stays. */
  readonly dropsEmpty: boolean
  /**
   * Takes each list that is not the same as the one before, until the signal aborts. No id comes twice in a list. Must
   * not throw.
   */
  readonly onTargets: (targets: readonly Target[]) => void
  readonly report: SourceReport
}

/** How a source is doing. */
export interface SourceStatus {
  /** `starting` until the first list came; `lost` from a failure until the next list. */
  readonly state: 'starting' | 'live' | 'lost'
  /** For how long nobody has vouched for the last list: 0 while live; undefined when there never was one. */
  readonly ageMs: number | undefined
  /** The latest reason why it is lost. */
  readonly error: PointsmanError | undefined
}

/** Keeps one source going, and the last list it gave. */
export class SourceRunner {
  private readonly options: RunnerOptions
  private list: readonly Target[] | undefined
  private lostAt = 0
  private error: PointsmanError | undefined

  constructor(options: RunnerOptions) {
    this.options = options
  }

  /**
   * Watches the source, and again after each failure; resolves when `signal` aborts. Call once.
   * @param signal of this runner alone, for Node warns when many listen to one
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.options
    let failures = 0
    for (;;) {
      const startedAt = clock.now()
      const error = await this.watch(signal)
      if (signal.aborted) return
      this.lose(error)
      failures = clock.now() - startedAt >= BACKOFF_MAX_MS ? 1 : failures + 1
      const waitMs = backoffMs(failures, BACKOFF_MIN_MS, BACKOFF_MAX_MS)
      await pause(clock, jittered(random, waitMs), signal)
    }
  }

  get status(): SourceStatus {
    return { state: this.state(), ageMs: this.ageMs(), error: this.error }
  }

  private state(): SourceStatus['state'] {
    if (this.error) return 'lost'
    return this.list ? 'live' : 'starting'
  }

  private ageMs(): number | undefined {
    if (!this.list) return undefined
    return this.error ? this.options.clock.now() - this.lostAt : 0
  }

  private async watch(signal: AbortSignal): Promise<PointsmanError> {
    try {
      for await (const news of this.options.source.watch(signal)) {
        if (signal.aborted) continue
        if (news instanceof PointsmanError) this.lose(news)
        else this.take(news)
      }
      return new PointsmanError('SOURCE_LOST', 'The source ended')
    } catch (error) {
      if (error instanceof PointsmanError) return error
      return new PointsmanError('SOURCE_LOST', `The source failed: ${String(error)}`, error)
    }
  }

  private lose(error: PointsmanError): void {
    if (!this.error) {
      this.lostAt = this.options.clock.now()
      this.options.report({ subject: 'source', error })
    }
    this.error = error
  }

  private take(targets: readonly Target[]): void {
    if (this.error) this.options.report({ subject: 'source', error: undefined })
    this.error = undefined
    const list = withoutRepeats(targets)
    if (list.length === 0 && this.options.dropsEmpty) return
    if (isDeepStrictEqual(list, this.list)) return
    this.list = list
    this.options.onTargets(list)
  }
}

function withoutRepeats(targets: readonly Target[]): readonly Target[] {
  const byId = new Map<string, Target>()
  for (const target of targets) if (!byId.has(target.id)) byId.set(target.id, target)
  return byId.size === targets.length ? targets : [...byId.values()]
}
