import { test } from 'tap'
import { asking, managing, PASSWORD, type Ask } from '../../support/managing.js'

const BEN = {
  name: 'ben',
  grants: [{ role: 'editor', on: 'application:shop' }],
  password: PASSWORD,
}

async function etagOf(ask: Ask, name: string): Promise<Readonly<Record<string, string>>> {
  const { headers } = await ask('GET', `/api/users/${name}`)
  return { 'if-match': headers.get('etag') ?? '' }
}

test('An administrator makes users, changes and removes them', async (t) => {
  const { as } = await managing(t)
  const admin = as('administrator')
  const made = await admin('POST', '/api/users', { body: BEN })
  t.match(made, { status: 201, body: { name: 'ben', displayName: 'ben', disabled: false } })
  t.equal(made.headers.get('location'), '/api/users/ben')
  t.equal(made.headers.get('etag'), '"0"')
  t.notMatch(JSON.stringify(made.body), 'scrypt')
  const { status } = await as()('POST', '/api/session', {
    body: { name: 'ben', password: PASSWORD },
  })
  t.equal(status, 200)
  const body = { displayName: 'Ben', grants: [], disabled: false }
  const changed = await admin('PUT', '/api/users/ben', { body, headers: { 'if-match': '"0"' } })
  t.match(changed, { status: 200, body: { displayName: 'Ben', grants: [] } })
  t.equal(changed.headers.get('etag'), '"1"')
  const stale = await admin('PUT', '/api/users/ben', { body, headers: { 'if-match': '"0"' } })
  t.match(stale, { status: 412, body: { current: { displayName: 'Ben' } } })
  t.equal((await admin('PUT', '/api/users/ben', { body })).status, 428)
  t.equal((await admin('DELETE', '/api/users/ben')).status, 428)
  const headers = await etagOf(admin, 'ben')
  t.equal((await admin('DELETE', '/api/users/ben', { headers })).status, 204)
  t.equal((await admin('GET', '/api/users/ben')).status, 404)
})

const BAD_USERS = [
  [{ ...BEN, name: 'Ben' }, '/name'],
  [{ ...BEN, name: 'a/b' }, '/name'],
  [{ ...BEN, name: '' }, '/name'],
  [{ ...BEN, name: 'a'.repeat(101) }, '/name'],
  [{ ...BEN, grants: [{ role: 'king', on: '*' }] }, '/grants/0/role'],
  [{ ...BEN, grants: [{ role: 'viewer', on: 'shop' }] }, '/grants/0/on'],
  [{ ...BEN, password: 'too short' }, '/password'],
  [{ ...BEN, password: 'aaaaaaaaaaaaaaaa' }, '/password'],
  [{ ...BEN, name: 'correct.horse', password: 'Correct.Horse' }, '/password'],
  [{ name: 'ben', grants: [] }, '/password'],
  [{ ...BEN, signIn: 'openid' }, '/password'],
  [{ ...BEN, isAdmin: true }, '/isAdmin'],
] as const

test('What is wrong of a user is told with its field', async (t) => {
  const { as, store } = await managing(t)
  const before = (await store.listRecords('users')).length
  for (const [body, path] of BAD_USERS) {
    const answer = await as('administrator')('POST', '/api/users', { body })
    t.match(answer, { status: 400, body: { errors: [{ path }] } }, JSON.stringify(body))
  }
  t.equal((await store.listRecords('users')).length, before)
})

test('A name is given once', async (t) => {
  const { as } = await managing(t)
  const tries = await Promise.all(
    Array.from({ length: 5 }, () => as('administrator')('POST', '/api/users', { body: BEN })),
  )
  t.same(tries.map(({ status }) => status).sort(), [201, 409, 409, 409, 409])
})

test('The last administrator stays one', async (t) => {
  const { as } = await managing(t)
  const admin = as('administrator')
  const headers = await etagOf(admin, 'administrator')
  const changes = [
    { displayName: 'A', grants: [{ role: 'viewer', on: '*' }], disabled: false },
    { displayName: 'A', grants: [{ role: 'administrator', on: 'lists' }], disabled: false },
    { displayName: 'A', grants: [{ role: 'administrator', on: '*' }], disabled: true },
  ]
  for (const body of changes) {
    const answer = await admin('PUT', '/api/users/administrator', { body, headers })
    t.match(answer, { status: 409, body: { detail: /last administrator/ } })
  }
  t.equal((await admin('DELETE', '/api/users/administrator', { headers })).status, 409)
  t.equal((await admin('GET', '/api/session')).status, 200)
})

test('Of two administrators who remove each other at once one stays', async (t) => {
  const grants = [{ role: 'administrator', on: '*' }] as const
  const { as, services } = await managing(t, { people: { ann: grants, ben: grants } })
  const [ofAnn, ofBen] = [await etagOf(as('ann'), 'ann'), await etagOf(as('ann'), 'ben')]
  const answers = await Promise.all([
    as('ann')('DELETE', '/api/users/ben', { headers: ofBen }),
    as('ben')('DELETE', '/api/users/ann', { headers: ofAnn }),
  ])
  t.same(answers.filter(({ status }) => status === 204).length, 1)
  t.equal((await services.accounts.users.readAll()).length, 1)
})

const SOON = new Date(1_700_000_000_000 + 60_000).toISOString()
const TOKEN = { name: 'ci', grants: [{ role: 'viewer', on: '*' }], expiresAt: null }

test('A token stands for its owner, with the grants that it was given', async (t) => {
  const { url, as, store } = await managing(t)
  const made = await as('administrator')('POST', '/api/tokens', { body: TOKEN })
  t.match(made, { status: 201, body: { token: { name: 'ci', owner: 'administrator' } } })
  const { secret, token } = made.body as { secret: string; token: { id: string } }
  const ask = asking(url, { authorization: `Bearer ${secret}` })
  t.equal((await ask('GET', '/api/status')).status, 200)
  t.equal((await ask('GET', '/api/users')).status, 403, 'it was given no more')
  t.equal((await ask('POST', '/api/tokens', { body: TOKEN })).status, 403, 'nor makes it others')
  t.equal((await ask('GET', '/api/session')).status, 403)
  const stored = JSON.stringify(await store.listRecords('tokens'))
  t.notMatch(stored, secret.slice(-43))
  t.notMatch(JSON.stringify((await as('administrator')('GET', '/api/tokens')).body), 'secret')
  for (const wrong of [
    `${secret}x`,
    secret.slice(0, -1),
    `pointsman_${token.id}_${'A'.repeat(43)}`,
    '',
  ])
    t.equal(
      (await asking(url, { authorization: `Bearer ${wrong}` })('GET', '/api/status')).status,
      401,
    )
  t.equal((await as('viewer')('DELETE', `/api/tokens/${token.id}`)).status, 404, 'not theirs')
  t.equal((await as('administrator')('DELETE', `/api/tokens/${token.id}`)).status, 204)
  t.equal((await ask('GET', '/api/status')).status, 401)
})

test('Nobody gives a token more than they hold, now or later', async (t) => {
  const { url, as, service } = await managing(t)
  const grants = [
    { role: 'viewer', on: '*' },
    { role: 'administrator', on: '*' },
  ]
  t.match(await as('editor')('POST', '/api/tokens', { body: { ...TOKEN, grants } }), {
    status: 400,
    body: { errors: [{ path: '/grants/1' }] },
  })
  const made = await as('editor')('POST', '/api/tokens', { body: TOKEN })
  const { secret } = made.body as { secret: string }
  const ask = asking(url, { authorization: `Bearer ${secret}` })
  t.equal((await ask('GET', '/api/status')).status, 200)
  const admin = as('administrator')
  const change = async (body: object): Promise<void> => {
    await admin('PUT', '/api/users/editor', { body, headers: await etagOf(admin, 'editor') })
  }
  await change({ displayName: 'E', grants: [], disabled: false })
  t.equal((await ask('GET', '/api/status')).status, 403)
  await change({ displayName: 'E', grants: [{ role: 'viewer', on: '*' }], disabled: true })
  t.equal((await ask('GET', '/api/status')).status, 401)
  const headers = await etagOf(admin, 'editor')
  t.equal((await admin('DELETE', '/api/users/editor', { headers })).status, 204)
  service.clock.advance(1)
  await admin('POST', '/api/users', { body: { ...BEN, name: 'editor' } })
  t.equal((await ask('GET', '/api/status')).status, 401, 'of another user of that name')
})

test('A token expires', async (t) => {
  const { url, as, service } = await managing(t)
  const past = { ...TOKEN, expiresAt: '2020-01-01T00:00:00Z' }
  t.match(await as('viewer')('POST', '/api/tokens', { body: past }), {
    status: 400,
    body: { errors: [{ path: '/expiresAt' }] },
  })
  const made = await as('viewer')('POST', '/api/tokens', { body: { ...TOKEN, expiresAt: SOON } })
  const { secret } = made.body as { secret: string }
  const ask = asking(url, { authorization: `Bearer ${secret}` })
  t.equal((await ask('GET', '/api/status')).status, 200)
  service.clock.advance(60_000)
  t.equal((await ask('GET', '/api/status')).status, 401)
})
