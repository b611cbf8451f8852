import pino from 'pino'
import { test, type Test } from 'tap'
import { PointsmanError } from '../../../src/core/errors.js'
import { Accounts } from '../../../src/manage/accounts/accounts.js'
import { Audit } from '../../../src/manage/accounts/audit.js'
import { addressBlock } from '../../../src/manage/accounts/address-block.js'
import { PasswordHasher } from '../../../src/manage/accounts/passwords.js'
import { SignInDelays } from '../../../src/manage/accounts/sign-in-delays.js'
import { ManualClock, settled } from '../../support/clock.js'
import { eventually } from '../../support/eventually.js'
import { CHEAP, managing } from '../../support/managing.js'
import { MemoryStore } from '../../support/memory-store.js'

const FIRST = { user: 'ann', password: 'correct horse battery' }
const log = pino({ level: 'silent' })

function begun(t: Test, store: MemoryStore, clock = new ManualClock()): Accounts {
  const accounts = new Accounts({ store, clock, log, bootstrap: FIRST, passwordCost: CHEAP })
  accounts.start()
  t.teardown(() => accounts.stop())
  return accounts
}

test('Of several processes that begin with an empty store one makes the first administrator', async (t) => {
  const store = new MemoryStore()
  const all = [begun(t, store), begun(t, store), begun(t, store)]
  await eventually('one user', async () => (await store.listRecords('users')).length === 1)
  const [ann] = (await all[0]?.users.readAll()) ?? []
  t.match(ann, { name: 'ann', value: { grants: [{ role: 'administrator', on: '*' }] } })
})

test('Where there are users nobody is made', async (t) => {
  const { services, store } = await managing(t)
  begun(t, store)
  await settled()
  t.equal(await services.accounts.users.read('ann'), undefined)
})

test('The first administrator is made as soon as the store answers', async (t) => {
  const store = new MemoryStore()
  store.failure = new PointsmanError('STORE_LOST', 'not there')
  const clock = new ManualClock()
  begun(t, store, clock)
  await clock.elapse(3000)
  store.failure = undefined
  await clock.elapse(1000)
  await eventually('one user', async () => (await store.listRecords('users')).length === 1)
})

test('While the store does not answer, those who are signed in go on', async (t) => {
  const { as, store, service } = await managing(t)
  t.equal((await as('viewer')('GET', '/api/status')).status, 200)
  store.failure = new PointsmanError('STORE_LOST', 'a secret place')
  service.clock.advance(10_000)
  t.equal((await as('viewer')('GET', '/api/status')).status, 200)
  const body = { name: 'stranger', password: 'correct horse battery' }
  const refused = await as()('POST', '/api/session', { body })
  t.equal(refused.status, 503)
  t.equal(refused.headers.get('retry-after'), '1')
  t.notMatch(JSON.stringify(refused.body), 'secret')
})

const HOUR_MS = 60 * 60_000
const TESTED = { by: 'ann', action: 'tested', subject: '', from: '', detail: '' }

test('What was done is told page by page, and by whom', async (t) => {
  const clock = new ManualClock()
  const audit = new Audit({ store: new MemoryStore(), clock, log })
  for (let at = 0; at < 5; at++) {
    await audit.record({ ...TESTED, by: `u${at % 2}`, subject: `s${at}` })
    await audit.record({ ...TESTED, action: 'other' })
    clock.advance(20 * HOUR_MS)
  }
  const pages = []
  let before: string | undefined
  for (let at = 0; at < 3; at++) {
    const query = { limit: 2, action: 'tested', ...(before !== undefined && { before }) }
    const { items, next } = await audit.page(query)
    pages.push(items.map(({ subject }) => subject))
    before = next ?? undefined
  }
  t.same(pages, [['s4', 's3'], ['s2', 's1'], ['s0']])
  t.equal(before, undefined)
  const { items } = await audit.page({ limit: 10, by: 'u1' })
  t.same(
    items.map(({ subject }) => subject),
    ['s3', 's1'],
  )
})

test('The audit log forgets after ninety days', async (t) => {
  const clock = new ManualClock()
  const store = new MemoryStore()
  const audit = new Audit({ store, clock, log })
  await audit.record(TESTED)
  const folder = `audit/${new Date(clock.wallTimeMs()).toISOString().slice(0, 10)}`
  clock.advance(89 * 24 * HOUR_MS)
  await audit.prune()
  t.equal((await store.listRecords(folder)).length, 1)
  clock.advance(2 * 24 * HOUR_MS)
  await audit.prune()
  t.equal((await store.listRecords(folder)).length, 0)
})

test('Sessions that have expired are removed from the store', async (t) => {
  const { store, services, service } = await managing(t)
  const { sessions } = services.accounts
  await sessions.sweep()
  t.equal((await store.listRecords('sessions')).length, 5)
  service.clock.advance(2 * 60 * 60_000)
  await sessions.sweep()
  t.equal((await store.listRecords('sessions')).length, 0)
})

test('A password is known again, also when hashes cost more by now', async (t) => {
  const stored = await new PasswordHasher(CHEAP).hash('correct horse battery')
  const now = new PasswordHasher({ cost: 32, blockSize: 2, parallelization: 1 })
  t.match(stored, /^scrypt\$16\$1\$1\$[\w-]{22}\$[\w-]{43}$/)
  t.equal(await now.verify('correct horse battery', stored), true)
  t.equal(await now.verify('Correct horse battery', stored), false)
  t.equal(await now.verify('correct horse battery', undefined), false)
  t.equal(await now.verify('x', 'scrypt$nonsense'), false)
  const composed = await now.hash('pass wörd of ann')
  t.equal(await now.verify('pass wörd of ann', composed), true, 'typed in another way')
})

test('What passwords cost by default is what is asked for, and no more are hashed at once than there is room for', async (t) => {
  const hasher = new PasswordHasher()
  t.match(await hasher.hash('correct horse battery'), /^scrypt\$131072\$8\$1\$/)
  const cheap = new PasswordHasher(CHEAP)
  const tries = await Promise.allSettled(Array.from({ length: 50 }, () => cheap.hash('x')))
  t.equal(tries.filter(({ status }) => status === 'fulfilled').length, 34)
  for (const each of tries) if (each.status === 'rejected') t.match(each.reason, { status: 429 })
})

test('Delays double with each failure, up to a bound, and are forgotten after an hour', (t) => {
  const clock = new ManualClock()
  const delays = new SignInDelays(clock, { free: 2, longestMs: 3000 })
  const waits = []
  for (let at = 0; at < 5; at++) {
    const waitMs = delays.attempt('ann')
    waits.push(waitMs)
    clock.advance(waitMs)
    if (waitMs > 0) t.equal(delays.attempt('ann'), 0)
  }
  t.same(waits, [0, 0, 1000, 2000, 3000])
  t.equal(delays.attempt('ben'), 0)
  delays.succeeded('ann')
  t.equal(delays.attempt('ann'), 0)
  delays.attempt('ann')
  clock.advance(60 * 60_000)
  t.equal(delays.attempt('ann'), 0)
  t.equal(delays.attempt('ann'), 0)
  t.end()
})

test('Addresses of one customer are one', (t) => {
  t.equal(addressBlock('10.0.0.1'), '10.0.0.1')
  t.equal(addressBlock('::ffff:10.0.0.1'), '10.0.0.1')
  t.equal(addressBlock('2001:db8::1'), addressBlock('2001:db8:0:0:ffff::2'))
  t.not(addressBlock('2001:db8::1'), addressBlock('2001:db8:0:1::1'))
  t.end()
})
