import { Agent } from 'node:http'
import { test } from 'tap'
import { equals, hostsOf, modelOf, ruleTo, Shop } from '../../support/applications.js'
import { dial } from '../../support/raw.js'
import { gatewaySettings, Serving } from './serving.js'

const HOSTS = hostsOf([
  { path: '/DC1/Z1/1.9', hosts: [{ ipv4: '10.0.0.1' }] },
  { path: '/DC1/Z1/2.0', hosts: [{ ipv4: '10.0.0.2', ipv6: 'fd00::2' }] },
])

const GROUP = {
  id: 'group',
  conditions: [equals('a', 'group')],
  then: {
    group: { enablePrivate: false, servers: [{ path: '2.0' }, { path: '9.9' }, { path: '1.9' }] },
  },
}

const MODEL = modelOf({
  rules: [
    ruleTo('beta', { path: '2.0', query: { q: 'x y' } }),
    ruleTo('absolute', { url: 'https://example.com/a' }),
    ruleTo('gone', { path: '9.9' }),
    GROUP,
    ruleTo('local', { path: '2.0' }, equals('clientAddress', '127.0.0.1')),
    ruleTo('far', { path: '2.0' }, equals('clientAddress', '192.0.2.9')),
  ],
  urlRules: [
    {
      id: 'six',
      conditions: [equals('ip', '6')],
      then: { parameters: { ipVersion: 6 } },
    },
  ],
})

const SHOP = '/serviceDirect/shop'
const ANY = 'clientAddress=x'

const REDIRECTS: readonly [query: string, location: string][] = [
  [ANY, 'https://10.0.0.1:8443/play'],
  [`a=beta&${ANY}`, 'https://10.0.0.2:8443/play?q=x+y&ruleName=beta'],
  [`a=beta&ip=6&connectUrl=http://h/?c=d`, 'https://[fd00::2]:8443/play?q=x+y&ruleName=beta&c=d'],
  [`a=absolute`, 'https://example.com/a?ruleName=absolute'],
  [`a=gone&${ANY}`, 'https://10.0.0.1:8443/play'],
  [`a=group`, 'https://10.0.0.2:8443/play?ruleName=group'],
  ['', 'https://10.0.0.2:8443/play?ruleName=local'],
]

test('A client is redirected to the whole URL of a host that serves', async (t) => {
  const serving = await Serving.start(t, new Shop(MODEL, HOSTS))
  for (const [query, location] of REDIRECTS) {
    const { status, headers, body } = await serving.get(`${SHOP}?${query}`)
    t.match(
      { status, location: headers.location, body },
      { status: 302, location, body: '' },
      query,
    )
  }
  const head = await serving.get(SHOP, { method: 'HEAD' })
  t.match(head, { status: 302, headers: { location: REDIRECTS.at(-1)?.[1] } })
  t.equal((await serving.get(`${SHOP}/?a=beta`)).status, 302, 'a slash at the end')
})

test('Parameters come from the header, with regard to case, and from a flat JSON body, which wins', async (t) => {
  const serving = await Serving.start(t, new Shop(MODEL, HOSTS))
  const location = async (path: string, sent: Parameters<Serving['get']>[1]) =>
    (await serving.get(path, sent)).headers.location
  const beta = 'https://10.0.0.2:8443/play?q=x+y&ruleName=beta'
  const stable = 'https://10.0.0.1:8443/play'
  t.equal(await location(`${SHOP}?${ANY}`, { headers: ['a', 'beta'] }), beta)
  t.equal(await location(`${SHOP}?${ANY}`, { headers: ['A', 'beta'] }), stable)
  t.equal(await location(`${SHOP}?${ANY}&a=x`, { headers: ['a', 'beta'] }), stable)
  const post = (body: unknown, headers: readonly string[] = []) =>
    location(`${SHOP}?a=ignored`, { method: 'POST', headers, body: JSON.stringify(body) })
  t.equal(await post({ a: 'beta' }, ['a', 'x', 'Content-Type', 'application/json']), beta)
  t.equal(await post({ a: null, clientAddress: true, n: 1, __proto__: 'x' }), stable)
  t.equal(await location(SHOP, { method: 'POST', headers: ['clientAddress', 'x'] }), stable)
})

test('A body names every place that a client may go to, when it is asked for', async (t) => {
  const shop = new Shop(MODEL, HOSTS)
  const accepting = await Serving.start(t, shop)
  const asking = await Serving.start(t, shop, { response: 'body' })
  const headers = ['Accept', 'text/html, application/json;q=0.9']
  for (const get of [
    (query: string) => accepting.get(`${SHOP}?${query}`, { headers }),
    (query: string) => asking.get(`${SHOP}?${query}`),
  ]) {
    const beta = await get('a=beta')
    t.match(beta, { status: 200, headers: { 'content-type': /^application\/json/ } })
    t.same(JSON.parse(beta.body), {
      location: [
        {
          destination: '10.0.0.2',
          description: '/DC1/Z1',
          protocol: 'https',
          port: '8443',
          context: { q: 'x y', ruleName: 'beta' },
        },
      ],
    })
    const group = JSON.parse((await get('a=group')).body) as { location: { destination: string }[] }
    t.same(
      group.location.map(({ destination }) => destination),
      ['https://10.0.0.2:8443/play?ruleName=group', 'https://10.0.0.1:8443/play?ruleName=group'],
    )
  }
})

test('Unknown applications are not found, and where nobody serves clients may ask again, whatever they get', async (t) => {
  for (const response of ['redirect', 'body'] as const) {
    const shop = new Shop(MODEL)
    const serving = await Serving.start(t, shop, { response })
    t.match(await serving.get('/serviceDirect/other'), { status: 404 }, response)
    const nobody = { status: 503, headers: { 'retry-after': '5' } }
    t.match(await serving.get(SHOP), nobody, response)
    t.match(await serving.get(`${SHOP}?a=absolute`), { status: response === 'body' ? 200 : 302 })
    shop.applications.take({ kind: 'model', name: 'shop', served: undefined })
    t.match(await serving.get(SHOP), nobody, response)
    t.same(serving.counted, [
      ' none 404 1',
      'shop fallback 503 1',
      `shop rule ${response === 'body' ? 200 : 302} 1`,
      'shop none 503 1',
    ])
  }
})

const LEGACY: readonly [query: string, status: number, location?: string][] = [
  ['', 302, 'https://10.0.0.1:8443'],
  ['a=beta', 302, 'https://10.0.0.2:8443'],
  ['a=beta&ip=6', 302, 'https://fd00::2:8443'],
  ['ip=6', 404],
  ['a=absolute', 302, 'https://example.com:'],
  ['a=group', 302, '://https://10.0.0.2:8443/play?ruleName=group:'],
]

test('As Redirector: its redirects, its 404, and its way nowhere', async (t) => {
  const shop = new Shop(MODEL, HOSTS)
  const serving = await Serving.start(t, shop, { response: 'legacy-redirect' })
  const headers = ['Accept', 'application/json']
  for (const [query, status, location] of LEGACY) {
    const got = await serving.get(`${SHOP}?${query}`, { headers })
    t.match({ status: got.status, location: got.headers.location }, { status, location }, query)
  }
  t.match(await serving.get('/serviceDirect/other'), { status: 404 })
  shop.takeHosts([])
  t.match(await serving.get(SHOP), { status: 302, headers: { location: '://:' } })
  shop.applications.take({ kind: 'model', name: 'shop', served: undefined })
  t.match(await serving.get(SHOP), { status: 404 })
})

const REFUSED: readonly [what: string, path: string, body?: string | Buffer][] = [
  ['broken percent-encoding', `${SHOP}?a=%zz`],
  ['no UTF-8', `${SHOP}?a=%ff`],
  ['an application in broken percent-encoding', '/serviceDirect/%zz'],
  ['a body that is no JSON', SHOP, 'a=b'],
  ['a body that is no UTF-8', SHOP, Buffer.from([0x22, 0xff, 0x22])],
  ['a body that is no object', SHOP, '["a"]'],
  ['a body that is not flat', SHOP, '{"a":{"b":"c"}}'],
]

test('What is malformed is refused, and no client can write into the header of its answer', async (t) => {
  const serving = await Serving.start(t, new Shop(MODEL, HOSTS))
  for (const [what, path, body] of REFUSED) {
    const got = await serving.get(path, body === undefined ? {} : { method: 'POST', body })
    t.match(got, { status: 400, headers: { 'content-type': /^application\/problem\+json/ } }, what)
  }
  const injected = encodeURIComponent('x?a=b\r\nSet-Cookie: c=d')
  const { headers } = await serving.get(`${SHOP}?a=beta&connectUrl=${injected}`)
  t.notOk(headers['set-cookie'])
  t.match(headers.location, /&a=b%0D%0ASet-Cookie:%20c=d$/)
  const large = JSON.stringify({ a: 'x'.repeat(70_000) })
  t.equal((await serving.get(SHOP, { method: 'POST', body: large })).status, 413)
  const many = Array.from({ length: 1500 }, (_, n) => [`h${n}`, '']).flat()
  t.equal((await serving.get(SHOP, { headers: [...many, 'a', 'beta'] })).status, 302, 'many fields')
  t.equal((await serving.get(SHOP, { headers: ['x', 'y'.repeat(20_000)] })).status, 431)
  t.equal((await serving.get(SHOP, { method: 'DELETE' })).status, 404)
})

test('Trusted peers say where a client comes from and whether by TLS; nobody else does', async (t) => {
  const secure = modelOf({
    rules: [ruleTo('far', { path: '2.0' }, equals('clientAddress', '192.0.2.9'))],
    defaultServer: { path: '1.9', secureUrl: 'wss://{host}' },
  })
  const headers = ['X-Forwarded-For', '192.0.2.9', 'X-Forwarded-Proto', 'https']
  const shop = new Shop(secure, HOSTS)
  const believing = await Serving.start(t, shop, { trustProxy: ['127.0.0.0/8'] })
  const far = await believing.get(SHOP, { headers })
  t.equal(far.headers.location, 'https://10.0.0.2:8443/play?ruleName=far')
  const near = await believing.get(`${SHOP}?clientAddress=x`, { headers })
  t.equal(near.headers.location, 'wss://10.0.0.1')
  const wary = await Serving.start(t, shop)
  t.equal((await wary.get(SHOP, { headers })).headers.location, 'https://10.0.0.1:8443/play')
})

test('It says how it is and which version it has', async (t) => {
  const serving = await Serving.start(t, new Shop())
  t.match(await serving.get('/healthCheck'), { status: 200, body: 'OK' })
  t.same(JSON.parse((await serving.get('/version')).body), { version: '1.2.3' })
})

test('Each answer is logged as asked for, and counted', async (t) => {
  const serving = await Serving.start(t, new Shop(MODEL, HOSTS))
  await serving.get(`${SHOP}?a=beta`)
  await serving.get(`${SHOP}?${ANY}`)
  await serving.get(`${SHOP}?a=%`)
  t.match(serving.logs, [
    {
      client: '127.0.0.1',
      method: 'GET',
      application: 'shop',
      by: 'rule',
      name: 'beta',
      status: 302,
    },
    { by: 'default', name: 'default', location: 'https://10.0.0.1:8443/play' },
  ])
  t.same(serving.counted, ['shop rule 302 1', 'shop default 302 1', 'shop none 400 1'])
})

test('Other settings are taken over at once, at the same address', async (t) => {
  const serving = await Serving.start(t, new Shop(MODEL, HOSTS))
  const { face, port } = serving
  const settings = gatewaySettings({ port, response: 'body' })
  const unchanged = gatewaySettings({ response: 'body' })
  await face.take(unchanged, await face.bind(unchanged), AbortSignal.abort())
  t.equal(serving.port, port)
  t.equal((await serving.get(SHOP)).status, 200)
  await t.rejects(new Promise((_, reject) => void face.bind(settings).catch(reject)), {
    code: 'LISTEN_FAILED',
  })
})

test('While it stops, what is asked on open connections is answered, and then they are closed', async (t) => {
  const serving = await Serving.start(t, new Shop(MODEL, HOSTS))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  await serving.get(SHOP, { agent })
  const silent = await dial(t, serving.port)
  const stopped = serving.face.stop(new AbortController().signal)
  const { status, headers } = await serving.get(SHOP, { agent })
  t.match({ status, connection: headers.connection }, { status: 302, connection: 'close' })
  await t.rejects(serving.get(SHOP), 'nobody else is let in')
  await stopped
  t.equal(await silent.rest(), '')
})
