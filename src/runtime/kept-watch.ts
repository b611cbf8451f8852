import { PointsmanError, type ErrorCode } from '../core/errors.js'
import type { Clock, Random } from '../core/ports.js'
import type { ObservedWatch } from '../telemetry/observed.js'
import { backoffMs, jittered, pause } from '../core/wait.js'

const BACKOFF_MIN_MS = 500

/** What lasted as long as this is taken for well again. */
const BACKOFF_MAX_MS = 30_000

/** What is watched, and who is told. */
export interface WatchTerms<News> {
  readonly clock: Clock
  readonly random: Random
  readonly watch: (signal: AbortSignal) => AsyncIterable<News | PointsmanError>
  /** An error that is none of ours gets this code. */
  readonly code: ErrorCode
  readonly onNews: (news: News) => void
  /** Told of each beginning of a watch; what is told from then on is all there is. */
  readonly onBegin?: () => void
  /** Told of each loss, and with undefined of each return. */
  readonly onChange: (error: PointsmanError | undefined) => void
}

/** Watches something for as long as it is wanted, and again after each failure. */
export class KeptWatch<News> {
  private readonly terms: WatchTerms<News>
  private hasNews = false
  private lostAt = 0
  private error: PointsmanError | undefined

  constructor(terms: WatchTerms<News>) {
    this.terms = terms
  }

  get status(): ObservedWatch {
    const { error, hasNews } = this
    const ageMs = error ? this.terms.clock.now() - this.lostAt : 0
    const state = error ? 'lost' : hasNews ? 'live' : 'starting'
    return { state, ageMs: hasNews ? ageMs : undefined, error }
  }

  /** Resolves when `signal` aborts; to be called once. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.terms
    let failures = 0
    for (;;) {
      const startedAt = clock.now()
      const error = await this.watch(signal)
      if (signal.aborted) return
      this.lose(error)
      failures = clock.now() - startedAt >= BACKOFF_MAX_MS ? 1 : failures + 1
      await pause(
        clock,
        jittered(random, backoffMs(failures, BACKOFF_MIN_MS, BACKOFF_MAX_MS)),
        signal,
      )
    }
  }

  private async watch(signal: AbortSignal): Promise<PointsmanError> {
    const { watch, code, onBegin } = this.terms
    try {
      onBegin?.()
      for await (const news of watch(signal)) {
        if (signal.aborted) continue
        if (news instanceof PointsmanError) this.lose(news)
        else this.take(news)
      }
      return new PointsmanError(code, 'It ended')
    } catch (error) {
      if (error instanceof PointsmanError) return error
      return new PointsmanError(code, String(error), error)
    }
  }

  private take(news: News): void {
    if (this.error) this.terms.onChange(undefined)
    this.error = undefined
    this.hasNews = true
    this.terms.onNews(news)
  }

  private lose(error: PointsmanError): void {
    const isNews = !this.error
    if (isNews) this.lostAt = this.terms.clock.now()
    this.error = error
    if (isNews) this.terms.onChange(error)
  }
}
