import type { Test } from 'tap'
import type { HostStore, ModelStore } from '../../src/store/model-store.js'
import { hostsAt, listsOf, modelOf } from './models.js'
import { StoreWatch } from './store-news.js'

type Store = ModelStore & HostStore

/** Two stores that keep the same models, as two processes have them. */
export interface StorePair {
  readonly one: Store
  readonly other: Store
}

const CONFLICT = { code: 'STORE_CONFLICT', origin: 'store' }

/** What every store does. */
export async function testStore(t: Test, open: (t: Test) => Promise<StorePair>): Promise<void> {
  await t.test('A model that is written is there, in its version', async (t) => {
    const { one, other } = await open(t)
    t.equal(await one.writeApplication('shop', modelOf('1.0'), undefined), 0)
    t.equal(await one.writeApplication('shop', modelOf('1.1'), 0), 1)
    const watch = new StoreWatch(t, other)
    await watch.until('complete')
    t.same(watch.told, ['shop 1 1.1', 'complete'])
  })

  await t.test('Whoever watches hears of changes in less than a second', async (t) => {
    const { one, other } = await open(t)
    const watch = new StoreWatch(t, other)
    await watch.until('complete')
    await one.writeApplication('shop', modelOf('1.0'), undefined)
    const startedAt = Date.now()
    await watch.until('shop 0 1.0')
    t.ok(Date.now() - startedAt < 1000)
    await one.writeApplication('shop', modelOf('1.1'), 0)
    await watch.until('shop 1 1.1')
    await one.writeApplication('mail', modelOf('7'), undefined)
    await watch.until('mail 0 7')
    await one.removeApplication('shop', 1)
    await watch.until('shop removed')
  })

  await t.test('Whoever knows an older version writes nothing', async (t) => {
    const { one, other } = await open(t)
    await t.rejects(one.writeApplication('shop', modelOf('1.0'), 0), CONFLICT)
    await one.writeApplication('shop', modelOf('1.0'), undefined)
    await t.rejects(other.writeApplication('shop', modelOf('1.1'), undefined), CONFLICT)
    await other.writeApplication('shop', modelOf('1.1'), 0)
    await t.rejects(one.writeApplication('shop', modelOf('1.2'), 0), CONFLICT)
    await t.rejects(one.removeApplication('shop', 0), CONFLICT)
    await t.rejects(one.removeApplication('mail', 0), CONFLICT)
    const watch = new StoreWatch(t, one)
    await watch.until('complete')
    t.same(watch.told, ['shop 1 1.1', 'complete'])
  })

  await t.test('An application that was removed can be written anew', async (t) => {
    const { one, other } = await open(t)
    await one.writeApplication('shop', modelOf('1.0'), undefined)
    await one.removeApplication('shop', 0)
    const empty = new StoreWatch(t, other)
    await empty.until('complete')
    t.same(empty.told, ['complete'])
    const version = await other.writeApplication('shop', modelOf('2.0'), undefined)
    await empty.until(`shop ${version} 2.0`)
  })

  await t.test('Lists have versions of their own', async (t) => {
    const { one, other } = await open(t)
    const watch = new StoreWatch(t, other)
    await watch.until('complete')
    const first = await one.writeLists(listsOf('a'), undefined)
    await watch.until(`lists ${first} a`)
    await t.rejects(other.writeLists(listsOf('b'), undefined), CONFLICT)
    t.equal(await other.writeLists(listsOf('a', 'b'), first), first + 1)
    await watch.until(`lists ${first + 1} a,b`)
    await t.rejects(one.writeLists(listsOf('c'), first), CONFLICT)
    await one.writeLists([], first + 1)
    await watch.until(`lists ${first + 2} `)
  })

  await t.test('Hosts are stored with an application', async (t) => {
    const { one, other } = await open(t)
    await one.writeApplication('shop', modelOf('1.0'), undefined)
    await one.writeHosts('shop', hostsAt('10.0.0.1'))
    const watch = new StoreWatch(t, other)
    await watch.until('complete')
    t.ok(watch.told.includes('shop hosts 10.0.0.1'), watch.told.join())
    await one.writeHosts('shop', hostsAt('10.0.0.2'))
    await watch.until('shop hosts 10.0.0.2')
  })

  await t.test(
    'Whoever watches is told to read hosts again, each time that it is wanted',
    async (t) => {
      const { one, other } = await open(t)
      await one.writeApplication('shop', modelOf('1.0'), undefined)
      await one.reloadHosts('shop')
      const watch = new StoreWatch(t, other)
      await watch.until('complete')
      for (let round = 0; round < 2; round++) {
        const told = watch.told.length
        await one.reloadHosts('shop')
        await watch.until('shop reload-hosts', told)
      }
      const later = new StoreWatch(t, other)
      await later.until('complete')
      await one.writeApplication('shop', modelOf('1.1'), 0)
      await later.until('shop 1 1.1')
      t.same(later.told, ['shop 0 1.0', 'complete', 'shop 1 1.1'], 'those of before are over')
    },
  )

  await t.test('Stacks without hosts are left out, others stay', async (t) => {
    const { one, other } = await open(t)
    t.equal(await one.removeStack('shop', '/DC1/Z1/1.0'), 'unknown')
    await one.writeApplication('shop', modelOf('1.0'), undefined)
    const empty = { path: '/DC1/Z2/1.0', hosts: [] }
    await one.writeHosts('shop', [...hostsAt('10.0.0.1'), empty])
    const watch = new StoreWatch(t, other)
    await watch.until('shop hosts 10.0.0.1')
    t.equal(await other.removeStack('shop', '/DC1/Z1/1.0'), 'has-hosts')
    t.equal(await other.removeStack('shop', '/DC1/Z2'), 'unknown')
    const told = watch.told.length
    t.equal(await other.removeStack('shop', empty.path), 'removed')
    await watch.until('shop hosts 10.0.0.1', told)
    t.equal(await one.removeStack('shop', empty.path), 'unknown')
  })

  await t.test('Of several who write at once each version is the work of one', async (t) => {
    const { one, other } = await open(t)
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 ? one : other).writeApplication('shop', modelOf(`1.${at}`), undefined),
      ),
    )
    t.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const each of tries) if (each.status === 'rejected') t.match(each.reason, CONFLICT)
  })

  await t.test('A watch ends when it is told to', async (t) => {
    const { one } = await open(t)
    const watch = new StoreWatch(t, one)
    await watch.until('complete')
    await watch.end()
    t.equal(watch.failure, undefined)
  })
}
