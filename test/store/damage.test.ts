import { join } from 'node:path'
import { test, type Test } from 'tap'
import { writeBundle } from '../../src/store/bundle.js'
import { documentOf, modelOf } from '../support/models.js'
import { StoreWatch } from '../support/store-news.js'
import { StoreFolder } from './store-folder.js'

const NEWEST = 'history/applications/shop/1.json'
const FILE = 'applications/shop.json'

/** A folder with two versions of a model. */
async function twoVersions(t: Test): Promise<StoreFolder> {
  const folder = new StoreFolder(t)
  const store = folder.open()
  await store.writeApplication('shop', modelOf('1.0'), undefined)
  await store.writeApplication('shop', modelOf('1.1'), 0)
  return folder
}

const DAMAGES: readonly (readonly [what: string, damage: (text: string) => string])[] = [
  ['is cut off', (text) => text.slice(0, text.length / 2)],
  ['is empty', () => ''],
  ['is full of zeros', (text) => '\0'.repeat(text.length)],
  ['has another content', (text) => text.replace('"1.1"', '"1.7"')],
  ['has another version', (text) => text.replace('"version": 1', '"version": 7')],
  ['has no digest', (text) => text.replace(/"digest": "[^"]*",/, '')],
]

for (const [what, damage] of DAMAGES) {
  test(`Of a version that ${what} the file is a copy, which becomes the next version`, async (t) => {
    const folder = await twoVersions(t)
    folder.write(NEWEST, damage(folder.read(NEWEST)))
    const watch = new StoreWatch(t, folder.open())
    await watch.until('complete')
    t.same(watch.told, ['shop 2 1.1', 'complete'])
    const subject = join(folder.path, NEWEST)
    t.match(folder.reports, [{ subject, error: { code: 'STORE_BROKEN', origin: 'store' } }])
    t.match(folder.reports[0]?.error?.message, subject)
  })

  test(`Where the file is damaged as well as a version that ${what}, the version before serves`, async (t) => {
    const folder = await twoVersions(t)
    folder.write(NEWEST, damage(folder.read(NEWEST)))
    folder.write(FILE, '{"defaultServer"')
    const store = folder.open()
    const watch = new StoreWatch(t, store)
    await watch.until('shop 1 broken: InvalidJson')
    t.ok(watch.told.includes('shop 0 1.0'))
    folder.write(FILE, documentOf('1.2'))
    await watch.until('shop 2 1.2')
    t.equal(await store.writeApplication('shop', modelOf('1.3'), 2), 3)
  })
}

test('A bundle in the place of another is not taken for it', async (t) => {
  const folder = await twoVersions(t)
  folder.write(NEWEST, folder.read('history/applications/shop/0.json'))
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.match(folder.reports, [{ error: { message: /1\.json is version 0$/ } }])
  t.same(watch.told, ['shop 2 1.1', 'complete'])
})

test('A version that the model has outgrown is passed over', async (t) => {
  const folder = await twoVersions(t)
  const content = { defaultServer: { url: 'http://a', path: 'x' }, laterKey: 1 }
  folder.write(NEWEST, writeBundle({ version: 1, id: 'a', savedAtMs: 0, content }))
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.match(folder.reports, [{ error: { message: /1\.json .*laterKey/ } }])
  t.same(watch.told, ['shop 2 1.1', 'complete'])
})

test('What a process that was killed had written and not yet put in its place is put there', async (t) => {
  const folder = await twoVersions(t)
  const id = (JSON.parse(folder.read(NEWEST)) as { id: string }).id
  folder.write(`applications/.shop.json.${id}`, folder.read(FILE))
  folder.write(FILE, documentOf('1.0'))
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.same(watch.told, ['shop 1 1.1', 'complete'])
  t.same(folder.names('applications'), ['shop.json'])
})

test('What a process that was killed had removed and not yet taken away is taken away', async (t) => {
  const folder = await twoVersions(t)
  await folder.open().removeApplication('shop', 1)
  const removal = 'history/applications/shop/2.json'
  const id = (JSON.parse(folder.read(removal)) as { id: string }).id
  folder.write(`applications/.shop.json.${id}`, '')
  folder.write(FILE, documentOf('1.1'))
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.same(watch.told, ['complete'])
  t.same(folder.names('applications'), [])
})

test('What a process that was killed had not written yet is none of the model', async (t) => {
  const folder = await twoVersions(t)
  folder.write('applications/.shop.json.0b5c', JSON.stringify(documentOf('2.0')))
  folder.write('history/applications/shop/.0b5c', '{')
  const watch = new StoreWatch(t, folder.open())
  await watch.until('complete')
  t.same(watch.told, ['shop 1 1.1', 'complete'])
  t.same(folder.reports, [])
})
