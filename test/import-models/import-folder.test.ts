import { join } from 'node:path'
import { test, type Test } from 'tap'
import { importFolder } from '../../src/import-models/import-folder.js'
import { readLegacyFolder } from '../../src/store/legacy-folder.js'
import { StoreFolder } from '../store/store-folder.js'
import { BACKUP_FILES, backupFolder, writeFiles } from '../support/backup-folder.js'
import { listsOf, modelOf } from '../support/models.js'
import { StoreWatch } from '../support/store-news.js'

async function load(t: Test, target: StoreFolder, files: Readonly<Record<string, string>>) {
  return importFolder(await readLegacyFolder(backupFolder(t, files)), target.open())
}

function without(...names: readonly string[]): Readonly<Record<string, string>> {
  const files = Object.entries(BACKUP_FILES).filter(([name]) => !names.includes(name))
  return Object.fromEntries(files)
}

test('Everything in a backup folder is in the store then', async (t) => {
  const target = new StoreFolder(t)
  const { done, noted, failed } = await load(t, target, BACKUP_FILES)
  t.same(done, [
    '1 lists, version 0',
    'shop: 1 rules, 0 URL rules, version 0',
    'shop: 1 hosts on 1 stacks',
    'mail: 1 rules, 0 URL rules, version 0',
    'mail: 1 hosts on 1 stacks',
  ])
  t.same([noted, failed], [[], []])
  const watch = new StoreWatch(t, target.open())
  await watch.until('complete')
  t.same([...watch.told].sort(), [
    'complete',
    'lists 0 a,b',
    'mail 0 1.0',
    'mail hosts 10.0.0.1',
    'shop 0 1.0',
    'shop hosts 10.0.0.1',
  ])
})

test('It may be done again: what is the same stays, what differs is a new version', async (t) => {
  const target = new StoreFolder(t)
  await load(t, target, BACKUP_FILES)
  const again = await load(t, target, BACKUP_FILES)
  t.equal(again.done.filter((line) => line.endsWith(', unchanged')).length, 5)
  const whitelist = '<whitelisted><paths>/DC1/Z2</paths></whitelisted>'
  const changed = await load(t, target, { ...BACKUP_FILES, 'shop/whitelist.xml': whitelist })
  t.ok(changed.done.includes('shop: 1 rules, 0 URL rules, version 1'))
  t.ok(changed.done.includes('mail: 1 rules, 0 URL rules, unchanged'))
})

test('What the store has beyond the folder stays', async (t) => {
  const target = new StoreFolder(t)
  await target.open().writeApplication('game', modelOf('3'), undefined)
  const [list] = listsOf('z')
  if (!list) throw new Error('there is a list')
  await target.open().writeLists(
    [
      { ...list, name: 'alpha' },
      { ...list, name: 'beta' },
    ],
    undefined,
  )
  await load(t, target, BACKUP_FILES)
  const watch = new StoreWatch(t, target.open())
  await watch.until('complete')
  t.ok(watch.told.includes('game 0 3'))
  t.ok(watch.told.includes('lists 1 z,a,b'), watch.told.join())
})

test('What is missing or odd in the folder is noted, and the rest is there', async (t) => {
  const cases = [
    [without('mail/whitelist.xml'), /^mail\/whitelist\.xml: is missing \(FileMissing\)$/m],
    [without('shop/manualbackup.json'), /HostsMissing/],
    [without('namespacedlists.json'), /there is no list.*a gateway will refuse|refuse the model/],
    [
      { ...BACKUP_FILES, 'mail/urlrules.xml': '<urlRules' },
      /^mail\/urlrules\.xml.*\(FileUnreadable\)$/m,
    ],
  ] as const
  for (const [files, note] of cases) {
    const { done, noted } = await load(t, new StoreFolder(t), files)
    t.match(noted.join('\n'), note)
    t.ok(
      done.some((line) => line.startsWith('shop: 1 rules')),
      done.join(),
    )
  }
})

test('What cannot be written is told, and the rest is written', async (t) => {
  const target = new StoreFolder(t)
  writeFiles(target.path, { 'applications/shop.json': '{' })
  const { done, failed } = await load(t, target, BACKUP_FILES)
  t.match(failed, [/^shop: .*mend it first \(STORE_BROKEN\)$/])
  t.ok(done.includes('mail: 1 rules, 0 URL rules, version 0'))
})

test('A folder of ours or of anybody else is none of Redirector', async (t) => {
  const target = new StoreFolder(t)
  await target.open().writeApplication('shop', modelOf('1'), undefined)
  const { applications } = await readLegacyFolder(target.path)
  t.same(applications, [])
  await t.rejects(readLegacyFolder(join(target.path, 'none')), { code: 'ENOENT' })
})
