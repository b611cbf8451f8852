import type { ModelStore, StoreNews } from '../../src/store/model-store.js'
import { Bell } from '../../src/core/wait.js'

/** A store that tells what a test gives it. */
export class FakeStore implements Pick<ModelStore, 'watch'> {
  private readonly bell = new Bell()
  private readonly news: (StoreNews | Error)[] = []

  tell(...news: readonly (StoreNews | Error)[]): void {
    this.news.push(...news)
    this.bell.ring()
  }

  async *watch(signal: AbortSignal): AsyncGenerator<StoreNews, void> {
    signal.addEventListener('abort', () => this.bell.ring())
    while (!signal.aborted) {
      for (let next = this.news.shift(); next; next = this.news.shift()) {
        if (next instanceof Error) throw next
        yield next
      }
      await this.bell.rung()
    }
  }
}
