import { setTimeout as wait } from 'node:timers/promises'
import { test, type Test } from 'tap'
import { eventually } from '../../support/eventually.js'
import { testRecords } from '../../support/record-conformance.js'
import { startRelay } from '../../support/relay.js'
import { startZookeeper } from '../../support/zookeeper-server.js'
import { connectStore } from './zookeeper-world.js'

const RECORDS = '/Pointsman/records'

test('Records in ZooKeeper', async (t) => {
  const server = await startZookeeper(t)
  let bases = 0
  const open = (t: Test, base = `/base${++bases}`) => connectStore(t, [server], base)
  const record = (key: string, value: unknown = key) => ({ key, value, version: undefined })

  await t.test('are kept as in every store', async (t) => {
    await testRecords(t, async (t) => {
      const base = `/base${++bases}`
      return { one: (await open(t, base)).store, other: (await open(t, base)).store }
    })
  })

  await t.test('stand in nodes of their names, and are counted', async (t) => {
    const { store, session } = await open(t)
    await store.commit({
      records: [record('history/application:shop/1'), record('history/lists/1')],
    })
    const node = await session.read(`${RECORDS}/history/application%3Ashop/1`)
    t.match(JSON.parse(String(node?.data)), { value: 'history/application:shop/1', commit: String })
    t.match(await session.read(`${RECORDS}/history`), { version: 1, data: { length: 0 } })
  })

  await t.test('are listed by the thousand in little time', async (t) => {
    const { store } = await open(t)
    const keys = Array.from({ length: 3000 }, (_, at) => `audit/today/${1000 + at}`)
    for (let at = 0; at < keys.length; at += 500)
      await store.commit({ records: keys.slice(at, at + 500).map((key) => record(key)) })
    const startedAt = Date.now()
    const listed = await store.listRecords('audit/today')
    const tookMs = Date.now() - startedAt
    t.same(
      listed.map(({ key }) => key),
      keys,
    )
    t.ok(tookMs < 10_000, `${tookMs} ms`)
  })

  await t.test('that cannot be read are told, and left out', async (t) => {
    const { store, session, reports } = await open(t)
    await store.commit({ records: [record('users/ann'), record('users/bob')] })
    await session.set(`${RECORDS}/users/ann`, Buffer.from('{'))
    t.same(
      (await store.listRecords('users')).map(({ key }) => key),
      ['users/bob'],
    )
    const broken = { code: 'STORE_BROKEN', message: 'The record users/ann cannot be read' }
    t.match(reports, [{ error: broken }])
    await t.rejects(store.readRecord('users/ann'), broken)
  })

  await t.test('are written also when a known folder is gone', async (t) => {
    const { store, session } = await open(t)
    await store.commit({ records: [record('users/ann')] })
    for (const path of ['/users/ann', '/users', '']) await session.remove(`${RECORDS}${path}`)
    await store.commit({ records: [record('users/bob')] })
    t.equal((await store.listRecords('users')).length, 1)
  })

  await t.test('that are too many for a transaction are refused', async (t) => {
    const { store } = await open(t)
    const noise = Array.from({ length: 400_000 }, (_, at) => Math.imul(at, 0x9e3779b1))
    await t.rejects(store.commit({ records: [record('large/one', noise)] }), { code: 'STORE_LOST' })
    await store.commit({ records: [record('large/two')] })
    t.equal((await store.listRecords('large')).length, 1)
  })

  await t.test('of which the answer is lost are found to be written', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const base = `/base${++bases}`
    const { store } = await connectStore(t, [relay.address], base)
    const { store: witness } = await open(t, base)
    await store.commit({ records: [record('counts/0')] })
    relay.muffle()
    const writing = store.commit({ records: [record('counts/1')] })
    await eventually(
      'it is written',
      async () => (await witness.readRecord('counts/1')) !== undefined,
    )
    relay.open()
    relay.cut()
    await t.resolves(writing)
  })

  await t.test('of which the request is lost are not taken for written', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const { store } = await connectStore(t, [relay.address], `/base${++bases}`)
    await store.commit({ records: [record('counts/0')] })
    relay.clog()
    const writing = store.commit({ records: [record('counts/1')] })
    await Promise.all([
      t.rejects(writing, { code: 'STORE_LOST' }),
      wait(100).then(() => {
        relay.open()
        relay.cut()
      }),
    ])
    t.equal(await store.readRecord('counts/1'), undefined)
    await store.commit({ records: [record('counts/1')] })
  })
})
