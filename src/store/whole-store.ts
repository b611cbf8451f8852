import { PointsmanError } from '../core/errors.js'
import type { ModelStore, StoreNews } from './model-store.js'

/** How long a store has to tell what it keeps. */
const WITHIN_MS = 30_000

/**
 * Everything that a store keeps, once. Keeps the process alive meanwhile, which the timers of a store do not.
 * @throws PointsmanError STORE_LOST, also when it does not tell it in time
 */
export async function newsOfAll(store: Pick<ModelStore, 'watch'>): Promise<readonly StoreNews[]> {
  const all: StoreNews[] = []
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), WITHIN_MS)
  try {
    for await (const news of store.watch(over.signal)) {
      if (news.kind === 'complete') return all
      all.push(news)
    }
  } finally {
    clearTimeout(timer)
  }
  throw new PointsmanError('STORE_LOST', 'The store does not tell what it keeps')
}
