import { setTimeout as wait } from 'node:timers/promises'
import { test, type Test } from 'tap'
import { systemClock } from '../../../src/runtime/system-clock.js'
import { LastKnownGood } from '../../../src/store/last-known-good.js'
import { modelOf } from '../../support/models.js'
import { StoreWatch } from '../../support/store-news.js'
import { startEnsemble } from '../../support/zookeeper-server.js'
import { StoreFolder } from '../store-folder.js'
import { connectStore, openStore } from './zookeeper-world.js'

const BASE = '/a/base'

/** Longer than a session takes to find another server. */
const NOTICED_MS = 3000

/** A store through last known good, as a gateway has it that just started. */
function start(t: Test, store: ReturnType<typeof openStore>['store'], folder: StoreFolder) {
  const known = new LastKnownGood({
    store,
    directory: folder.path,
    clock: systemClock,
    report: (transition) => folder.reports.push(transition),
  })
  return { known, watch: () => new StoreWatch(t, known) }
}

/** Watches, anew whenever the watch ends, until this is told. */
async function untilTold(watch: () => StoreWatch, words: string): Promise<StoreWatch> {
  for (let tries = 0; tries < 20; tries++) {
    const current = watch()
    const lost = current.ended().then(() => false)
    if (await Promise.race([current.until(words).then(() => true), lost])) return current
    await wait(500)
  }
  throw new Error(`"${words}" was not told`)
}

test('Models in an ensemble of three', async (t) => {
  const servers = await startEnsemble(t)
  const [first, second, third] = servers
  if (!first || !second || !third) throw new Error('there are three')
  const folder = new StoreFolder(t)
  const writer = await connectStore(t, servers, BASE)
  const reader = await connectStore(t, servers, BASE)
  await writer.store.writeApplication('shop', modelOf('1.0'), undefined)
  const { known, watch } = start(t, reader.store, folder)
  const watching = watch()
  await watching.until('shop 0 1.0')
  known.keepApplication('shop', { version: 0, content: modelOf('1.0') }, [])
  await known.flush()

  await t.test('go on when one server is gone', async (t) => {
    await first.kill()
    await wait(NOTICED_MS)
    await writer.session.connected(AbortSignal.timeout(30_000))
    t.equal(await writer.store.writeApplication('shop', modelOf('1.1'), 0), 1)
    await watching.until('shop 1 1.1')
    t.equal(watching.failure, undefined)
    known.keepApplication('shop', { version: 1, content: modelOf('1.1') }, [])
    await known.flush()
  })

  await t.test('are lost when two are gone; what was there last is told at a start', async (t) => {
    await second.kill()
    t.match(await watching.ended(), { code: 'STORE_LOST', origin: 'store' })
    t.notOk(watching.told.includes('shop removed'))
    const lost = writer.store.writeApplication('shop', modelOf('1.2'), 1)
    await t.rejects(lost, { code: 'STORE_LOST' })
    const started = start(t, openStore(t, servers, BASE).store, folder).watch()
    await started.until('complete')
    t.same(started.told, ['lists -1 ', 'shop 1 1.1', 'complete'])
    t.match(await started.ended(), { code: 'STORE_LOST' })
  })

  await t.test('are there again when the servers are, with what was written since', async (t) => {
    first.launch()
    second.launch()
    await Promise.all([first.serves(), second.serves()])
    await writer.session.connected(AbortSignal.timeout(30_000))
    await untilTold(() => new StoreWatch(t, writer.store), 'shop 1 1.1')
    t.equal(await writer.store.writeApplication('shop', modelOf('1.2'), 1), 2)
    const again = await untilTold(watch, 'shop 2 1.2')
    await again.until('complete')
    t.same(folder.reports, [])
  })
})
