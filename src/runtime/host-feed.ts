import type { PointsmanError } from '../core/errors.js'
import type { Target } from '../core/target.js'
import { Bell } from '../core/wait.js'
import type { Source } from '../sources/source.js'

/** A source that is told who the targets are by somebody in this process; one watches it at a time. */
export class HostFeed implements Source {
  private readonly bell = new Bell()
  private latest: readonly Target[] | PointsmanError | undefined

  /** Tells a list, or why nobody vouches for the last one. */
  tell(news: readonly Target[] | PointsmanError): void {
    this.latest = news
    this.bell.ring()
  }

  async *watch(signal: AbortSignal): AsyncGenerator<readonly Target[] | PointsmanError, void> {
    const end = (): void => this.bell.ring()
    signal.addEventListener('abort', end)
    try {
      while (!signal.aborted) {
        if (this.latest) yield this.latest
        await this.bell.rung()
      }
    } finally {
      signal.removeEventListener('abort', end)
    }
  }
}
