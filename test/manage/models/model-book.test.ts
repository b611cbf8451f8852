import { test } from 'tap'
import { instanceTarget } from '../../../src/core/instance.js'
import { ModelBook, type BookChange, type Serving } from '../../../src/manage/models/model-book.js'
import { hostsAt, listsOf, modelOf } from '../../support/models.js'

const SHOP = { kind: 'application', name: 'shop' } as const
const LISTS = { kind: 'lists' } as const

const NOTHING: Serving = { hosts: () => undefined, targets: () => [], problems: () => [] }

function stored(version: number) {
  return { ...SHOP, stored: { version, content: modelOf(`1.${version}`) } }
}

/** Aborts when the test does not need it any more. */
const { signal } = new AbortController()

test('Whoever has written a version waits until it is known', async (t) => {
  const book = new ModelBook(NOTHING)
  const first = book.reached(SHOP, 0, signal)
  const second = book.reached(SHOP, 1, signal)
  const lists = book.reached(LISTS, 7, signal)
  book.take(stored(0))
  t.ok(await first)
  book.take({ kind: 'lists', stored: { version: 7, content: listsOf('a') } })
  t.ok(await lists)
  t.match(book.lists, { version: 7 })
  book.take(stored(2))
  t.ok(await second, 'a later one will do')
  t.ok(await book.reached(SHOP, 2, signal))
  const gone = book.reached(SHOP, undefined, signal)
  book.take({ kind: 'removed', name: 'shop' })
  t.ok(await gone)
})

test('Nobody waits for ever', async (t) => {
  const book = new ModelBook(NOTHING)
  const over = new AbortController()
  const waiting = book.reached(SHOP, 0, over.signal)
  over.abort()
  t.notOk(await waiting)
  t.notOk(await book.reached(LISTS, 0, over.signal))
  t.ok(await book.reached(SHOP, undefined, over.signal))
})

test('Each change is told once, to those who still listen', (t) => {
  const book = new ModelBook(NOTHING)
  const told: BookChange[] = []
  const leave = book.onChange((change) => told.push(change))
  book.take({ kind: 'removed', name: 'shop' })
  book.take(stored(0))
  book.take({ kind: 'complete' })
  book.take({ kind: 'removed', name: 'shop' })
  leave()
  book.take(stored(1))
  t.same(told, [
    { ...SHOP, version: 0 },
    { ...SHOP, version: undefined },
  ])
  t.end()
})

test('Hosts are told with their state, those that no client could reach too', (t) => {
  const [stack] = hostsAt('10.0.0.1')
  const hosts = [...(stack?.hosts ?? []), { ipv4: 'not a host', weight: 5 }]
  const target = instanceTarget({ stack: '/DC1/Z1/1.0', ipv4: '10.0.0.1' }, 5)
  if (!target) throw new Error('it can be reached')
  const status = { target, state: 'unhealthy', serves: false, sinceMs: 0, reason: 'no' } as const
  const book = new ModelBook({
    ...NOTHING,
    hosts: () => ({ origin: 'live', stacks: [{ path: '/DC1/Z1/1.0', hosts }] }),
    targets: () => [status],
  })
  const told = [
    { ipv4: '10.0.0.1', weight: 5, state: 'unhealthy', serves: false, reason: 'no' },
    { ipv4: 'not a host', weight: 5, state: 'unknown', serves: false, reason: '' },
  ]
  t.same(book.hosts('shop'), { origin: 'live', stacks: [{ path: '/DC1/Z1/1.0', hosts: told }] })
  t.end()
})
