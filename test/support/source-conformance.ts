import type { Test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import type { Target } from '../../src/core/target.js'
import type { Source } from '../../src/sources/source.js'

/** Takes lists until `enough` of them came, then leaves. */
export async function take(
  source: Source,
  signal: AbortSignal,
  enough: number,
): Promise<(readonly Target[])[]> {
  const lists: (readonly Target[])[] = []
  for await (const list of source.watch(signal)) {
    if (list instanceof PointsmanError) throw list
    lists.push(list)
    if (lists.length === enough) break
  }
  return lists
}

/**
 * What every source must do.
 * @param create gives a source that has something to tell
 */
export function sourceConformance(t: Test, create: () => Source): void {
  void t.test(
    'gives a first list of targets that have an address and an id of their own',
    async (t) => {
      const [list] = await take(create(), new AbortController().signal, 1)
      t.ok(list && list.length > 0)
      t.equal(new Set(list?.map(({ id }) => id)).size, list?.length)
      t.ok(list?.every(({ address }) => address !== ''))
    },
  )

  void t.test('ends without a list when the signal has aborted before', async (t) => {
    t.same(await take(create(), AbortSignal.abort(), 1), [])
  })

  void t.test('ends without an error when the signal aborts while it waits', async (t) => {
    const stop = new AbortController()
    const lists = create().watch(stop.signal)[Symbol.asyncIterator]()
    await lists.next()
    const next = lists.next()
    stop.abort()
    t.match(await next, { done: true })
  })

  void t.test('can be watched again, and twice at a time', async (t) => {
    const source = create()
    const { signal } = new AbortController()
    const [first, second] = await Promise.all([take(source, signal, 1), take(source, signal, 1)])
    t.same(first, second)
    t.equal((await take(source, signal, 1)).length, 1)
  })
}
