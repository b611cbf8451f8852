import { test } from 'tap'
import { startRedisNames, SwitchWatch, untilMoved, watchMaster } from '../support/redis-names.js'
import { eventually } from '../support/eventually.js'
import { startRedisTrio } from '../support/redis-trio.js'

/** What a machine that is busy with other tests may add. */
const GENEROUS_MS = 10_000

test('A name follows the master of a Redis Sentinel trio, whatever becomes of it', async (t) => {
  const trio = await startRedisTrio(t)
  const names = await startRedisNames(t, trio)
  const switches = new SwitchWatch(t, trio)

  await t.test('from the start on', async (t) => {
    await eventually('a master', async () => (await names.master()) === '127.0.0.31')
    await eventually(
      'the replicas',
      async () => (await names.replicas()).join() === '127.0.0.32,127.0.0.33',
    )
    t.equal(await trio.at('127.0.0.31').role(), 'master')
  })

  await t.test('never to a replica when sentinels fail over', async (t) => {
    const stopWatching = watchMaster(names, trio)
    for (let round = 0; round < 3; round++) {
      const from = await names.master()
      switches.forget()
      await trio.failover()
      const { to, at } = await untilMoved(names, from)
      t.equal(await trio.at(to).role(), 'master')
      await eventually('+switch-master', () => Promise.resolve(switches.toldAt(to) !== undefined))
      const tookMs = at - (switches.toldAt(to) ?? 0)
      t.comment(`${Math.round(tookMs)} ms after +switch-master`)
      t.ok(tookMs < GENEROUS_MS)
    }
    const { answers, empty, wrong } = await stopWatching()
    t.comment(`${answers} answers, ${empty} of them empty`)
    t.same(wrong, [])
  })

  await t.test('when it is killed', async (t) => {
    const from = await names.master()
    const stopWatching = watchMaster(names, trio)
    const killedAt = performance.now()
    switches.forget()
    await trio.at(from).kill()
    const { to, at } = await untilMoved(names, from)
    t.equal(await trio.at(to).role(), 'master')
    await eventually('+switch-master', () => Promise.resolve(switches.toldAt(to) !== undefined))
    t.comment(
      `${Math.round(at - killedAt)} ms after the kill, ${Math.round(at - (switches.toldAt(to) ?? 0))} ms after +switch-master`,
    )
    t.same((await stopWatching()).wrong, [])
    await eventually('one replica', async () => (await names.replicas()).length === 1)
  })
})
