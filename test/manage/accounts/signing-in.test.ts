import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test, type Test } from 'tap'
import { PointsmanError } from '../../../src/core/errors.js'
import { asking, managing, PASSWORD, type Answer } from '../../support/managing.js'

const HOUR_MS = 60 * 60_000

/** What a browser sends from now on. */
function cookieOf({ headers }: Answer): string {
  const [cookie = ''] = headers.getSetCookie()
  return cookie.split(';')[0] ?? ''
}

const ANN = { name: 'viewer', password: PASSWORD }

test('Whoever knows a name and its password signs in, and out', async (t) => {
  const { url, as } = await managing(t)
  const answer = await as()('POST', '/api/session', { body: ANN })
  t.match(answer, { status: 200, body: { user: { name: 'viewer', signIn: 'password' } } })
  const [cookie = ''] = answer.headers.getSetCookie()
  t.match(cookie, /^pointsman=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  const ask = asking(url, { cookie: cookieOf(answer), origin: url })
  t.match(await ask('GET', '/api/session'), { status: 200, body: { user: { name: 'viewer' } } })
  const out = await ask('DELETE', '/api/session')
  t.equal(out.status, 204)
  t.match(cookieOf(out), /^pointsman=$/)
  t.equal((await ask('GET', '/api/session')).status, 401)
  t.equal((await as('viewer')('GET', '/api/session')).status, 200, 'other sessions go on')
})

test('A name is the same in other cases', async (t) => {
  const { as } = await managing(t)
  const body = { name: ' Viewer ', password: PASSWORD }
  t.equal((await as()('POST', '/api/session', { body })).status, 200)
})

test('Who cannot be let in does not learn why', async (t) => {
  const { as, services } = await managing(t)
  const { users } = services.accounts
  const disabled = await users.find('editor')
  if (!disabled) throw new Error('there is an editor')
  const event = { by: '', action: '', subject: '', from: '', detail: '' }
  await users.change(disabled, { disabled: true }, event)
  const tries = [
    { name: 'viewer', password: 'incorrect horse battery' },
    { name: 'stranger', password: PASSWORD },
    { name: 'editor', password: PASSWORD },
    { name: '../../etc/passwd', password: PASSWORD },
    { name: '__proto__', password: PASSWORD },
    { name: '', password: '' },
  ]
  const bodies = []
  for (const body of tries) {
    const answer = await as()('POST', '/api/session', { body })
    t.equal(answer.status, 401, body.name)
    t.same(answer.headers.getSetCookie(), [])
    bodies.push(JSON.stringify(answer.body))
  }
  t.equal(new Set(bodies).size, 1)
})

/** Tells of each use of scrypt what it costs. */
function watchScrypt(t: Test): readonly unknown[] {
  const costs: unknown[] = []
  const { scrypt } = crypto
  const replace = (by: typeof scrypt): void => {
    crypto.scrypt = by
    syncBuiltinESMExports()
  }
  replace(((...use: Parameters<typeof scrypt>) => {
    costs.push(use.slice(2, -1))
    scrypt(...use)
  }) as typeof scrypt)
  t.teardown(() => replace(scrypt))
  return costs
}

test('Who cannot be let in costs as much as who can', async (t) => {
  const { as, services, store } = await managing(t)
  const { users } = services.accounts
  const event = { by: '', action: '', subject: '', from: '', detail: '' }
  const disabled = await users.read('editor')
  const foreign = await users.read('approver')
  if (!disabled || !foreign) throw new Error('both are there')
  await users.change(disabled, { disabled: true }, event)
  await users.change(foreign, { signIn: 'openid', password: null }, event)
  const uses = watchScrypt(t)
  const costs = async (name: string, password: string): Promise<readonly unknown[]> => {
    const [before, readBefore] = [uses.length, store.reads('users/')]
    const { status } = await as()('POST', '/api/session', { body: { name, password } })
    return [status, store.reads('users/') - readBefore, ...uses.slice(before)]
  }
  const wrong = await costs('viewer', 'incorrect horse battery')
  t.match(wrong, [401, 1, [32, { N: 16, r: 1, p: 1 }]])
  t.equal(wrong.length, 3, 'one hash')
  for (const name of ['stranger', 'editor', 'approver', '../../etc/passwd', '__proto__', ''])
    t.same(await costs(name, PASSWORD), wrong, name)
})

test('While the store is lost nobody learns whether there is a user', async (t) => {
  const { as, store } = await managing(t)
  store.failure = new PointsmanError('STORE_LOST', 'gone')
  const answers = await Promise.all(
    ['viewer', 'stranger'].map((name) =>
      as()('POST', '/api/session', { body: { name, password: 'incorrect horse battery' } }),
    ),
  )
  t.same(
    answers.map(({ status }) => status),
    [503, 503],
  )
  t.same(answers[0]?.body, answers[1]?.body)
})

test('A session ends an hour after it was used last, and twelve hours after it began', async (t) => {
  const { as, service } = await managing(t)
  const { clock } = service
  for (let hours = 0; hours < 11.5; hours += 0.9) {
    t.equal((await as('viewer')('GET', '/api/session')).status, 200, `after ${hours} h`)
    clock.advance(0.9 * HOUR_MS)
  }
  clock.advance(0.4 * HOUR_MS)
  t.equal((await as('viewer')('GET', '/api/session')).status, 401, 'it began too long ago')
  t.equal((await as('editor')('GET', '/api/session')).status, 401, 'it was not used')
})

test('Sessions end with other grants, another password, and when their user is disabled or removed', async (t) => {
  const { as } = await managing(t)
  const admin = as('administrator')
  const change = async (name: string, body: object): Promise<void> => {
    const { headers } = await admin('GET', `/api/users/${name}`)
    const etag = { 'if-match': headers.get('etag') ?? '' }
    const answer = await admin('PUT', `/api/users/${name}`, { body, headers: etag })
    t.equal(answer.status, 200, JSON.stringify(answer.body))
  }
  const plain = { displayName: 'E', grants: [{ role: 'editor', on: '*' }], disabled: false }
  await change('editor', plain)
  t.equal((await as('editor')('GET', '/api/session')).status, 200, 'a name ends nothing')
  await change('editor', { ...plain, grants: [{ role: 'editor', on: 'lists' }] })
  t.equal((await as('editor')('GET', '/api/session')).status, 401)
  await change('viewer', { displayName: 'V', grants: [], disabled: true })
  t.equal((await as('viewer')('GET', '/api/session')).status, 401)
  const body = { password: 'another horse battery' }
  t.equal((await admin('PUT', '/api/users/approver/password', { body })).status, 204)
  t.equal((await as('approver')('GET', '/api/session')).status, 401)
  const { headers } = await admin('GET', '/api/users/nobody')
  const etag = { 'if-match': headers.get('etag') ?? '' }
  t.equal((await admin('DELETE', '/api/users/nobody', { headers: etag })).status, 204)
  t.equal((await as('nobody')('GET', '/api/session')).status, 401)
})

test('Whoever changes their password has to know it, and stays signed in where they are', async (t) => {
  const { url, as } = await managing(t)
  const put = (current: string, next: string) =>
    as('viewer')('PUT', '/api/session/password', { body: { current, next } })
  t.match(await put('a wrong password', 'staple staple horse'), { status: 403 })
  t.match(await put(PASSWORD, 'short'), { status: 400, body: { errors: [{ path: '/next' }] } })
  const changed = await put(PASSWORD, 'staple staple horse')
  t.equal(changed.status, 200)
  t.equal((await as('viewer')('GET', '/api/session')).status, 401, 'the session before')
  const ask = asking(url, { cookie: cookieOf(changed), origin: url })
  t.equal((await ask('GET', '/api/session')).status, 200)
  const body = { name: 'viewer', password: 'staple staple horse' }
  t.equal((await as()('POST', '/api/session', { body })).status, 200)
  t.equal((await as()('POST', '/api/session', { body: ANN })).status, 401)
})

test('The ways to sign in are told to everybody, and to who has signed in who that is', async (t) => {
  const { as } = await managing(t)
  t.match(await as('viewer')('GET', '/api/sign-in'), {
    status: 200,
    body: { session: { user: { name: 'viewer' } } },
  })
  t.match(await as()('GET', '/api/sign-in'), {
    status: 200,
    body: { password: true, openid: null, session: null },
  })
})
