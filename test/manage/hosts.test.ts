import { test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
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

const STACKS = '/api/applications/shop/stacks'

test('Stacks without hosts are removed by editors, with what was remarked on them', async (t) => {
  const { as, store, services, service } = await changeWorld(t, {
    mia: [
      { role: 'editor', on: 'application:mail' },
      { role: 'viewer', on: 'application:shop' },
    ],
  })
  const host = { ipv4: '10.0.0.1', weight: 5 }
  await store.writeHosts('shop', [
    { path: '/DC1/Z1/1.9', hosts: [host] },
    { path: '/DC1/Z2/1.9', hosts: [] },
  ])
  service.registered.set('shop', [{ path: '/DC1/Z3/1.9', hosts: [] }])
  service.registered.set('mail', [{ path: '/DC1/Z4/1.9', hosts: [host] }])
  const comments = { '/DC1/Z1/1.9': 'stays', '/DC1/Z2/1.9': 'goes', '/DC9/Z9/0.9': 'gone' }
  const body = { comments }
  await as('ann')('PUT', COMMENTS, { body, headers: { 'if-match': '"0"' } })
  const refused = [
    ['viewer', `${STACKS}/DC1/Z2/1.9`, 403],
    ['mia', `${STACKS}/DC1/Z2/1.9`, 403],
    ['ann', '/api/applications/none/stacks/DC1/Z2/1.9', 404],
    ['ann', `${STACKS}/DC1/Z1/2.0`, 404],
    ['ann', `${STACKS}/DC1/Z1/1.9`, 409],
    ['ann', `${STACKS}/DC1/Z1/%2Fservices`, 400],
    ['ann', `${STACKS}/DC1/Z1/1.9%00`, 400],
  ] as const
  for (const [who, path, status] of refused)
    t.match(await as(who)('DELETE', path), { status }, `${who} ${path}`)
  for (const path of ['/DC1/Z2/1.9', '/DC1/Z3/1.9', '/DC9/Z9/0.9']) {
    t.match(await as('ann')('DELETE', STACKS + path), { status: 204 }, path)
    t.match(await as('ann')('DELETE', STACKS + path), { status: 404 }, path)
  }
  const left = { comments: { '/DC1/Z1/1.9': 'stays' } }
  t.same((await as('viewer')('GET', COMMENTS)).body, left)
  t.equal(service.registered.has('shop'), false)
  const { items } = await services.audit.page({ limit: 10, action: 'stack-removed' })
  t.match(items, [{ by: 'ann', detail: '/DC9/Z9/0.9' }, { detail: '/DC1/Z3/1.9' }, {}])
  t.equal(items.length, 3)
})

test('A stack with hosts stays, whoever knows of them', async (t) => {
  const { as, store, service, services } = await changeWorld(t)
  const host = { ipv4: '10.0.0.1', weight: 5 }
  const stacks = [{ path: '/DC1/Z1/1.9', hosts: [host] }]
  const detailOf = async (): Promise<unknown> =>
    (await as('ann')('DELETE', `${STACKS}/DC1/Z1/1.9`)).body
  await store.writeHosts('shop', stacks)
  t.match(await detailOf(), {
    status: 409,
    detail: 'There are hosts stored for /DC1/Z1/1.9, and it stays',
  })
  service.registered.set('shop', stacks)
  t.match(await detailOf(), { detail: 'There are hosts registered on /DC1/Z1/1.9, and it stays' })
  const known = { ...host, state: 'unhealthy', serves: false, reason: '' } as const
  services.models.hosts = () => ({
    origin: 'frozen',
    stacks: [{ path: '/DC1/Z1/1.9', hosts: [known] }],
  })
  t.match(await detailOf(), {
    detail: 'There is 1 host on /DC1/Z1/1.9, and it stays; have them reloaded, if they have gone',
  })
  services.models.hosts = () => undefined
  service.registered.set('shop', [{ path: '/DC1/Z1/1.9', hosts: [] }])
  t.match(
    await as('ann')('DELETE', `${STACKS}/DC1/Z1/1.9`),
    { status: 204 },
    'stored ones do not serve there',
  )
  store.removeStack = () =>
    Promise.reject(new PointsmanError('STORE_BROKEN', 'hosts/shop.json is no JSON'))
  t.match(await detailOf(), { status: 409, detail: 'hosts/shop.json is no JSON' })
  store.removeStack = () => Promise.resolve('unknown')
  service.removeStack = () => Promise.reject(new PointsmanError('SOURCE_LOST', 'no connection'))
  t.match(await detailOf(), { status: 503 })
})
