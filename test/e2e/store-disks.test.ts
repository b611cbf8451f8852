import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { StoreFolder } from '../store/store-folder.js'
import { mounting, NO_MOUNTS } from '../support/hosts.js'
import { documentOf } from '../support/models.js'
import { StoreProcess } from '../support/store-process.js'

test(
  'On a disk that is full nothing is written, and what is there stays',
  { skip: NO_MOUNTS },
  async (t) => {
    const folder = new StoreFolder(t)
    const small = mounting('mount -t tmpfs -o size=300k tmpfs "$1"', folder.path)
    const store = new StoreProcess(t, folder.path, small)
    await store.prints(/^complete$/)
    let newest = -1
    let answer = await store.write('shop 0')
    for (; answer.startsWith('written') && newest < 100; newest++)
      answer = await store.write(`shop ${newest + 2} ${newest + 1}`)
    t.match(answer, /^STORE_LOST .*ENOSPC/)
    t.ok(newest > 1, `version ${newest} had room`)
    t.match(await store.write(`shop again ${newest}`), /^STORE_LOST .*ENOSPC/)
    await store.prints(new RegExp(`^shop ${newest} ${newest}$`))
    t.notOk(store.lines.includes('removed'))
  },
)

test('Models can be served from a folder that nobody may write', { skip: NO_MOUNTS }, async (t) => {
  const folder = new StoreFolder(t)
  folder.write('applications/shop.json', documentOf('1.0'))
  const script = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"'
  const store = new StoreProcess(t, folder.path, mounting(script, folder.path))
  await store.prints(/^complete$/)
  t.ok(store.lines.includes('shop 0 1.0'), store.lines.join())
  await store.prints(/history\/applications\/shop: .*cannot be written: EROFS/)
  writeFileSync(join(folder.path, 'applications/shop.json'), JSON.stringify(documentOf('1.1')))
  await store.prints(/^shop 1 1\.1$/)
  t.match(await store.write('shop 1.2 1'), /^STORE_LOST .*EROFS/)
  writeFileSync(join(folder.path, 'applications/shop.json'), JSON.stringify(documentOf('1.2')))
  await store.prints(/^shop 2 1\.2$/)
})
