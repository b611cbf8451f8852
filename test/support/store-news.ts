import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import type { ModelStore, StoreNews } from '../../src/store/model-store.js'
import { flavorOf } from './models.js'

/** News in one line: `shop 3 1.0`, `shop removed`. */
export function wordsOf(news: StoreNews): string {
  switch (news.kind) {
    case 'application':
      return `${news.name} ${news.stored.version} ${flavorOf(news.stored.content)}`
    case 'broken':
      return `${news.name} ${news.version} broken: ${news.problems.map(({ code }) => code).join()}`
    case 'removed':
      return `${news.name} removed`
    case 'lists':
      return `lists ${news.stored.version} ${news.stored.content.flatMap(({ values }) => values).join()}`
    case 'hosts':
      return `${news.name} hosts ${news.stacks.flatMap(({ hosts }) => hosts.map(({ ipv4 }) => ipv4)).join()}`
    case 'reload-hosts':
      return `${news.name} reload-hosts`
    case 'complete':
      return 'complete'
  }
}

/** Watches a store until the test ends. */
export class StoreWatch {
  /** Everything that was told, in one line each. */
  readonly told: string[] = []
  /** What the watch ended with. */
  failure: unknown
  private readonly over = new AbortController()
  private readonly running: Promise<void>

  constructor(t: Test, store: Pick<ModelStore, 'watch'>) {
    this.running = this.run(store)
    t.teardown(() => this.end())
  }

  /** Resolves when this was told, at the first time or after `from` lines. */
  async until(words: string, from = 0): Promise<void> {
    for (let waits = 0; waits < 1000; waits++) {
      if (this.told.includes(words, from)) return
      await wait(10)
    }
    throw new Error(`"${words}" was not told, but: ${this.told.join(' | ')}`)
  }

  /** Resolves with what the watch ended with. */
  async ended(): Promise<unknown> {
    // The timers of a store keep no process alive.
    const alive = setInterval(() => {}, 1000)
    await this.running
    clearInterval(alive)
    return this.failure
  }

  async end(): Promise<void> {
    this.over.abort()
    await this.running
  }

  private async run(store: Pick<ModelStore, 'watch'>): Promise<void> {
    try {
      for await (const news of store.watch(this.over.signal)) this.told.push(wordsOf(news))
    } catch (error) {
      this.failure = error
    }
  }
}
