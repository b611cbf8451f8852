import { test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import type { FoundBundle } from '../../src/store/bundle-folder.js'
import { modelOf } from '../support/applications.js'
import { settled } from '../support/clock.js'
import { COMPLETE, hostAt, Plane, serving } from './plane-world.js'

test('The book has the newest models, also those that do not serve, and why', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3)])
  const { book } = plane
  t.notOk(book.isComplete)
  t.same(book.names(), [], 'nothing before all is told')
  await plane.tell(COMPLETE)
  t.ok(book.isComplete)
  t.match(book.get('shop'), { version: 3, problems: [] })
  const problem = { code: 'WrongType', path: '', message: 'is no object' }
  await plane.tell({ kind: 'broken', name: 'shop', version: 4, problems: [problem] })
  t.match(book.get('shop'), { version: 4, model: {}, problems: [problem] })
  await plane.tell({ kind: 'broken', name: 'mail', version: 0, problems: [problem] })
  t.same(book.get('mail'), { version: 0, model: undefined, problems: [problem] })
  t.same(book.names(), ['mail', 'shop'])
  await plane.tell({ kind: 'hosts', name: 'shop', stacks: hostAt('10.0.0.1') })
  t.match(book.hosts('shop'), { origin: 'stored', stacks: [{ hosts: [{ ipv4: '10.0.0.1' }] }] })
  t.equal(book.hosts('music'), undefined)
  await plane.tell({ kind: 'removed', name: 'shop' })
  t.equal(book.get('shop'), undefined)
})

test('What is gone when a store is read anew is gone from the book', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3), serving('mail', 0), COMPLETE])
  const changes: unknown[] = []
  plane.book.onChange((change) => changes.push(change))
  await plane.tell(new PointsmanError('STORE_LOST', 'gone'))
  plane.clock.advance(60_000)
  await plane.tell(serving('shop', 4), COMPLETE)
  t.same(plane.book.names(), ['shop'])
  t.same(changes, [
    { kind: 'application', name: 'shop', version: 4 },
    { kind: 'application', name: 'mail', version: undefined },
  ])
})

const LOST = new PointsmanError('STORE_LOST', 'gone')

/** A bundle with models of these versions. */
function bundleOf(versions: Readonly<Record<string, number>>, madeAtMs = 2e12): FoundBundle {
  const applications = Object.entries(versions).map(([name, version]) => ({
    name,
    stored: { version, content: modelOf({}) },
    lists: [],
    hosts: hostAt('10.0.0.9'),
  }))
  return { path: `/lkg/${madeAtMs}.bundle`, bundle: { madeAtMs, applications } }
}

test('A bundle is taken while the store is lost, what is newer in it, and the store counts again when it is back', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3), serving('mail', 3), COMPLETE])
  plane.bundles.tell(bundleOf({ shop: 4, mail: 2, music: 0 }))
  await settled()
  t.match(plane.logged('bundle waits'), [{ reason: 'the store answers' }])
  t.same(plane.state(), [3])
  await plane.tell(LOST)
  t.match(plane.logged('bundle taken'), [{ applications: ['shop', 'music'] }])
  t.same([plane.state(), plane.state('mail'), plane.state('music')], [[4], [3], [0]])
  t.same(plane.addresses('music'), ['10.0.0.9'])
  t.ok(plane.kept.includes('shop 4'), 'and is last known good')
  t.match(plane.book.get('shop'), { version: 3 }, 'it is not what is stored')
  plane.clock.advance(60_000)
  await plane.tell(serving('shop', 5), serving('mail', 3), COMPLETE)
  t.same([plane.state(), plane.state('mail'), plane.state('music')], [[5], [3], [undefined]])
})

test('A gateway that has nothing at all begins with a bundle', async (t) => {
  const plane = await Plane.start(t, [])
  await plane.tell(LOST)
  t.not(plane.plane.obstacles.length, 0)
  plane.bundles.tell(bundleOf({ shop: 4 }))
  await settled()
  t.same(plane.state(), [4])
  t.same(plane.plane.obstacles, [])
  t.match(plane.news.at(-1), { kind: 'complete' })
})

test('A bundle that is older is refused', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3), COMPLETE])
  await plane.tell(LOST)
  plane.bundles.tell(bundleOf({ shop: 2 }, 3e12), bundleOf({ shop: 9 }, 2e12))
  await settled()
  t.match(plane.logged('bundle refused'), [
    { file: '/lkg/3000000000000.bundle', reason: 'nothing in it is newer than what serves' },
    { file: '/lkg/2000000000000.bundle', reason: 'it is older than /lkg/3000000000000.bundle' },
  ])
  t.same(plane.state(), [3])
})

test('A bundle says when it was so that this served: while the store is lost, when it was heard of last', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3), COMPLETE])
  const heardAt = plane.clock.wallTimeMs()
  plane.clock.advance(5000)
  t.match(plane.plane.bundle, {
    madeAtMs: heardAt + 5000,
    applications: [{ name: 'shop', stored: { version: 3 }, lists: [], hosts: [] }],
  })
  await plane.tell(LOST)
  plane.clock.advance(5000)
  t.equal(plane.plane.bundle.madeAtMs, heardAt)
})
