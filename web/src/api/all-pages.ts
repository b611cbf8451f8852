import { apiPath, get } from './client.js'

/** A page of something. */
export interface Page<T> {
  readonly items: readonly T[]
  /** What `before` has to be for the next page; null on the last. */
  readonly next: string | null
}

const MOST_PAGES = 100

/** All there are of something that one looks at as a whole. @param name last segment of its path */
export async function allPages<T>(name: string, signal: AbortSignal): Promise<readonly T[]> {
  const items: T[] = []
  let before: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items: more, next } = await get<Page<T>>(apiPath([name], { before }), signal)
    items.push(...more)
    if (next === null) break
    before = next
  }
  return items
}
