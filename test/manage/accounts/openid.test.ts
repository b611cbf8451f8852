import { createServer, type Server } from 'node:http'
import { test, type Test } from 'tap'
import type { Grant } from '../../../src/manage/api/accounts.js'
import { asking, managing } from '../../support/managing.js'
import { Browser, CLIENT, startProvider, type Page } from '../../support/openid-provider.js'

const PEOPLE = {
  'a-1': { preferred_username: 'Ann', name: 'Ann Example' },
  'b-2': { preferred_username: 'ann', name: 'Another Ann' },
  'c-3': { preferred_username: 'viewer', name: 'Not the one with a password' },
  'd-4': { preferred_username: 'no name at all', name: 'Nobody' },
}

const VIEWER: readonly Grant[] = [{ role: 'viewer', on: '*' }]

function portOf(server: Server): number {
  const bound = server.address()
  return typeof bound === 'object' && bound ? bound.port : 0
}

/** A service that a provider is set up for. */
async function withProvider(t: Test, grants: readonly Grant[] = VIEWER) {
  let redirectUrl = ''
  const issuer = await startProvider(t, PEOPLE, () => redirectUrl)
  const manage = await managing(t, {
    openid: (url) => {
      redirectUrl = `${url}/api/openid/callback`
      return { issuer, ...CLIENT, redirectUrl, claim: 'preferred_username', grants }
    },
  })
  return { ...manage, issuer }
}

/** Signs in at the provider, and agrees that it tells who one is. */
async function signInAt(browser: Browser, url: string, login: string): Promise<Page> {
  const form = await browser.open(`${url}/api/openid/start`)
  const consent = await browser.submit(form, { prompt: 'login', login, password: 'any' })
  return browser.submit(consent, { prompt: 'consent' })
}

async function sessionIn(browser: Browser, url: string) {
  return asking(url, { cookie: browser.cookieFor(url) })('GET', '/api/session')
}

test('Whoever signs in at the provider is signed in here, with the grants of a beginner', async (t) => {
  const { url, issuer, as } = await withProvider(t)
  t.match(await as()('GET', '/api/sign-in'), { body: { openid: new URL(issuer).host } })
  const browser = new Browser()
  const page = await signInAt(browser, url, 'a-1')
  t.equal(page.url, `${url}/`)
  t.match(await sessionIn(browser, url), {
    status: 200,
    body: {
      user: { name: 'ann', displayName: 'Ann Example', signIn: 'openid', grants: VIEWER },
    },
  })
  t.notMatch(browser.cookieFor(url), 'openid', 'the ticket is gone')
  t.match(await as('administrator')('GET', '/api/audit'), {
    body: {
      items: [
        { action: 'sign-in', by: 'ann' },
        { action: 'user-created', by: 'ann' },
      ],
    },
  })
  const again = new Browser()
  t.equal((await signInAt(again, url, 'a-1')).url, `${url}/`, 'a second time')
})

const REFUSED = [
  ['b-2', /ann is somebody else at the provider/],
  ['c-3', /viewer signs in by password/],
  ['d-4', /no name that a user can have/],
] as const

test('Nobody becomes another user by a name that the provider gives', async (t) => {
  const { url, as } = await withProvider(t)
  await signInAt(new Browser(), url, 'a-1')
  for (const [login, reason] of REFUSED) {
    const browser = new Browser()
    t.equal((await signInAt(browser, url, login)).url, `${url}/?sign-in=refused`, login)
    t.equal((await sessionIn(browser, url)).status, 401)
    t.match(await as('administrator')('GET', '/api/audit?limit=1'), {
      body: { items: [{ action: 'sign-in-failed', detail: reason }] },
    })
  }
})

test('An administrator says who may come, what they may do, and who no more', async (t) => {
  const { url, as } = await withProvider(t, [])
  const body = { name: 'ann', grants: [{ role: 'editor', on: 'lists' }], signIn: 'openid' }
  const made = await as('administrator')('POST', '/api/users', { body })
  t.equal(made.status, 201)
  const browser = new Browser()
  await signInAt(browser, url, 'a-1')
  t.match(await sessionIn(browser, url), { status: 200, body: { user: { grants: body.grants } } })
  const { headers } = await as('administrator')('GET', '/api/users/ann')
  const off = { displayName: 'Ann', grants: body.grants, disabled: true }
  const etag = { 'if-match': headers.get('etag') ?? '' }
  await as('administrator')('PUT', '/api/users/ann', { body: off, headers: etag })
  t.equal((await sessionIn(browser, url)).status, 401)
  t.equal((await signInAt(new Browser(), url, 'a-1')).url, `${url}/?sign-in=refused`)
})

const FOREIGN = ['', '?code=x&state=y', '?error=access_denied&state=y', '?code[]=1&state=__proto__']

test('What did not begin in a browser does not end in it', async (t) => {
  const { url } = await withProvider(t)
  const failed = `${url}/?sign-in=failed`
  const browser = new Browser()
  for (const query of FOREIGN)
    t.equal((await browser.open(`${url}/api/openid/callback${query}`)).url, failed, query)
  await browser.open(`${url}/api/openid/start`)
  const foreign = `${url}/api/openid/callback?code=of-another&state=of-another`
  t.equal((await browser.open(foreign)).url, failed)
  t.equal((await sessionIn(browser, url)).status, 401)
})

test('A provider that does not answer is asked again the next time', async (t) => {
  let isUp = false
  const server = createServer((_, response) => {
    const issuer = `http://127.0.0.1:${portOf(server)}`
    const found = { issuer, authorization_endpoint: `${issuer}/auth` }
    response.writeHead(isUp ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const issuer = `http://127.0.0.1:${portOf(server)}`
  const { url, as } = await managing(t, {
    openid: (at) => {
      const redirectUrl = `${at}/api/openid/callback`
      return { issuer, ...CLIENT, redirectUrl, claim: 'preferred_username', grants: [] }
    },
  })
  const start = async () => (await as()('GET', '/api/openid/start')).headers.get('location') ?? ''
  t.equal(await start(), '/?sign-in=failed')
  isUp = true
  const { origin, searchParams } = new URL(await start())
  t.equal(origin, issuer)
  t.equal(searchParams.get('redirect_uri'), `${url}/api/openid/callback`)
  t.equal(searchParams.get('code_challenge_method'), 'S256')
  for (const name of ['state', 'nonce', 'code_challenge'])
    t.match(searchParams.get(name), /^[\w-]{43}$/, name)
})
