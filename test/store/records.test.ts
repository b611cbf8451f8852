import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { writeBundle } from '../../src/store/bundle.js'
import { RecordFiles } from '../../src/store/record-files.js'
import type { RecordWrite } from '../../src/store/record-store.js'
import { modelOf } from '../support/models.js'
import { testRecords } from '../support/record-conformance.js'
import { StoreFolder } from './store-folder.js'

const ANN = { key: 'users/ann', value: 'ann', version: undefined }
const BOB = { key: 'users/bob', value: 'bob', version: undefined }

function openIn(t: Test) {
  const folder = new StoreFolder(t)
  const store = folder.open()
  t.teardown(() => store.close())
  return { folder, store }
}

/** Everything in the folder of records, but its lock. */
function filesIn({ path }: StoreFolder): readonly string[] {
  const files = readdirSync(join(path, 'records'), { recursive: true, encoding: 'utf8' })
  return files.filter((each) => each !== '.lock' && statSync(join(path, 'records', each)).isFile())
}

/** Leaves behind what a process does that is killed before it has done what its journal says. */
async function leaveJournal(folder: StoreFolder, records: readonly RecordWrite[], model?: object) {
  const id = 'unfinished'
  const path = join(folder.path, 'records')
  mkdirSync(path, { recursive: true })
  const steps = await new RecordFiles(path).draft(id, records)
  const content = { steps, ...(model && { model }) }
  folder.write('records/.journal', writeBundle({ version: 0, id, savedAtMs: 0, content }))
}

test('A folder keeps records as every store does', async (t) => {
  await testRecords(t, (t) => {
    const { store } = openIn(t)
    return Promise.resolve({ one: store, other: store })
  })
})

test('Nobody but the owner may read records, and who only looks makes no folder', async (t) => {
  const { folder, store } = openIn(t)
  t.same(await store.listRecords('users'), [])
  t.equal(await store.readRecord('users/ann'), undefined)
  t.notOk(existsSync(join(folder.path, 'records')))
  await store.commit({ records: [ANN] })
  const mode = (name: string) => statSync(join(folder.path, 'records', name)).mode & 0o777
  t.equal(mode('.'), 0o700)
  t.equal(mode('users/ann.json'), 0o600)
  t.same(filesIn(folder), ['users/ann.json'], 'and nothing else stays')
})

test('One process keeps the records: a second is told whose they are', async (t) => {
  const { folder, store } = openIn(t)
  await store.commit({ records: [ANN] })
  const other = folder.open()
  const locked = {
    code: 'STORE_LOCKED',
    message: `${folder.path}/records is kept by process ${process.pid}: with models in a folder, one process alone manages them`,
  }
  await t.rejects(other.commit({ records: [BOB] }), locked)
  await t.rejects(other.listRecords('users'), locked)
  t.equal(await other.writeApplication('shop', modelOf('1.0'), undefined), 0, 'models are free')
  await store.close()
  t.equal((await other.readRecord('users/ann'))?.value, 'ann')
  await other.close()
  folder.write('records/.lock', '999999999\n')
  t.equal((await store.readRecord('users/ann'))?.value, 'ann', 'a dead process keeps nobody out')
})

test('A record that is damaged is told, and the others are read', async (t) => {
  const { folder, store } = openIn(t)
  await store.commit({ records: [ANN, BOB] })
  const text = folder.read('records/users/ann.json')
  folder.write('records/users/ann.json', text.replace('"ann"', '"eve"'))
  const path = join(folder.path, 'records/users/ann.json')
  const error = { code: 'STORE_BROKEN', message: new RegExp(`^${path} does not have the digest`) }
  await t.rejects(store.readRecord('users/ann'), error)
  await t.rejects(store.commit({ records: [{ ...ANN, version: 0 }] }), error)
  t.same(await store.listRecords('users'), [{ ...BOB, version: 0 }])
  t.match(folder.reports, [{ error }])
})

test('What a journal says is done at the next start', async (t) => {
  const { folder, store } = openIn(t)
  await leaveJournal(folder, [ANN, BOB])
  t.same((await store.listRecords('users')).length, 2)
  t.same(filesIn(folder), ['users/ann.json', 'users/bob.json'])
})

test('What a journal says of a model that was not written is dropped', async (t) => {
  const { folder, store } = openIn(t)
  await store.writeApplication('shop', modelOf('1.0'), undefined)
  await leaveJournal(folder, [ANN, BOB], { kind: 'application', name: 'shop' })
  t.same(await store.listRecords('users'), [])
  t.same(filesIn(folder), [])
})

test('What a journal says of a model that was written is done, also when others wrote since', async (t) => {
  const { folder, store } = openIn(t)
  const content = { defaultServer: { url: '{protocol}://{host}:{port}/{urn}', path: '1.0' } }
  const bundle = { version: 0, id: 'unfinished', savedAtMs: 0, content }
  folder.write('history/applications/shop/0.json', writeBundle(bundle))
  folder.write('applications/shop.json', content)
  t.equal(await store.writeApplication('shop', modelOf('1.1'), 0), 1)
  await leaveJournal(folder, [ANN], { kind: 'application', name: 'shop' })
  t.equal((await store.readRecord('users/ann'))?.value, 'ann')
  t.same(filesIn(folder), ['users/ann.json'])
})

test('A journal that is damaged is no reason to guess', async (t) => {
  const { folder, store } = openIn(t)
  await leaveJournal(folder, [ANN])
  folder.write('records/.journal', folder.read('records/.journal').replace('ann', 'eve'))
  const refused = {
    code: 'STORE_BROKEN',
    message: /records\/\.journal does not have the digest.*remove it/,
  }
  await t.rejects(store.readRecord('users/ann'), refused)
  await t.rejects(store.commit({ records: [BOB] }), refused)
  folder.remove('records/.journal')
  await store.commit({ records: [BOB] })
  t.same(filesIn(folder), ['users/bob.json'])
})

test('What could not be written leaves nothing behind, and is no reason to stop', async (t) => {
  const { folder, store } = openIn(t)
  await store.commit({ records: [ANN] })
  folder.write('records/changes', 'in the way of a folder')
  const change = { key: 'changes/1', value: 1, version: undefined }
  await t.rejects(store.commit({ records: [BOB, change] }), { code: 'STORE_LOST' })
  folder.remove('records/changes')
  t.same(filesIn(folder), ['users/ann.json'])
  await store.commit({ records: [BOB, change] })
  t.equal(filesIn(folder).length, 3)
})
