import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { StoreFolder } from '../store/store-folder.js'
import { BACKUP_FILES, backupFolder } from '../support/backup-folder.js'
import { Models } from '../support/gateway.js'
import { runPointsman } from '../support/pointsman.js'

test('import-models puts a backup folder into the store that is configured', async (t) => {
  const target = new StoreFolder(t)
  const environment = { MODEL_STORE: `file:${target.path}` }
  const folder = backupFolder(t)
  const run = (...args: readonly string[]) => runPointsman(['import-models', ...args], environment)
  const first = await run(folder)
  t.same([first.code, first.stderr], [0, ''])
  t.match(first.stdout, /^shop: 1 rules, 0 URL rules, version 0$/m)
  const text = readFileSync(join(target.path, 'applications/shop.json'), 'utf8')
  t.match(JSON.parse(text), { defaultServer: { path: '1.0' } })
  t.match(await run(folder), { code: 0, stdout: /^shop: 1 rules, 0 URL rules, unchanged$/m })
  const poor = backupFolder(t, { ...BACKUP_FILES, 'mail/urlrules.xml': '' })
  t.match(await run(poor), { code: 2, stderr: /^mail\/urlrules\.xml: / })
  t.match(await run(new StoreFolder(t).path), { code: 1, stderr: /there is no application in it/ })
  t.match(await run('/nowhere'), { code: 1, stderr: /^\/nowhere cannot be read: ENOENT/ })
  t.match(await run(), { code: 1, stderr: /takes the name of one folder/ })
  t.match(await run('--help'), { code: 0, stdout: /^Usage: .*import-models/ })
})

test('import-models puts one store into another', async (t) => {
  const [source, target] = [Models.ofExample(t), new StoreFolder(t)]
  const run = () =>
    runPointsman(['import-models', source.folder], { MODEL_STORE: `file:${target.path}` })
  t.match(await run(), {
    code: 0,
    stderr: '',
    stdout:
      /^\d lists, version 0\nplayer: \d rules, \d URL rules, version 0\nplayer: \d hosts on \d stacks\n$/,
  })
  const inTarget = await runPointsman(['explain', 'player', 'mac=00:00:5E:00:53:01'], {
    MODEL_STORE: `file:${target.path}`,
  })
  t.match(inTarget, { code: 0, stdout: /beta_boxes/ })
  t.match(await run(), { code: 0, stdout: /^player: .* unchanged$/m })
  source.writeText('applications/broken.json', '{')
  t.match(await run(), { code: 2, stderr: /^broken: .*JSON/m, stdout: /^player: .* unchanged$/m })
})

test('import-models tells what is wrong with the configuration of the store', async (t) => {
  const folder = backupFolder(t)
  const cases = [
    [{ MODEL_STORE: 'redis' }, /^MODEL_STORE=redis: must be zookeeper or file/],
    [{ MODEL_STORE: 'zookeeper' }, /^ZOOKEEPER_HOSTS: is required with MODEL_STORE=zookeeper/],
    [{ MODEL_STORE: 'file:/proc/none' }, /\/proc\/none: ENOENT/],
  ] as const
  for (const [environment, stderr] of cases)
    t.match(await runPointsman(['import-models', folder], environment), { code: 1, stderr })
})
