import type { Test } from 'tap'
import type { HostStore, ModelStore } from '../../src/store/model-store.js'
import type { RecordStore } from '../../src/store/record-store.js'
import { Changes } from './changes.js'
import { listsOf, modelOf } from './models.js'
import { StoreWatch } from './store-news.js'

type Store = ModelStore & HostStore & RecordStore

/** Two ways to the same records; where one process keeps them it is one way twice. */
export interface RecordPair {
  readonly one: Store
  readonly other: Store
}

const CONFLICT = { code: 'STORE_CONFLICT', origin: 'store' }

/** Parts of keys that mean something to file systems, to ZooKeeper, or to nobody. */
const ODD_NAMES = [
  'application:shop',
  '..',
  '.',
  '.hidden',
  'a b',
  'ä€😀',
  '%2E',
  '%',
  'CON',
  'a.json',
  '*',
  '\u0001',
  '\ufff0',
  'x'.repeat(300),
  `${'x'.repeat(300)}y`,
  '__proto__',
]

const NO_KEYS = ['', 'alone', '/users/ann', 'users/', 'users//ann', 'users/\ud800']

/** What a store tells of a folder that is watched, counted. */
class RecordWatch {
  private told = 0
  private readonly changes = new Changes()
  private readonly over = new AbortController()
  private readonly running: Promise<void>

  constructor(t: Test, store: RecordStore, folder: string) {
    this.running = this.run(store, folder)
    t.teardown(() => this.end())
  }

  /** Resolves when what is awaited is so by the time that something is told. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let seen = -1; ;) {
      const more = () => (this.told > seen ? this.told : undefined)
      seen = await this.changes.until(more, () => `not told: ${what}`)
      if (await holds()) return
    }
  }

  async end(): Promise<void> {
    this.over.abort()
    await this.running
  }

  private async run(store: RecordStore, folder: string): Promise<void> {
    const news = store.watchRecords(folder, this.over.signal)[Symbol.asyncIterator]()
    while ((await news.next()).done !== true) {
      this.told++
      this.changes.notify()
    }
  }
}

/** What every store of records does. */
export async function testRecords(t: Test, open: (t: Test) => Promise<RecordPair>): Promise<void> {
  await t.test('A record is there as it was written, in its version', async (t) => {
    const { one, other } = await open(t)
    t.equal(await one.readRecord('users/ann'), undefined)
    t.same(await one.listRecords('users'), [])
    const ann = { key: 'users/ann', value: { grants: [] }, version: undefined }
    t.equal(await one.commit({ records: [ann] }), undefined)
    t.same(await other.readRecord('users/ann'), { ...ann, version: 0 })
    await other.commit({ records: [{ key: 'users/ann', value: ['Ä', null], version: 0 }] })
    t.same(await one.readRecord('users/ann'), { key: 'users/ann', value: ['Ä', null], version: 1 })
    await one.commit({ records: [{ key: 'users/ann', value: undefined, version: 1 }] })
    t.equal(await other.readRecord('users/ann'), undefined)
    t.same(await other.listRecords('users'), [])
    await other.commit({ records: [ann] })
    t.same(await one.readRecord('users/ann'), { ...ann, version: 0 })
  })

  await t.test('Whoever knows another version writes nothing at all', async (t) => {
    const { one } = await open(t)
    const before = { key: 'users/ann', value: 1, version: undefined }
    await one.commit({ records: [before] })
    const fresh = { key: 'users/bob', value: 1, version: undefined }
    const wrong = [
      { key: 'users/ann', value: 2, version: undefined },
      { key: 'users/ann', value: 2, version: 1 },
      { key: 'users/ann', value: undefined, version: 1 },
      { key: 'users/cid', value: 2, version: 0 },
      { key: 'users/cid', value: undefined, version: 0 },
    ]
    for (const each of wrong) {
      await t.rejects(one.commit({ records: [fresh, each] }), CONFLICT, JSON.stringify(each))
      await t.rejects(one.commit({ records: [each] }), CONFLICT)
    }
    t.same(await one.listRecords('users'), [{ ...before, version: 0 }])
  })

  await t.test('A folder lists its own records in order, and those below it not', async (t) => {
    const { one, other } = await open(t)
    const records = ['a/2', 'a/10', 'a/B', 'a/a', 'a/b/c', 'ab/1'].map((key) => {
      return { key, value: key, version: undefined }
    })
    await one.commit({ records })
    const keys = async (folder: string) =>
      (await other.listRecords(folder)).map(({ key, value }) => {
        t.equal(key, value)
        return key
      })
    t.same(await keys('a'), ['a/10', 'a/2', 'a/B', 'a/a'])
    t.same(await keys('a/b'), ['a/b/c'])
    const some = await other.listRecords('a', ['a', 'none', '10', 'b'])
    t.same(
      some.map(({ key }) => key),
      ['a/10', 'a/a'],
    )
    t.same(await other.listNames('ab'), ['1'])
    t.same(await other.listNames('none'), [])
  })

  await t.test('A record that is moved is in one place, whoever looks', async (t) => {
    const { one, other } = await open(t)
    await one.commit({ records: [{ key: 'jobs/1', value: 1, version: undefined }] })
    const records = [
      { key: 'jobs/1', value: undefined, version: 0 },
      { key: 'jobs/done/1', value: 2, version: undefined },
    ]
    const moved = await Promise.allSettled([one.commit({ records }), other.commit({ records })])
    t.same(moved.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    t.same(await other.listRecords('jobs'), [])
    t.same(await one.listNames('jobs/done'), ['1'])
    t.same(await other.readRecord('jobs/done/1'), { key: 'jobs/done/1', value: 2, version: 0 })
  })

  await t.test('Any text but the empty one is a name', async (t) => {
    const { one, other } = await open(t)
    const keys = ODD_NAMES.flatMap((name) => [`odd/${name}`, `${name}/odd`])
    await one.commit({ records: keys.map((key) => ({ key, value: key, version: undefined })) })
    for (const key of keys) t.equal((await other.readRecord(key))?.value, key)
    const listed = await other.listRecords('odd')
    t.same(
      listed.map(({ key }) => key),
      ODD_NAMES.map((name) => `odd/${name}`).sort(),
    )
    t.same(await other.listNames('odd'), ODD_NAMES.toSorted())
    const [first = '', last = ''] = [ODD_NAMES[0], ODD_NAMES.at(-1)]
    t.equal((await other.listRecords('odd', [first, last])).length, 2)
    for (const key of NO_KEYS) {
      const refused = { code: 'STORE_BROKEN', message: /cannot be the key of a record/ }
      await t.rejects(one.commit({ records: [{ key, value: 1, version: undefined }] }), refused)
      await t.rejects(one.readRecord(key), refused)
    }
  })

  await t.test('A model is written together with records, or nothing is', async (t) => {
    const { one, other } = await open(t)
    const shop = (flavor: string, version?: number) =>
      ({ kind: 'application', name: 'shop', model: modelOf(flavor), version }) as const
    const entry = (version: number) => {
      return { key: `history/application:shop/${version}`, value: version, version: undefined }
    }
    t.equal(await one.commit({ records: [entry(0)], model: shop('1.0') }), 0)
    t.equal(await other.commit({ records: [entry(1)], model: shop('1.1', 0) }), 1)
    await t.rejects(one.commit({ records: [entry(2)], model: shop('1.2', 0) }), CONFLICT)
    await t.rejects(one.commit({ records: [entry(1)], model: shop('1.2', 1) }), CONFLICT)
    t.equal((await one.listRecords('history/application:shop')).length, 2)
    const watch = new StoreWatch(t, other)
    await watch.until('complete')
    t.same(watch.told, ['shop 1 1.1', 'complete'])
    const lists = { kind: 'lists', lists: listsOf('a'), version: undefined } as const
    const first = await one.commit({ records: [entry(7)], model: lists })
    await watch.until(`lists ${first} a`)
    const removal = { ...shop('', 1), model: undefined }
    t.equal(await one.commit({ records: [entry(8)], model: removal }), undefined)
    await watch.until('shop removed')
    t.equal((await one.listRecords('history/application:shop')).length, 4)
  })

  await t.test('Of several who commit at once each version is the work of one', async (t) => {
    const { one, other } = await open(t)
    const count = { key: 'counts/all', value: 0, version: undefined }
    await one.commit({ records: [count] })
    const add = async (store: Store, name: string): Promise<void> => {
      for (let tries = 0; tries < 100; tries++) {
        const { value, version } = (await store.readRecord('counts/all')) ?? count
        const next = Number(value) + 1
        try {
          await store.commit({
            records: [
              { key: 'counts/all', value: next, version },
              { key: `counts/by/${next}`, value: name, version: undefined },
            ],
          })
          return
        } catch (error) {
          t.match(error, CONFLICT)
        }
      }
      t.fail(`${name} never had its turn`)
    }
    const names = Array.from({ length: 12 }, (_, at) => `n${at}`)
    await Promise.all(names.map((name, at) => add(at % 2 ? one : other, name)))
    t.match(await one.readRecord('counts/all'), { value: names.length, version: names.length })
    const told = (await other.listRecords('counts/by')).map(({ value }) => String(value))
    t.same(told.sort(), names.toSorted())
  })

  await t.test('Whoever watches a folder is told that something in it has changed', async (t) => {
    const { one, other } = await open(t)
    const watch = new RecordWatch(t, other, 'changes')
    await watch.until('at once', () => Promise.resolve(true))
    const has = (key: string, value: unknown) => async () =>
      (await other.readRecord(key))?.value === value
    await one.commit({ records: [{ key: 'changes/1', value: 1, version: undefined }] })
    await watch.until('a record', has('changes/1', 1))
    await one.commit({
      records: [
        { key: 'changes/1', value: 2, version: 0 },
        { key: 'changes/deep/2', value: 3, version: undefined },
      ],
    })
    await watch.until('another record below', has('changes/deep/2', 3))
    await one.commit({ records: [{ key: 'changes/1', value: undefined, version: 1 }] })
    await watch.until('that it is gone', has('changes/1', undefined))
    await watch.end()
  })

  await t.test('A record may be as large as a document of some length', async (t) => {
    const { one, other } = await open(t)
    const value = Array.from({ length: 50_000 }, (_, at) => `line ${at}`)
    await one.commit({ records: [{ key: 'large/one', value, version: undefined }] })
    t.same((await other.readRecord('large/one'))?.value, value)
  })
}
