import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import { systemClock } from '../../src/runtime/system-clock.js'
import { LastKnownGood } from '../../src/store/last-known-good.js'
import type { StoreNews } from '../../src/store/model-store.js'
import { BACKUP_FILES, writeFiles } from '../support/backup-folder.js'
import { hostsAt, listsOf, modelOf } from '../support/models.js'
import { StoreWatch } from '../support/store-news.js'
import { FakeStore } from './fake-store.js'
import { StoreFolder } from './store-folder.js'

const LOST = new PointsmanError('STORE_LOST', 'nobody answers')
const COMPLETE: StoreNews = { kind: 'complete' }

function application(name: string, version: number, flavor: string): StoreNews {
  return { kind: 'application', name, stored: { version, content: modelOf(flavor) } }
}

function hosts(name: string, address: string): StoreNews {
  return { kind: 'hosts', name, stacks: hostsAt(address) }
}

/** Last known good in a folder of the test's, as a process has it that just started. */
function start(t: Test, folder: StoreFolder) {
  const store = new FakeStore()
  const known = new LastKnownGood({
    store,
    directory: folder.path,
    clock: systemClock,
    report: (transition) => folder.reports.push(transition),
  })
  return { store, known, watch: () => new StoreWatch(t, known) }
}

/** A folder that something was kept in: a model of `shop` with a list, and its live hosts. */
async function keptFolder(t: Test): Promise<StoreFolder> {
  const folder = new StoreFolder(t)
  const { store, known, watch } = start(t, folder)
  store.tell(hosts('shop', '10.0.0.9'), application('shop', 3, '1.0'), COMPLETE)
  const first = watch()
  await first.until('complete')
  t.same(first.told, ['shop hosts 10.0.0.9', 'shop 3 1.0', 'complete'], 'nothing was kept before')
  known.keepApplication('shop', { version: 3, content: modelOf('1.0') }, listsOf('a'))
  known.rememberHosts('shop', hostsAt('10.0.0.1'))
  known.rememberHosts('shop', [])
  await known.flush()
  await first.end()
  return folder
}

const KEPT = ['lists -1 a', 'shop hosts 10.0.0.1', 'shop 3 1.0', 'complete']

test('What served is told at once after a restart, though the store does not answer', async (t) => {
  const { store, watch } = start(t, await keptFolder(t))
  const first = watch()
  await first.until('complete')
  t.same(first.told, KEPT)
  store.tell(LOST)
  t.equal(await first.ended(), LOST)
  const again = watch()
  store.tell(application('shop', 4, '1.1'), COMPLETE)
  await again.until('complete')
  t.same(again.told, ['shop 4 1.1', 'complete'], 'what is kept is told once')
})

test('Of what is kept it is told since when, and the lists that it served with', async (t) => {
  const { known } = start(t, await keptFolder(t))
  const over = new AbortController()
  for await (const news of known.watch(over.signal)) {
    if (news.kind === 'application') {
      t.same(news.kept?.lists, listsOf('a'))
      t.ok(Math.abs((news.kept?.savedAtMs ?? 0) - Date.now()) < 60_000)
    }
    if (news.kind === 'complete') over.abort()
  }
})

test('What the store tells takes the place of what was kept', async (t) => {
  const folder = await keptFolder(t)
  const { store, known, watch } = start(t, folder)
  const first = watch()
  await first.until('complete')
  store.tell(hosts('shop', '10.0.0.9'), application('mail', 0, '7'), COMPLETE)
  await first.until('shop removed')
  t.same(first.told.slice(KEPT.length), ['mail 0 7', 'shop removed', 'complete'])
  known.keepApplication('mail', { version: 0, content: modelOf('7') }, [])
  await known.flush()
  const next = start(t, folder).watch()
  await next.until('complete')
  t.same(next.told, ['lists -1 ', 'mail 0 7', 'complete'])
})

test('Hosts that were stored anew count more than those that were live before', async (t) => {
  const { store, watch } = start(t, await keptFolder(t))
  const first = watch()
  store.tell(hosts('shop', '10.0.0.7'), application('shop', 3, '1.0'), COMPLETE)
  await first.until('shop hosts 10.0.0.7')
})

test('What nobody has said to serve is not kept', async (t) => {
  const folder = await keptFolder(t)
  const { store, known, watch } = start(t, folder)
  const first = watch()
  store.tell(application('shop', 4, 'refused'), COMPLETE)
  await first.until('shop 4 refused')
  await known.flush()
  const next = start(t, folder).watch()
  await next.until('complete')
  t.same(next.told, KEPT)
})

test('A store that is empty all of a sudden is lost', async (t) => {
  const { store, watch } = start(t, await keptFolder(t))
  const first = watch()
  store.tell(COMPLETE)
  t.match(await first.ended(), { code: 'STORE_LOST', message: /is empty, which it was not/ })
  t.same(first.told, KEPT)
})

test('An application that is removed is forgotten, also if it was the only one', async (t) => {
  const folder = await keptFolder(t)
  const { store, known, watch } = start(t, folder)
  const first = watch()
  store.tell(application('shop', 4, '1.1'), COMPLETE, { kind: 'removed', name: 'shop' })
  await first.until('shop removed')
  await known.flush()
  const { store: empty, watch: later } = start(t, folder)
  empty.tell(COMPLETE)
  const next = later()
  await next.until('complete')
  t.same(next.told, ['complete'])
})

test('A bundle that is damaged is reported, and the one before it is told', async (t) => {
  for (const damage of ['cut', 'changed'] as const) {
    const folder = await keptFolder(t)
    const { known } = start(t, folder)
    known.keepApplication('shop', { version: 4, content: modelOf('1.1') }, [])
    await known.flush()
    const text = folder.read('applications/shop/1.json')
    const damaged = damage === 'cut' ? text.slice(0, -20) : text.replace('"1.1"', '"1.7"')
    folder.write('applications/shop/1.json', damaged)
    const next = start(t, folder).watch()
    await next.until('complete')
    t.same(next.told, KEPT)
    t.match(folder.reports, [
      { subject: join(folder.path, 'applications/shop/1.json'), error: { code: 'STORE_BROKEN' } },
    ])
  }
})

test('A folder that cannot be used is reported, and stops nobody', async (t) => {
  const folder = new StoreFolder(t)
  const path = join(folder.path, 'lkg')
  writeFileSync(path, '')
  const store = new FakeStore()
  const report = folder.reports
  const known = new LastKnownGood({
    store,
    directory: path,
    clock: systemClock,
    report: (transition) => report.push(transition),
  })
  store.tell(application('shop', 0, '1.0'), COMPLETE)
  const watch = new StoreWatch(t, known)
  await watch.until('complete')
  t.match(report.splice(0), [{ subject: path, error: { message: /lkg cannot be read: ENOTDIR/ } }])
  known.keepApplication('shop', { version: 0, content: modelOf('1.0') }, [])
  await known.flush()
  const subject = join(path, 'applications/shop')
  t.match(report.splice(0), [{ subject, error: { message: /shop cannot be written: ENOTDIR/ } }])
  rmSync(path)
  mkdirSync(path)
  await known.flush()
  t.match(report, [{ subject, error: undefined }])
})

test('A backup folder of Redirector that is put there serves until something newer is kept', async (t) => {
  const folder = await keptFolder(t)
  writeFiles(folder.path, BACKUP_FILES)
  const { known, watch } = start(t, folder)
  const first = watch()
  await first.until('complete')
  t.same(first.told, [
    'lists -1 a,b',
    'shop hosts 10.0.0.1',
    'mail hosts 10.0.0.1',
    'shop 3 1.0',
    'mail 7 1.0',
    'complete',
  ])
  known.keepApplication('mail', { version: 8, content: modelOf('8.0') }, [])
  await known.flush()
  const next = start(t, folder).watch()
  await next.until('mail 8 8.0')
  t.same(folder.reports, [])
})
