import { test } from 'tap'
import type { MergeView } from '../../../src/manage/api/changes.js'
import {
  changeIn,
  changeWorld,
  documentWith,
  matching,
  ruleNamed,
} from '../../support/change-world.js'

const SHOP = { kind: 'application', name: 'shop' }
const BETA = documentWith({ rules: [ruleNamed('beta')] })

test('What one proposes another approves, and it is in force', async (t) => {
  const { as, propose, decide, services } = await changeWorld(t)
  const proposed = await propose(as('ann'), BETA, { description: 'for box2' })
  t.equal(proposed.status, 201)
  t.match(proposed.body, {
    state: 'open',
    authors: ['ann'],
    revision: 1,
    differences: 1,
    description: 'for box2',
    diff: [{ kind: 'added', what: 'rule beta', path: '/rules/0', after: ruleNamed('beta') }],
    problems: [],
    isStale: false,
    currentVersion: 0,
  })
  t.equal(proposed.headers.get('location'), `/api/changes/${changeIn(proposed).id}`)
  const approved = await decide(as('bob'), proposed, 'approval', { comment: 'fine' })
  t.equal(approved.status, 200)
  t.match(approved.body, {
    state: 'applied',
    decision: { by: 'bob', comment: 'fine' },
    applied: { version: 1 },
  })
  t.match(services.models.get('shop'), { version: 1, model: { rules: [{ id: 'beta' }] } })
  const history = await as('viewer')('GET', '/api/history?subject=application:shop')
  t.match(history.body, {
    items: [
      {
        version: 1,
        title: 'A change',
        authors: ['ann'],
        approver: 'bob',
        change: changeIn(proposed).id,
        differences: 1,
      },
    ],
    next: null,
  })
  t.match(await decide(as('bob'), approved, 'approval'), { status: 409 })
})

test('Nobody approves what they wrote or amended, administrators neither', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const admin = as('administrator')
  const own = await propose(admin, BETA)
  t.match(await decide(admin, own, 'approval'), { status: 403 })
  const proposed = await propose(as('ann'), BETA)
  t.match(await decide(as('ann'), proposed, 'approval'), { status: 403 })
  t.match(await decide(as('viewer'), proposed, 'approval'), { status: 403 })
  const body = {
    title: 'Mine too',
    baseVersion: 0,
    document: documentWith({ rules: [ruleNamed('x')] }),
  }
  const amended = await admin('PUT', `/api/changes/${changeIn(proposed).id}`, {
    body,
    headers: matching(proposed),
  })
  t.match(amended, { status: 200, body: { authors: ['ann', 'administrator'], revision: 2 } })
  t.match(await decide(admin, amended, 'approval'), { status: 403 })
  t.match(await decide(as('bob'), amended, 'approval'), { status: 200, body: { state: 'applied' } })
})

test('Who approves names what they saw: what was amended or commented meanwhile is told first', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const proposed = await propose(as('ann'), BETA)
  const { id } = changeIn(proposed)
  t.match(await as('bob')('POST', `/api/changes/${id}/approval`, { body: {} }), { status: 428 })
  const amendment = {
    title: 'Other',
    baseVersion: 0,
    document: documentWith({ whitelist: ['/A/B', '/DC1/Z1'] }),
  }
  const amended = await as('ann')('PUT', `/api/changes/${id}`, {
    body: amendment,
    headers: matching(proposed),
  })
  t.match(await decide(as('bob'), proposed, 'approval'), {
    status: 412,
    body: { current: { revision: 2, title: 'Other' } },
  })
  const commented = await as('bob')('POST', `/api/changes/${id}/comments`, {
    body: { text: 'Why?' },
  })
  t.match(commented.body, { thread: [{ by: 'bob', text: 'Why?' }], comments: 1 })
  t.match(await decide(as('bob'), amended, 'approval'), { status: 412 })
  t.match(await decide(as('bob'), commented, 'approval'), { status: 200 })
})

test('A stale edit is told what is there by now, and merged', async (t) => {
  const { as, propose, decide, services } = await changeWorld(t)
  const first = await propose(as('ann'), BETA)
  const second = await propose(as('ann'), documentWith({ rules: [ruleNamed('gamma')] }))
  const third = await propose(as('ann'), documentWith({ rules: [ruleNamed('beta', 'box9')] }))
  await decide(as('bob'), first, 'approval')
  const late = await propose(as('ann'), documentWith({ rules: [ruleNamed('late')] }))
  t.match(late, { status: 409, body: { current: { version: 1, document: BETA } } })
  t.match(await decide(as('bob'), second, 'approval'), {
    status: 409,
    body: { current: { version: 1, document: BETA } },
  })
  const path = `/api/changes/${changeIn(second).id}`
  t.match((await as('ann')('GET', path)).body, { isStale: true, currentVersion: 1 })
  const merge = (await as('ann')('GET', `${path}/merge`)).body as MergeView
  t.match(merge, { currentVersion: 1, current: BETA, conflicts: [] })
  const body = { title: 'Merged', baseVersion: 1, document: merge.document }
  const merged = await as('ann')('PUT', path, { body, headers: matching(second) })
  t.match(merged.body, { isStale: false, differences: 1, base: BETA })
  t.match(await decide(as('bob'), merged, 'approval'), { status: 200 })
  t.same(
    services.models.get('shop')?.model?.rules.map(({ id }) => id),
    ['beta', 'gamma'],
  )
  const conflict = await as('ann')('GET', `/api/changes/${changeIn(third).id}/merge`)
  t.match(conflict.body, { conflicts: [{ what: 'rule beta' }] })
})

test('Change sets are rejected by approvers and withdrawn by authors', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const one = await propose(as('ann'), BETA)
  t.match(await decide(as('ann'), one, 'rejection'), { status: 403 })
  const rejected = await decide(as('bob'), one, 'rejection', { comment: 'no' })
  t.match(rejected.body, { state: 'rejected', decision: { by: 'bob', comment: 'no' } })
  const other = await propose(as('ann'), BETA)
  t.match(await decide(as('editor'), other, 'withdrawal'), { status: 403 })
  t.match((await decide(as('ann'), other, 'withdrawal')).body, {
    state: 'withdrawn',
    decision: null,
  })
  t.match(await decide(as('bob'), rejected, 'approval'), { status: 409 })
})

test('Where nobody else has to agree the author puts a change into force', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const path = '/api/applications/shop/policy'
  const before = await as('viewer')('GET', path)
  t.match(before.body, { approvals: 'required' })
  const body = { approvals: 'none' }
  t.match(await as('bob')('PUT', path, { body, headers: matching(before) }), { status: 403 })
  t.match(await as('administrator')('PUT', path, { body }), { status: 428 })
  const set = await as('administrator')('PUT', path, { body, headers: matching(before) })
  t.match(set, { status: 200, body })
  t.match(await as('administrator')('PUT', path, { body, headers: matching(before) }), {
    status: 412,
  })
  const proposed = await propose(as('ann'), BETA)
  t.match(await decide(as('editor'), proposed, 'approval'), { status: 403 })
  t.match(await decide(as('ann'), proposed, 'approval'), {
    status: 200,
    body: { state: 'applied' },
  })
  const history = await as('ann')('GET', '/api/history?subject=application:shop')
  t.match(history.body, { items: [{ approver: null, authors: ['ann'] }] })
})

test('A version is taken back as a change set', async (t) => {
  const { as, propose, decide, services } = await changeWorld(t)
  await decide(as('bob'), await propose(as('ann'), BETA), 'approval')
  const other = documentWith({ rules: [ruleNamed('gamma')] })
  await decide(as('bob'), await propose(as('ann'), other, { baseVersion: 1 }), 'approval')
  const of = 'subject=application:shop'
  const view = await as('viewer')('GET', `/api/history/2?${of}`)
  t.match(view.body, { document: other, diff: [{ kind: 'removed' }, { kind: 'added' }] })
  t.match(await as('viewer')('GET', `/api/history/9?${of}`), { status: 404 })
  t.match(await as('viewer')('POST', `/api/history/1/rollback?${of}`), { status: 403 })
  t.match(await as('ann')('POST', `/api/history/2/rollback?${of}`), { status: 409 })
  const back = await as('ann')('POST', `/api/history/1/rollback?${of}`)
  t.match(back, {
    status: 201,
    body: { title: 'Back to version 1', document: BETA, state: 'open' },
  })
  await decide(as('bob'), back, 'approval')
  t.same(
    services.models.get('shop')?.model?.rules.map(({ id }) => id),
    ['beta'],
  )
  const pages = await as('viewer')('GET', `/api/history?${of}&limit=2`)
  t.match(pages.body, { items: [{ version: 3 }, { version: 2 }], next: '2' })
  t.match((await as('viewer')('GET', `/api/history?${of}&limit=2&before=2`)).body, {
    items: [{ version: 1 }],
    next: null,
  })
})

test('An application comes and goes by change sets', async (t) => {
  const { as, propose, decide, services } = await changeWorld(t)
  const subject = { kind: 'application', name: 'new' }
  const proposed = await propose(as('ann'), documentWith(), { subject, baseVersion: null })
  t.match(proposed, { status: 201, body: { base: null } })
  t.match((await decide(as('bob'), proposed, 'approval')).body, { applied: { version: 0 } })
  t.equal(services.models.get('new')?.version, 0)
  const removal = await propose(as('ann'), null, { subject })
  t.match((await decide(as('bob'), removal, 'approval')).body, { applied: { version: 1 } })
  t.equal(services.models.get('new'), undefined)
  const again = await propose(as('ann'), documentWith(), { subject, baseVersion: null })
  t.match((await decide(as('bob'), again, 'approval')).body, { applied: { version: 2 } })
  const back = await as('ann')('POST', '/api/history/1/rollback?subject=application:new')
  t.match(back.body, { document: null })
})

test('What is not valid is refused with the fields that are wrong', async (t) => {
  const { as, propose } = await changeWorld(t)
  const cases: readonly (readonly [unknown, string])[] = [
    [{ ...documentWith(), typo: 1 }, '/document/typo'],
    [documentWith({ rules: [ruleNamed('a b')] }), '/document/rules/0/id'],
    [
      documentWith({
        rules: [
          { ...ruleNamed('a'), conditions: [{ kind: 'matches', parameter: 'a', pattern: '(' }] },
        ],
      }),
      '/document/rules/0/conditions/0/pattern',
    ],
    [
      documentWith({
        rules: [
          {
            ...ruleNamed('a'),
            conditions: [{ kind: 'matches', parameter: 'a', pattern: '(a{99}){999}' }],
          },
          ruleNamed('a b'),
        ],
      }),
      '/document/rules/0/conditions/0/pattern',
    ],
    ['text', '/document'],
    [documentWith(), '/document'],
  ]
  for (const [document, path] of cases)
    t.match(await propose(as('ann'), document), { status: 400, body: { errors: [{ path }] } }, path)
  t.match(await propose(as('ann'), BETA, { title: '' }), {
    status: 400,
    body: { errors: [{ path: '/title' }] },
  })
  const subject = { kind: 'application', name: '../x' }
  t.match(await propose(as('ann'), BETA, { subject }), { status: 400 })
})

test('Grants on one application say nothing of others', async (t) => {
  const grants = [
    { role: 'editor', on: 'application:mail' },
    { role: 'viewer', on: 'lists' },
  ] as const
  const { as, propose } = await changeWorld(t, { mia: grants })
  t.match(await propose(as('mia'), BETA), { status: 403 })
  const { id } = changeIn(await propose(as('ann'), BETA))
  t.match(await as('mia')('GET', `/api/changes/${id}`), { status: 404 })
  t.match((await as('mia')('GET', '/api/changes')).body, { items: [], next: null })
  t.match(await as('mia')('GET', '/api/history?subject=application:shop'), { status: 403 })
  t.match(await as('nobody')('GET', '/api/changes'), { status: 403 })
  const subject = { kind: 'application', name: 'mail' }
  t.match(await propose(as('mia'), documentWith(), { subject, baseVersion: null }), { status: 201 })
})

function named(key: string) {
  return { 'idempotency-key': `"${key}"` }
}

test('What is sent again because its answer was lost is proposed once', async (t) => {
  const { as, store, decide } = await changeWorld(t)
  const body = { subject: SHOP, title: 'Once', baseVersion: 0, document: BETA }
  const propose = (key: string, more: object = {}, name = 'ann') =>
    as(name)('POST', '/api/changes', { body: { ...body, ...more }, headers: named(key) })
  store.losesAnswer = true
  t.match(await propose('a'), { status: 503 })
  const [one, ...others] = await Promise.all([1, 2, 3, 4].map(() => propose('a')))
  if (!one) throw new Error('nothing was answered')
  t.equal(one.status, 201)
  for (const other of others) t.same(other.body, one.body)
  t.match((await as('ann')('GET', '/api/changes')).body, { items: [{ title: 'Once' }], next: null })
  t.match(await propose('a', { title: 'Twice' }), {
    status: 422,
    body: { current: { id: changeIn(one).id, title: 'Once' } },
  })
  t.not(
    changeIn(await propose('a', {}, 'editor')).id,
    changeIn(one).id,
    'each has keys of their own',
  )
  t.not(changeIn(await propose('b')).id, changeIn(one).id)
  await decide(as('bob'), one, 'approval')
  t.match(await propose('a'), { status: 201, body: { id: changeIn(one).id, state: 'applied' } })
  for (const key of ['a', '""', '"ä"', `"${'a'.repeat(201)}"`])
    t.match(
      await as('ann')('POST', '/api/changes', { body, headers: { 'idempotency-key': key } }),
      { status: 400, body: { errors: [{ path: 'idempotency-key' }] } },
      key,
    )
})

test('Several who propose the same attempt at once propose it once', async (t) => {
  const { as, store } = await changeWorld(t)
  const body = { subject: SHOP, title: 'Once', baseVersion: 0, document: BETA }
  const sent = { body, headers: named('a') }
  const answers = await Promise.all([1, 2, 3, 4].map(() => as('ann')('POST', '/api/changes', sent)))
  t.same(new Set(answers.map(({ status }) => status)), new Set([201]))
  t.equal(new Set(answers.map((answer) => changeIn(answer).id)).size, 1)
  t.equal((await store.listRecords('changes')).length, 1)
})

test('What is said again because its answer was lost is said once, whatever others say meanwhile', async (t) => {
  const { as, propose, store } = await changeWorld(t)
  const path = `/api/changes/${changeIn(await propose(as('ann'), BETA)).id}/comments`
  const say = (name: string, text: string, key: string) =>
    as(name)('POST', path, { body: { text }, headers: named(key) })
  store.losesAnswer = true
  t.match(await say('bob', 'Why?', 'a'), { status: 503 })
  await Promise.all([say('bob', 'Why?', 'a'), say('ann', 'So', 'a'), say('bob', 'Why?', 'a')])
  const again = await say('bob', 'Why?', 'b')
  const told = changeIn(again).thread.map(({ by, text }) => `${by}: ${text}`)
  t.same(told, ['bob: Why?', 'ann: So', 'bob: Why?'])
  t.same(Object.keys(changeIn(again).thread[0] ?? {}), ['by', 'at', 'text'])
  t.match(await say('bob', 'Oh', 'a'), { status: 422, body: { current: { comments: 3 } } })
})

test('A way back that is proposed again because its answer was lost is proposed once', async (t) => {
  const { as, propose, decide, store } = await changeWorld(t)
  await decide(as('bob'), await propose(as('ann'), BETA), 'approval')
  const gamma = documentWith({ rules: [ruleNamed('gamma')] })
  await decide(as('bob'), await propose(as('ann'), gamma, { baseVersion: 1 }), 'approval')
  const path = '/api/history/1/rollback?subject=application:shop'
  const rollBack = () => as('ann')('POST', path, { headers: named('a') })
  store.losesAnswer = true
  t.match(await rollBack(), { status: 503 })
  const back = await rollBack()
  t.match(back, { status: 201, body: { title: 'Back to version 1' } })
  await decide(as('bob'), back, 'approval')
  t.match(await rollBack(), { status: 201, body: { id: changeIn(back).id, state: 'applied' } })
})
