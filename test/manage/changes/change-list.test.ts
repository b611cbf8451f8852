import { test } from 'tap'
import type { ChangeState } from '../../../src/manage/api/changes.js'
import { attemptKey } from '../../../src/manage/changes/attempts.js'
import { contentKey, DECIDED } from '../../../src/manage/changes/change-record.js'
import { newChangeId } from '../../../src/manage/changes/change-shelf.js'
import { changeIn, changeWorld, documentWith, ruleNamed } from '../../support/change-world.js'
import type { MemoryStore } from '../../support/memory-store.js'

const SHOP = { kind: 'application', name: 'shop' }
const BETA = documentWith({ rules: [ruleNamed('beta')] })

/** Keeps change sets that were decided long ago, as many; gives their ids, the newest first. */
async function decideLongAgo(store: MemoryStore, count: number): Promise<readonly string[]> {
  const at = '2001-01-01T00:00:00.000Z'
  const ids = Array.from({ length: count }, (_, n) => newChangeId(n))
  const records = ids.flatMap((id, n) => {
    const state: ChangeState = n % 10 === 0 ? 'rejected' : 'applied'
    const value = {
      ...{ id, subject: SHOP, title: `Change ${n}`, description: '', state, authors: ['ann'] },
      ...{ createdAt: at, changedAt: at, revision: 1, baseVersion: 0, differences: 1, thread: [] },
      ...{ applyAt: null, decision: null, applied: null, failure: '', attempt: `of ${id}` },
    }
    return [
      { key: `${DECIDED}/${id}`, value, version: undefined },
      { key: contentKey(id), value: { base: null, document: null }, version: undefined },
      { key: attemptKey(`of ${id}`), value: { wanted: '', change: id }, version: undefined },
    ]
  })
  await store.commit({ records })
  return ids.toReversed()
}

test('Change sets are listed page by page, by what they are about and how far they are', async (t) => {
  const { as, propose, decide, clock } = await changeWorld(t)
  const ids: string[] = []
  for (const id of ['a', 'b', 'c']) {
    clock.advance(10)
    ids.unshift(changeIn(await propose(as('ann'), documentWith({ rules: [ruleNamed(id)] }))).id)
  }
  const subject = { kind: 'lists' }
  const lists = await propose(as('ann'), { l: { values: ['x'] } }, { subject, baseVersion: null })
  await decide(as('ann'), lists, 'withdrawal')
  const idsOf = async (query: string): Promise<unknown> => {
    const { body } = await as('viewer')('GET', `/api/changes?${query}`)
    return (body as { items: readonly { id: string }[] }).items.map(({ id }) => id)
  }
  t.same(await idsOf('application=shop'), ids)
  t.same(await idsOf('application=shop&limit=2'), ids.slice(0, 2))
  t.same(await idsOf(`application=shop&before=${ids[1] ?? ''}`), ids.slice(2))
  t.same(await idsOf('lists=true'), [changeIn(lists).id])
  t.same(await idsOf('state=withdrawn'), [changeIn(lists).id])
  t.match(await as('viewer')('GET', '/api/changes?state=odd'), { status: 400 })
})

interface Page {
  readonly items: readonly { readonly id: string }[]
  readonly next: string | null
}

test('Of change sets that are decided those are read that are shown', async (t) => {
  const { as, propose, store } = await changeWorld(t)
  const old = await decideLongAgo(store, 300)
  const { id } = changeIn(await propose(as('ann'), BETA))
  const all = [id, ...old]
  const read: string[] = []
  const listRecords = store.listRecords.bind(store)
  store.listRecords = (folder, names) => {
    if (folder === DECIDED) read.push(...(names ?? ['everything']))
    return listRecords(folder, names)
  }
  const ask = async (query: string): Promise<Page> => {
    read.length = 0
    // The schema of the answer.
    return (await as('viewer')('GET', `/api/changes?limit=20&${query}`)).body as Page
  }
  t.match(await ask('state=open'), { items: [{ id }], next: null })
  t.same(read, [])
  const seen: string[] = []
  for (let before: string | null = ''; before !== null;) {
    const page: Page = await ask(before && `before=${before}`)
    t.ok(read.length <= 21, `${read.length} were read`)
    seen.push(...page.items.map((each) => each.id))
    before = page.next
  }
  t.same(seen, all, 'each once, the newest first')
  const rejected = await ask('state=rejected')
  t.same(
    rejected.items.map((each) => each.id),
    old.filter((_, n) => n % 10 === 9).slice(0, 20),
  )
  t.equal(read.length, 21, 'those that are something else are known by now')
})

test('The oldest decided change sets go, with all that was kept of them', async (t) => {
  const { as, propose, store } = await changeWorld(t)
  const old = await decideLongAgo(store, 1003)
  const [first = '', ...others] = old.slice(-3).toReversed()
  await propose(as('ann'), BETA)
  for (const id of [first, ...others.slice(0, 1)]) {
    t.match(await as('ann')('GET', `/api/changes/${id}`), { status: 404 })
    t.equal(await store.readRecord(contentKey(id)), undefined)
    t.equal(await store.readRecord(attemptKey(`of ${id}`)), undefined)
  }
  await propose(as('ann'), documentWith({ rules: [ruleNamed('x')] }))
  t.equal((await store.listNames(DECIDED)).length, 1000)
})

test('The version of a change set counts on when it is decided', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const proposed = await propose(as('ann'), BETA)
  const rejected = await decide(as('bob'), proposed, 'rejection')
  t.equal(rejected.headers.get('etag'), '"1"')
  t.match(await decide(as('bob'), proposed, 'approval'), { status: 412 })
  const path = `/api/changes/${changeIn(proposed).id}`
  for (const version of [2, 3]) {
    const said = await as('ann')('POST', `${path}/comments`, { body: { text: 'Why?' } })
    t.equal(said.headers.get('etag'), `"${version}"`)
  }
  t.equal((await as('ann')('GET', path)).headers.get('etag'), '"3"')
})
