import { test } from 'tap'
import { Generations } from '../../src/store/generations.js'
import { documentOf, hostsAt, modelOf } from '../support/models.js'
import { testStore } from '../support/store-conformance.js'
import { StoreWatch } from '../support/store-news.js'
import { StoreFolder } from './store-folder.js'

test('A folder keeps models as every store does', async (t) => {
  await testStore(t, (t) => {
    const folder = new StoreFolder(t)
    return Promise.resolve({ one: folder.open(), other: folder.open() })
  })
})

test('A file that somebody puts there is a model, and each edit of it a version', async (t) => {
  const folder = new StoreFolder(t)
  folder.write('applications/shop.json', documentOf('1.0'))
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.same(watch.told, ['shop 0 1.0', 'complete'])
  folder.write('applications/shop.json', documentOf('1.1'))
  await watch.until('shop 1 1.1')
  const text = JSON.stringify(documentOf('1.1'))
  t.equal(folder.read('applications/shop.json'), text, 'it stays as it was written')
  folder.write('applications/mail.json', documentOf('7'))
  await watch.until('mail 0 7')
  folder.remove('applications/shop.json')
  await watch.until('shop removed')
  t.same(folder.names('history/applications/shop'), ['0.json', '1.json', '2.json'])
  folder.write('applications/shop.json', documentOf('1.0'))
  await watch.until('shop 3 1.0')
  t.same(folder.reports, [])
})

test('Another form of the same model is no new version', async (t) => {
  const folder = new StoreFolder(t)
  const store = folder.open()
  await store.writeApplication('shop', modelOf('1.0'), undefined)
  folder.write('applications/shop.json', `\uFEFF  ${JSON.stringify(documentOf('1.0'))}  `)
  t.equal(await store.writeApplication('shop', modelOf('1.1'), 0), 1)
})

test('An edit that was not looked at yet stands in the way of who knows the version before', async (t) => {
  const folder = new StoreFolder(t)
  const store = folder.open()
  await store.writeApplication('shop', modelOf('1.0'), undefined)
  folder.write('applications/shop.json', documentOf('1.0-edited'))
  await t.rejects(store.writeApplication('shop', modelOf('1.1'), 0), { code: 'STORE_CONFLICT' })
  t.equal(await store.writeApplication('shop', modelOf('1.1'), 1), 2)
})

const BROKEN: readonly (readonly [what: string, text: string, words: string])[] = [
  ['that is empty', '', 'InvalidJson'],
  ['that is cut off', JSON.stringify(documentOf('1.1')).slice(0, -5), 'InvalidJson'],
  ['that is no model', '{"defaultServer":7}', 'WrongType'],
  ['with a key that nobody knows', '{"defaultServr":{}}', 'UnknownKey,ServerIsMissed'],
]

for (const [what, text, words] of BROKEN) {
  test(`A file ${what} is told as broken, and the last model stays`, async (t) => {
    const folder = new StoreFolder(t)
    const store = folder.open()
    await store.writeApplication('shop', modelOf('1.0'), undefined)
    const watch = new StoreWatch(t, folder.open())
    await watch.until('complete')
    folder.write('applications/shop.json', text)
    await watch.until(`shop 1 broken: ${words}`)
    await t.rejects(store.writeApplication('shop', modelOf('2.0'), 0), { code: 'STORE_BROKEN' })
    t.equal(folder.read('applications/shop.json'), text, 'nobody overwrites what is being edited')
    const later = new StoreWatch(t, folder.open())
    await later.until(`shop 1 broken: ${words}`)
    t.ok(later.told.includes('shop 0 1.0'), 'a start has the last that could be read')
    const told = watch.told.length
    folder.write('applications/shop.json', documentOf('1.0'))
    await watch.until('shop 0 1.0', told)
    folder.write('applications/shop.json', documentOf('1.2'))
    await watch.until('shop 1 1.2')
  })
}

test('A file that is broken from the beginning is told, and its application too when it is mended', async (t) => {
  const folder = new StoreFolder(t)
  folder.write('applications/shop.json', '{"defaultServer":\n  {"url":}}')
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.same(watch.told, ['shop 0 broken: InvalidJson', 'complete'], 'though it was just written')
  folder.write('applications/shop.json', documentOf('1.0'))
  await watch.until('shop 0 1.0')
  folder.remove('applications/shop.json')
  await watch.until('shop removed')
})

test('Lists and hosts that cannot be read are reported, and the last ones stay', async (t) => {
  const folder = new StoreFolder(t)
  folder.write('lists.json', [{ name: 'beta', values: ['a'] }])
  folder.write('hosts/shop.json', [{ path: '/DC1/Z1/1.0', hosts: [{ ipv4: '10.0.0.1' }] }])
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.same(watch.told, ['lists 0 a', 'shop hosts 10.0.0.1', 'complete'])
  folder.write('hosts/shop.json', '[{]')
  folder.write('lists.json', '{}')
  await folder.reported(2)
  t.match(folder.reports.map(({ error }) => error?.message).sort(), [
    /hosts\/shop\.json is no JSON: it goes wrong in line 1, column 3$/,
    /lists\.json must be a list, and is an object$/,
  ])
  t.ok(folder.reports.every(({ error }) => error?.code === 'STORE_BROKEN'))
  folder.write('lists.json', [{ name: 'beta', values: ['b'] }])
  await watch.until('lists 1 b')
  folder.remove('hosts/shop.json')
  await watch.until('shop hosts ')
  t.equal(folder.reports.filter(({ error }) => !error).length, 2)
})

test('So many versions are kept as are asked for', async (t) => {
  const folder = new StoreFolder(t)
  const store = folder.open(3)
  let version: number | undefined
  for (let round = 0; round < 6; round++)
    version = await store.writeApplication('shop', modelOf(`1.${round}`), version)
  t.same(folder.names('history/applications/shop'), ['3.json', '4.json', '5.json'])
})

test('A version whose number had been free for its age is not taken for written', async (t) => {
  const folder = new StoreFolder(t)
  const late = folder.open(3)
  await late.writeApplication('shop', modelOf('1.0'), undefined)
  const quick = folder.open(3)
  // Between its look and its name, where a process may be suspended.
  const publishing = t.capture(
    Generations.prototype,
    'publish',
    async function (this: Generations, ...args: Parameters<Generations['publish']>) {
      publishing.restore()
      for (let each = 0; each < 5; each++)
        await quick.writeApplication('shop', modelOf(`2.${each}`), each)
      return this.publish(...args)
    },
  )
  await t.rejects(late.writeApplication('shop', modelOf('1.1'), 0), { code: 'STORE_LOST' })
  const watch = new StoreWatch(t, folder.open(3))
  await watch.until('complete')
  t.same(watch.told, ['shop 5 2.4', 'complete'])
})

test('Applications may have any name', async (t) => {
  const folder = new StoreFolder(t)
  const names = ['.', '..', 'a/b', '%', 'Größe', '.hidden', 'a*?']
  for (const name of names) await folder.open().writeApplication(name, modelOf('1'), undefined)
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.same(watch.told.slice(0, -1).sort(), names.map((name) => `${name} 0 1`).sort())
  folder.write('applications/50%.json', documentOf('1'))
  folder.write('applications/.draft.json', documentOf('1'))
  folder.write('applications/README', 'no model')
  folder.write('hosts/shop.json', [])
  await watch.until('shop hosts ')
  t.equal(watch.told.length, names.length + 2)
})

test('A folder that goes away is lost, and not empty', async (t) => {
  const folder = new StoreFolder(t)
  await folder.open().writeApplication('shop', modelOf('1.0'), undefined)
  await folder.open().writeHosts('shop', hostsAt('10.0.0.1'))
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  folder.remove('applications')
  t.match(await watch.ended(), { code: 'STORE_LOST', message: /ENOENT/ })
  t.notOk(watch.told.includes('shop removed'))
})
