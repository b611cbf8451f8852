import { gunzipSync, gzipSync } from 'node:zlib'
import { test, type Test } from 'tap'
import { hostsAt, listsOf, modelOf } from '../../support/models.js'
import { testStore } from '../../support/store-conformance.js'
import { StoreWatch } from '../../support/store-news.js'
import { startZookeeper } from '../../support/zookeeper-server.js'
import { connectStore, type OpenStore } from './zookeeper-world.js'

const SHOP = '/Redirector/services/shop'
const SERVER = (flavor: string): string =>
  `<server isNonWhitelisted="false"><name>default</name><url>{protocol}://{host}:{port}/{urn}</url><path>${flavor}</path></server>`

test('Models in ZooKeeper', async (t) => {
  const server = await startZookeeper(t)
  let bases = 0
  const open = (t: Test, base = `/base${++bases}`) => connectStore(t, [server], base)

  /** Writes as Redirector's web service does. */
  async function approve({ session }: OpenStore, nodes: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries({ ...nodes, modelChanged: '' })) {
      await session.ensure(`${SHOP}/${path}`)
      await session.set(`${SHOP}/${path}`, Buffer.from(text))
    }
  }

  await t.test('are kept as in every store', async (t) => {
    await testStore(t, async (t) => {
      const base = `/base${++bases}`
      return { one: (await open(t, base)).store, other: (await open(t, base)).store }
    })
  })

  await t.test('stand where Redirector has them', async (t) => {
    const { store, session } = await open(t)
    await store.writeApplication('shop', modelOf('1.0'), undefined)
    await store.writeApplication('shop', modelOf('1.1'), 0)
    const text = async (path: string) => (await session.read(path))?.data.toString('utf8') ?? ''
    t.match(await text(`${SHOP}/server/default`), /<server .*<path>1\.1<\/path>/)
    t.match(await text(`${SHOP}/whitelisted`), /<whitelisted><paths>\/DC1\/Z1<\/paths>/)
    t.match(await text(`${SHOP}/distribution`), /<distribution/)
    t.match(await session.read(`${SHOP}/modelChanged`), { version: 1, data: { length: 0 } })
    t.match(await session.read(`${SHOP}/whitelisted`), { version: 0 }, 'what is the same stays')
    await store.writeLists(listsOf('a', 'b'), undefined)
    const list = await session.read('/namespacedList/beta')
    t.match(gunzipSync(list?.data ?? '').toString(), /<value>a<\/value><value>b<\/value>/)
    await store.writeHosts('shop', hostsAt('10.0.0.1'))
    t.match(JSON.parse(await text(`${SHOP}/backup`)), {
      snapshotList: [{ path: '/DC1/Z1/1.0/shop', hosts: [{ ipv4: '10.0.0.1' }] }],
    })
  })

  await t.test('are read as Redirector writes them', async (t) => {
    const world = await open(t)
    const { store, session, reports } = world
    await approve(world, { 'server/default': SERVER('1.8') })
    await session.ensure('/Redirector/services/mail/modelChanged')
    await session.ensure('/Redirector/services/namespacesChanges')
    await session.ensure('/namespacedList/beta')
    const xml = '<namespacedList name="beta"><value>a</value><type>TEXT</type></namespacedList>'
    await session.set('/namespacedList/beta', gzipSync(xml))
    const watch = new StoreWatch(t, store)
    await watch.until('complete')
    t.same(watch.told, ['lists 0 a', 'shop 1 1.8', 'complete'])
    await approve(world, { 'server/default': SERVER('1.9') })
    await watch.until('shop 2 1.9')
    await session.ensure(`${SHOP}/stacksReload`)
    await session.set(`${SHOP}/stacksReload`, Buffer.alloc(0))
    await watch.until('shop reload-hosts')
    t.equal(await store.writeApplication('mail', modelOf('7'), undefined), 1)
    await watch.until('mail 1 7')
    t.same(reports, [])
  })

  await t.test('that are broken are told, and told anew when they are mended', async (t) => {
    const world = await open(t)
    await approve(world, { 'server/default': SERVER('1.8'), 'rules/A': '<if' })
    const watch = new StoreWatch(t, world.store)
    await watch.until('complete')
    t.match(watch.told, [/^shop 1 broken: /, 'complete'])
    await world.session.remove(`${SHOP}/rules/A`)
    await approve(world, {})
    await watch.until('shop 2 1.8')
  })

  await t.test('of which something is not kept are remarked on, once', async (t) => {
    const world = await open(t)
    const { store, session, reports } = world
    const odd = SERVER('1.8').replace('<url>', '<novelty>x</novelty><url>')
    await approve(world, { 'server/default': odd })
    await session.ensure('/namespacedList/beta')
    await session.set('/namespacedList/beta', Buffer.concat([gzipSync('<x/>').subarray(0, 12)]))
    const watch = new StoreWatch(t, store)
    await watch.until('shop 1 1.8')
    t.match(reports, [
      { subject: '/namespacedList', error: { code: 'STORE_BROKEN', message: /beta.*unpacked/ } },
      { subject: SHOP, error: { code: 'STORE_BROKEN', message: /novelty/ } },
    ])
    await approve(world, { 'server/default': SERVER('1.9') })
    await watch.until('shop 2 1.9')
    t.match(reports.at(-1), { subject: SHOP, error: undefined })
  })

  await t.test('that ZooKeeper cannot keep are refused', async (t) => {
    const { store } = await open(t)
    const broken = { code: 'STORE_BROKEN' }
    await t.rejects(store.writeApplication('a/b', modelOf('1'), undefined), broken)
    await t.rejects(store.writeApplication('..', modelOf('1'), undefined), broken)
    const model = { ...modelOf('1'), whitelist: ['\0'] }
    await t.rejects(store.writeApplication('shop', model, undefined), broken)
    await t.rejects(store.writeLists(listsOf('\0'), undefined), broken)
    const whitelist = Array.from({ length: 5000 }, (_, at) => `/${'DC'.repeat(120)}/Z${at}`)
    await t.rejects(store.writeApplication('shop', { ...modelOf('1'), whitelist }, undefined), {
      code: 'STORE_LOST',
      message: /over its limit/,
    })
  })

  await t.test('that are gone all at once are lost', async (t) => {
    const { store, session } = await open(t)
    await store.writeApplication('shop', modelOf('1'), undefined)
    const watch = new StoreWatch(t, store)
    await watch.until('complete')
    await store.removeApplication('shop', 0)
    await watch.until('shop removed')
    await session.remove('/Redirector/services')
    t.match(await watch.ended(), { code: 'STORE_LOST', message: /is gone/ })
  })

  await t.test('are read whole while they change all the time', async (t) => {
    const base = `/base${++bases}`
    const { store } = await open(t, base)
    const watch = new StoreWatch(t, (await open(t, base)).store)
    await watch.until('complete')
    // Flavor and whitelist stand in two nodes.
    const model = (at: number) => ({ ...modelOf(`1.${at}`), whitelist: [`/DC1/Z${at}`] })
    let version: number | undefined
    for (let at = 0; at < 100; at++)
      version = await store.writeApplication('shop', model(at), version)
    await watch.until('shop 99 1.99')
    for (const words of watch.told.filter((each) => each.startsWith('shop')))
      t.match(words, /^shop (\d+) 1\.\1$/)
  })
})
