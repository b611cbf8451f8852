import pino from 'pino'
import { test } from 'tap'
import { asking, managing, PASSWORD, type Answer } from '../../support/managing.js'

const NEW_USER = {
  name: 'mallory',
  grants: [{ role: 'administrator', on: '*' }],
  password: PASSWORD,
}

function cookieOf({ headers }: Answer): string {
  return headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

test('What a page of another site sends with the cookie of an operator is refused', async (t) => {
  const { url, headersOf, services } = await managing(t)
  const { cookie = '' } = headersOf('administrator')
  const { host } = new URL(url)
  const origins = [
    'https://evil.example',
    'null',
    '',
    `https://${host}`,
    `http://${host}.evil.example`,
    `http://evil.example/${host}`,
    `http://user@${host}`,
    'http://127.0.0.1:1',
  ]
  for (const origin of [undefined, ...origins]) {
    const ask = asking(url, { cookie, ...(origin !== undefined && { origin }) })
    t.equal((await ask('POST', '/api/users', { body: NEW_USER })).status, 403, `${origin}`)
    t.equal((await ask('DELETE', '/api/session')).status, 403, `${origin}`)
  }
  t.equal(await services.accounts.users.read('mallory'), undefined)
  const read = await asking(url, { cookie, origin: 'https://evil.example' })('GET', '/api/users')
  t.equal(read.headers.get('access-control-allow-origin'), null, 'its scripts cannot read it')
})

test('Nobody is signed in as another by a page of another site', async (t) => {
  const { url } = await managing(t)
  const body = { name: 'viewer', password: PASSWORD }
  const ask = asking(url, { origin: 'https://evil.example' })
  const answer = await ask('POST', '/api/session', { body })
  t.equal(answer.status, 403)
  t.same(answer.headers.getSetCookie(), [])
})

test('A session that was there before a sign-in is not the one after it', async (t) => {
  const { url, headersOf } = await managing(t)
  const body = { name: 'editor', password: PASSWORD }
  const planted = `pointsman=${'A'.repeat(43)}`
  const first = await asking(url, { cookie: planted, origin: url })('POST', '/api/session', {
    body,
  })
  t.equal(first.status, 200)
  t.not(cookieOf(first), planted)
  t.equal((await asking(url, { cookie: planted })('GET', '/api/session')).status, 401)
  const { cookie: other = '' } = headersOf('viewer')
  const second = await asking(url, { cookie: other, origin: url })('POST', '/api/session', { body })
  t.not(cookieOf(second), other)
  t.equal((await asking(url, { cookie: other })('GET', '/api/session')).status, 401, 'it has ended')
})

const STRANGERS = [
  '',
  'pointsman=',
  'pointsman=../users/administrator',
  'pointsman=__proto__',
  `pointsman=${'B'.repeat(43)}`,
  `pointsman=${'x'.repeat(4000)}`,
  'pointsman=a; pointsman=b',
  'pointsman=%00%ff',
  `__Host-pointsman=${'B'.repeat(43)}`,
]

test('A session that is none is told nothing, whatever it looks like', async (t) => {
  const { url } = await managing(t)
  const bodies = new Set<string>()
  for (const cookie of STRANGERS) {
    const answer = await asking(url, { cookie, origin: url })('GET', '/api/users')
    t.equal(answer.status, 401, cookie)
    bodies.add(JSON.stringify(answer.body))
  }
  t.equal(bodies.size, 1)
})

test('Whoever guesses passwords waits longer and longer, also with many guesses at once', async (t) => {
  const { as, service } = await managing(t)
  const guess = (password: string) =>
    as()('POST', '/api/session', { body: { name: 'viewer', password } })
  const burst = await Promise.all(
    Array.from({ length: 20 }, (_, at) => guess(`guess number ${at}`)),
  )
  const statuses = burst.map(({ status }) => status)
  t.equal(statuses.filter((status) => status === 401).length, 5)
  t.equal(statuses.filter((status) => status === 429).length, 15)
  t.match(burst.find(({ status }) => status === 429)?.headers.get('retry-after'), '1')
  t.equal((await guess(PASSWORD)).status, 429, 'not even with the right one')
  t.equal((await as('viewer')('GET', '/api/session')).status, 200, 'who is in stays in')
  service.clock.advance(1000)
  t.equal((await guess('guess number 21')).status, 401)
  t.equal((await guess('guess number 22')).headers.get('retry-after'), '2')
  service.clock.advance(2000)
  t.equal((await guess(PASSWORD)).status, 200)
})

test('Whoever guesses for many names from one address waits, too', async (t) => {
  const { as } = await managing(t)
  const statuses = []
  for (let at = 0; at < 25; at++) {
    const body = { name: `user-${at}`, password: PASSWORD }
    statuses.push((await as()('POST', '/api/session', { body })).status)
  }
  t.same(statuses.slice(0, 20), Array(20).fill(401))
  t.same(statuses.slice(20), Array(5).fill(429))
})

test('Behind a proxy that is trusted and has TLS, cookies are for TLS alone', async (t) => {
  const { url } = await managing(t, { trustProxy: ['127.0.0.1'] })
  const body = { name: 'viewer', password: PASSWORD }
  const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ops.example' }
  const origin = 'https://ops.example'
  const answer = await asking(url, { ...secure, origin })('POST', '/api/session', { body })
  t.match(answer.headers.getSetCookie(), [
    /^__Host-pointsman=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  ])
  const cookie = cookieOf(answer)
  const ask = asking(url, { ...secure, cookie, origin })
  t.equal((await ask('DELETE', '/api/session')).status, 204)
  const plain = await managing(t)
  const untrusted = asking(plain.url, { ...secure, origin: plain.url })
  const other = await untrusted('POST', '/api/session', { body })
  t.match(other.headers.getSetCookie(), [/^pointsman=/], 'others cannot claim it')
})

const BAD_BODIES = [
  ['{"name":"viewer","password":"x","__proto__":{"isAdmin":true}}', 'application/json', 400],
  ['{"name":"viewer","constructor":{"prototype":{"isAdmin":true}}}', 'application/json', 400],
  ['{"name":', 'application/json', 400],
  ['', 'application/json', 400],
  ['null', 'application/json', 400],
  ['[]', 'application/json', 400],
  ['{"name":["viewer"],"password":{"x":1}}', 'application/json', 400],
  ['name=viewer&password=x', 'application/x-www-form-urlencoded', 415],
  ['{"name":"viewer","password":"x"}', 'text/plain', 415],
  ['<x/>', 'application/xml', 415],
  [`{"name":"${'x'.repeat(100_000)}"}`, 'application/json', 413],
  [`{"name":"viewer","password":"${'x'.repeat(300)}"}`, 'application/json', 400],
  ['['.repeat(30_000), 'application/json', 400],
] as const

test('A body that is no good, too large or something else does no harm', async (t) => {
  const { url } = await managing(t)
  for (const [body, type, status] of BAD_BODIES) {
    const headers = { 'content-type': type }
    const response = await fetch(`${url}/api/session`, { method: 'POST', headers, body })
    t.equal(response.status, status, body.slice(0, 60))
    t.match(response.headers.get('content-type'), /^application\/problem\+json/)
  }
  t.notOk('isAdmin' in {})
})

test('Secrets stand neither in the log nor in the store', async (t) => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const { as, store, url } = await managing(t, { log })
  const body = { name: 'viewer', password: PASSWORD }
  const session = cookieOf(await as()('POST', '/api/session', { body }))
  await as()('POST', '/api/session', { body: { ...body, password: 'a wrong password' } })
  const token = { name: 'ci', grants: [{ role: 'viewer', on: '*' }], expiresAt: null }
  const made = await as('viewer')('POST', '/api/tokens', { body: token })
  const { secret } = made.body as { secret: string }
  await asking(url, { authorization: `Bearer ${secret}` })('GET', '/api/status')
  const kept = []
  for (const folder of ['users', 'sessions', 'tokens', 'audit/2023-11-14'])
    kept.push(...(await store.listRecords(folder)))
  const texts = [lines.join(), JSON.stringify(kept)]
  t.match(lines.join(), 'sign-in-failed')
  for (const word of [PASSWORD, 'a wrong password', session.split('=')[1] ?? '', secret.slice(-43)])
    for (const text of texts) t.notOk(text.includes(word), `${word.slice(0, 10)}…`)
})
