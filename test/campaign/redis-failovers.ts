import { test } from 'tap'
import { startRedisNames, SwitchWatch, untilMoved, watchMaster } from '../support/redis-names.js'
import { eventually } from '../support/eventually.js'
import { startRedisTrio } from '../support/redis-trio.js'
import { percentile, tell } from './figures.js'

const ROUNDS = 50
/** From the first sentinel's word to the answer of the name. */
const BOUND_MS = 1000

test(`${ROUNDS} failovers of a Redis master`, async (t) => {
  const trio = await startRedisTrio(t)
  const names = await startRedisNames(t, trio)
  const switches = new SwitchWatch(t, trio)
  await eventually('a master', async () => (await names.master()) !== '')
  const stopWatching = watchMaster(names, trio)
  const tookMs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const from = await names.master()
    switches.forget()
    await trio.failover()
    const { to, at } = await untilMoved(names, from)
    t.equal(await trio.at(to).role(), 'master')
    await eventually('+switch-master', () => Promise.resolve(switches.toldAt(to) !== undefined))
    tookMs.push(at - (switches.toldAt(to) ?? 0))
  }
  const { answers, empty, wrong } = await stopWatching()
  t.same(wrong, [])
  t.ok(percentile(tookMs, 1) < BOUND_MS)
  const at = (share: number): string => `${Math.round(percentile(tookMs, share))} ms`
  tell(
    `${ROUNDS} failovers, from +switch-master to the name`,
    `p50 ${at(0.5)}, p99 ${at(0.99)}; of ${answers} answers ${wrong.length} a replica, ${empty} empty`,
  )
})
