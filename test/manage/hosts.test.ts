import { test } from 'tap'
import { changeWorld, matching } from '../support/change-world.js'
import { StoreWatch } from '../support/store-news.js'

const RELOAD = '/api/applications/shop/hosts/reload'

test('Hosts of an application are read again when an editor of it wants that', async (t) => {
  const { as, store, services } = await changeWorld(t, {
    mia: [
      { role: 'editor', on: 'application:mail' },
      { role: 'viewer', on: 'application:shop' },
    ],
  })
  const watch = new StoreWatch(t, store)
  await watch.until('complete')
  const refused = [
    ['viewer', RELOAD, 403],
    ['mia', RELOAD, 403],
    ['editor', '/api/applications/none/hosts/reload', 404],
  ] as const
  for (const [who, path, status] of refused) t.match(await as(who)('POST', path), { status })
  t.match(await as('ann')('POST', RELOAD), { status: 202 })
  await watch.until('shop reload-hosts')
  t.equal(watch.told.filter((words) => words.endsWith('reload-hosts')).length, 1)
  const { items } = await services.audit.page({ limit: 10, action: 'hosts-reloaded' })
  t.match(items, [{ by: 'ann', subject: 'application:shop' }])
  t.equal(items.length, 1)
})

const COMMENTS = '/api/applications/shop/comments'

test('Comments on stacks are replaced by editors who know what is there', async (t) => {
  const { as, services } = await changeWorld(t, {
    mia: [{ role: 'viewer', on: 'application:mail' }],
  })
  const none = await as('viewer')('GET', COMMENTS)
  t.match(none, { status: 200, body: { comments: {} } })
  const text = '<script>alert(1)</script> {{x}}'
  const body = { comments: { '/DC1/Z1/1.9': text, '/DC2/Z1/1.9': 'moves on Friday' } }
  t.match(await as('viewer')('PUT', COMMENTS, { body, headers: matching(none) }), { status: 403 })
  t.match(await as('mia')('GET', COMMENTS), { status: 403 })
  t.match(await as('ann')('GET', '/api/applications/none/comments'), { status: 404 })
  t.match(await as('ann')('PUT', COMMENTS, { body }), { status: 428 })
  const put = await as('ann')('PUT', COMMENTS, { body, headers: matching(none) })
  t.match(put, { status: 200, body })
  const stale = await as('ann')('PUT', COMMENTS, { body, headers: matching(none) })
  t.match(stale, { status: 412, body: { current: body } })
  const told = await as('viewer')('GET', COMMENTS)
  t.same(told.body, body)
  const fewer = { comments: { '/DC1/Z1/1.9': text } }
  await as('ann')('PUT', COMMENTS, { body: fewer, headers: matching(told) })
  t.same((await as('viewer')('GET', COMMENTS)).body, fewer)
  const { items } = await services.audit.page({ limit: 10, action: 'stacks-commented' })
  t.match(items, [
    { by: 'ann', subject: 'application:shop', detail: '/DC2/Z1/1.9' },
    { detail: '/DC1/Z1/1.9, /DC2/Z1/1.9' },
  ])
})

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`/DC1/Z1/1.${at}`, 'x']))

const REFUSED: readonly (readonly [what: string, comments: unknown])[] = [
  ['that are none', 7],
  ['on what is no stack', { 'DC1/Z1/1.9': 'x' }],
  ['on part of a stack', { '/DC1/Z1': 'x' }],
  ['on the prototype', JSON.parse('{"__proto__": "x"}')],
  ['without a text', { '/DC1/Z1/1.9': '' }],
  ['with a long text', { '/DC1/Z1/1.9': 'x'.repeat(501) }],
  ['that are too many', many(501)],
]

test('Comments are bounded', async (t) => {
  const { as } = await changeWorld(t)
  const headers = { 'if-match': '"0"' }
  for (const [what, comments] of REFUSED)
    t.match(
      await as('ann')('PUT', COMMENTS, { body: { comments }, headers }),
      { status: 400 },
      what,
    )
  const longest = Object.fromEntries(Object.keys(many(500)).map((path) => [path, '€'.repeat(500)]))
  const body = { comments: longest }
  t.match(await as('ann')('PUT', COMMENTS, { body, headers }), { status: 200, body })
})
