import { test, type Test } from 'tap'
import { PointsmanError } from '../../../src/core/errors.js'
import { applyDue } from '../../../src/manage/changes/apply-due.js'
import { Changes } from '../../../src/manage/changes/changes.js'
import { ModelBook } from '../../../src/manage/models/model-book.js'
import { changeIn, changeWorld, documentWith, feed, ruleNamed } from '../../support/change-world.js'
import { eventually } from '../../support/eventually.js'
import type { Answer } from '../../support/managing.js'

const AHEAD_MS = 600_000
const BETA = documentWith({ rules: [ruleNamed('beta')] })

async function scheduleWorld(t: Test) {
  const world = await changeWorld(t)
  const { as, propose, decide, clock } = world
  const applyAt = new Date(clock.wallTimeMs() + AHEAD_MS).toISOString()
  const proposed = await propose(as('ann'), BETA)
  const scheduled = await decide(as('bob'), proposed, 'approval', { applyAt })
  const now = async (told: Answer = proposed): Promise<Answer> =>
    as('ann')('GET', `/api/changes/${changeIn(told).id}`)
  const until = (state: string, told?: Answer): Promise<void> =>
    eventually(`the change set is ${state}`, async () => {
      await clock.elapse(300)
      return changeIn(await now(told)).state === state
    })
  return { ...world, applyAt, proposed, scheduled, now, until }
}

test('What is approved for later is applied when its time has come', async (t) => {
  const { scheduled, applyAt, until, clock, services, now, as } = await scheduleWorld(t)
  t.match(scheduled, { status: 200, body: { state: 'scheduled', applyAt, applied: null } })
  await clock.elapse(AHEAD_MS - 60_000)
  t.equal(changeIn(await now()).state, 'scheduled')
  await clock.elapse(60_000)
  await until('applied')
  t.equal(services.models.get('shop')?.version, 1)
  const history = await as('viewer')('GET', '/api/history?subject=application:shop')
  t.match(history.body, { items: [{ version: 1, approver: 'bob' }] })
})

test('What cannot be applied any more has failed, and says why', async (t) => {
  const { as, propose, decide, clock, until, now, services } = await scheduleWorld(t)
  const other = documentWith({ rules: [ruleNamed('other')] })
  await decide(as('bob'), await propose(as('ann'), other), 'approval')
  await clock.elapse(AHEAD_MS + 1000)
  await until('failed')
  const failed = await now()
  t.match(failed.body, {
    failure: /merge it first/,
    thread: [{ by: 'pointsman', text: /could not be applied/ }],
    isStale: true,
  })
  t.equal(services.models.get('shop')?.version, 1)
  t.match(await decide(as('ann'), failed, 'withdrawal'), { status: 200 })
})

test('Who amends what is scheduled opens it again; who withdraws it, ends it', async (t) => {
  const { as, propose, decide, clock, scheduled, now, services, applyAt } = await scheduleWorld(t)
  const { id } = changeIn(scheduled)
  const amended = await as('ann')('PUT', `/api/changes/${id}`, {
    body: { title: 'Again', baseVersion: 0, document: BETA },
    headers: { 'if-match': scheduled.headers.get('etag') ?? '' },
  })
  t.match(amended.body, { state: 'open', decision: null, applyAt: null })
  const second = await propose(as('ann'), documentWith({ rules: [ruleNamed('x')] }))
  const planned = await decide(as('bob'), second, 'approval', { applyAt })
  await decide(as('ann'), planned, 'withdrawal')
  await clock.elapse(2 * AHEAD_MS)
  t.equal(changeIn(await now()).state, 'open')
  t.equal(services.models.get('shop')?.version, 0)
})

test('Times that are none, are over or far away are refused', async (t) => {
  const { as, propose, decide } = await scheduleWorld(t)
  const proposed = await propose(as('ann'), BETA)
  for (const applyAt of ['soon', '2001-01-01T00:00:00Z', '2100-01-01T00:00:00Z', '99999999'])
    t.match(await decide(as('bob'), proposed, 'approval', { applyAt }), {
      status: 400,
      body: { errors: [{ path: '/applyAt' }] },
    })
})

test('Of many processes that try one applies a change set, once', async (t) => {
  const { store, services, scheduled, clock } = await scheduleWorld(t)
  const { id } = changeIn(scheduled)
  const later = clock.wallTimeMs() + 2 * AHEAD_MS
  const processes = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const models = new ModelBook({
        hosts: () => undefined,
        targets: () => [],
        problems: () => [],
      })
      feed(t, models, store)
      await models.reached({ kind: 'application', name: 'shop' }, 0, AbortSignal.timeout(9000))
      return new Changes({ store, models, clock, audit: services.audit })
    }),
  )
  const done = await Promise.all(processes.map((each) => applyDue(each, id, later)))
  t.equal(done.filter((each) => each !== undefined).length, 1)
  t.equal(services.models.get('shop')?.version, 1)
  const history = await processes[0]?.history.entries('application:shop', 100, 100)
  t.equal(history?.length, 1)
})

test('While the store does not answer nothing fails for good', async (t) => {
  const { store, clock, until, services } = await scheduleWorld(t)
  await clock.elapse(1000)
  store.failure = new PointsmanError('STORE_LOST', 'gone')
  await clock.elapse(AHEAD_MS + 1000)
  store.failure = undefined
  await clock.elapse(20_000)
  await until('applied')
  t.equal(services.models.get('shop')?.version, 1)
})
