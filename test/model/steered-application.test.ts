import { test } from 'tap'
import type { Facts } from '../../src/core/facts.js'
import type { SteeredApplication } from '../../src/model/steered-application.js'
import { steerRequest } from '../../src/model/steer-request.js'
import { hostsOf, modelOf, ruleTo, Shop } from '../support/applications.js'
import { factsOf } from '../support/groups.js'

const NOBODY: Facts = factsOf({})

const HOSTS = hostsOf([
  {
    path: '/DC1/Z1/1.9',
    hosts: [{ ipv4: '10.1.0.1', ipv6: 'fd00::1' }, { ipv4: '10.1.0.2' }],
  },
  { path: '/DC2/Z1/1.9', hosts: [{ ipv4: '10.2.0.1' }] },
  { path: '/DC3/Z1/1.9', hosts: [{ ipv4: '10.3.0.1' }] },
  { path: '/DC1/Z1/2.0', hosts: [{ ipv4: '10.1.2.1' }, { ipv4: '10.1.2.9', weight: 0 }] },
  { path: '/DC1/Z1/12.0', hosts: [{ ipv6: 'fd00::12' }] },
])

/** The hosts that clients with `a=<value>` are sent to, server by server, each once. */
function hostsFor(shop: SteeredApplication, value: string): readonly (readonly string[])[] {
  const { ways } = shop.steer(new Map([['a', value]]))
  return ways.map(({ hosts, server }) => {
    if (!hosts) return [server.url]
    const picks = Array.from({ length: 30 }, () => hosts.order(NOBODY).next()?.target.address ?? '')
    return [...new Set(picks)].sort()
  })
}

const MODEL = modelOf({
  rules: [
    ruleTo('flavor', { path: '2.0' }),
    ruleTo('stack', { path: '/DC1/Z1/1.9' }),
    ruleTo('outsiders', { path: '1.9', nonWhitelisted: true }),
    ruleTo('six', { path: '12.0' }),
    ruleTo('gone', { path: '9.9' }),
    ruleTo('absolute', { url: 'https://example.com/' }),
    {
      id: 'group',
      conditions: [{ kind: 'equals', parameter: 'a', value: 'group' }],
      then: {
        group: {
          enablePrivate: false,
          servers: [{ path: '2.0' }, { path: '9.9' }, { url: 'http://b/' }],
        },
      },
    },
    {
      id: 'deadGroup',
      conditions: [{ kind: 'equals', parameter: 'a', value: 'deadGroup' }],
      then: { group: { enablePrivate: false, servers: [{ path: '9.9' }] } },
    },
  ],
})

const DEFAULTS = ['10.1.0.1', '10.1.0.2', '10.2.0.1']

test('A server stands for the whitelisted hosts of its path that take clients', (t) => {
  const { steered } = new Shop(MODEL, HOSTS)
  const rows = [
    ['none', [DEFAULTS]],
    ['flavor', [['10.1.2.1']]],
    ['stack', [['10.1.0.1', '10.1.0.2']]],
    ['outsiders', [['10.3.0.1']]],
    ['absolute', [['https://example.com/']]],
    ['group', [['10.1.2.1'], ['http://b/']]],
  ] as const
  for (const [value, expected] of rows) t.same(hostsFor(steered, value), expected, value)
  t.end()
})

test('Where no host serves the default server takes the place, and where it has none nobody does', (t) => {
  const shop = new Shop(MODEL, HOSTS)
  for (const value of ['gone', 'six', 'deadGroup']) {
    t.same(hostsFor(shop.steered, value), [DEFAULTS], value)
    t.ok(shop.steered.steer(new Map([['a', value]])).isFallback, value)
  }
  shop.takeHosts(HOSTS, ['/DC1/Z1/2.0#10.1.2.1'])
  t.same(hostsFor(shop.steered, 'flavor'), [DEFAULTS], 'a host that is unhealthy')
  t.same(hostsFor(shop.steered, 'group'), [['http://b/']])
  shop.takeHosts([])
  t.same(hostsFor(shop.steered, 'flavor'), [])
  t.same(hostsFor(shop.steered, 'none'), [])
  t.notOk(shop.steered.steer(new Map()).isFallback)
  shop.takeHosts(HOSTS)
  t.same(hostsFor(shop.steered, 'flavor'), [['10.1.2.1']], 'they are back')
  t.end()
})

test('Hosts that lack the address family that is asked for are left out before one is chosen', (t) => {
  const six = modelOf({
    rules: [ruleTo('six', { path: '12.0' })],
    urlDefaults: { protocol: 'http', urn: 'x', port: 80, ipVersion: 6 },
  })
  const { steered } = new Shop(six, HOSTS)
  const addressesFor = (value: string) =>
    steered
      .steer(new Map([['a', value]]))
      .ways.map(({ hosts }) => hosts?.order(NOBODY).next()?.target.instance?.ipv6)
  t.same(addressesFor('six'), ['fd00::12'])
  for (let n = 0; n < 5; n++) t.same(addressesFor('none'), ['fd00::1'])
  t.equal(steered.steer(new Map(), false).ways[0]?.hosts?.size, 3, 'unless it is not minded')
  t.end()
})

test('Weights from 1 to 100 hold within 2 %, whatever other rules take turns in between', (t) => {
  const weights = [1, 2, 5, 10, 33, 50, 99, 100]
  const hosts = weights.map((weight, n) => ({ ipv4: `10.0.0.${n}`, weight }))
  const { steered } = new Shop(MODEL, hostsOf([{ path: '/DC1/Z1/1.9', hosts }]))
  const sum = weights.reduce((all, weight) => all + weight)
  const counts = new Map<string, number>()
  for (let n = 0; n < 10 * sum; n++) {
    const [way] = steered.steer(new Map()).ways
    const address = way?.hosts?.order(NOBODY).next()?.target.address ?? ''
    counts.set(address, (counts.get(address) ?? 0) + 1)
    if (n % 3 === 0)
      steered
        .steer(new Map([['a', 'stack']]))
        .ways[0]?.hosts?.order(NOBODY)
        .next()
  }
  for (const [n, weight] of weights.entries()) {
    const share = (counts.get(`10.0.0.${n}`) ?? 0) / (10 * weight)
    t.ok(Math.abs(share - 1) <= 0.02, `weight ${weight}: ${share}`)
  }
  t.end()
})

test('Another model is in force from one request to the next', (t) => {
  const shop = new Shop(MODEL, HOSTS)
  t.same(hostsFor(shop.steered, 'none'), [DEFAULTS])
  shop.serve(modelOf({ defaultServer: { path: '2.0' } }))
  t.same(hostsFor(shop.steered, 'none'), [['10.1.2.1']])
  t.equal(shop.steered.served.version, 1)
  t.end()
})

test('Who is not known is unknown once everything has been told', (t) => {
  const { applications } = new Shop()
  t.equal(applications.get('other'), 'unknown')
  applications.take({ kind: 'model', name: 'other', served: undefined })
  t.equal(applications.get('other'), 'not-ready')
  applications.take({ kind: 'removed', name: 'other' })
  t.equal(applications.get('other'), 'unknown')
  const { steered } = new Shop()
  applications.apply([{ kind: 'model', name: 'new', served: steered.served }])
  t.equal(applications.get('shop'), 'unknown', 'what is not among all there is, is gone')
  t.type(applications.get('new'), 'object')
  t.end()
})

test('A request is forwarded by what the URL rules say, as far as that is HTTP', (t) => {
  const rows = [
    ['http', 'http'],
    ['ws', 'http'],
    ['https', 'https'],
    ['wss', 'https'],
    ['xre', undefined],
  ] as const
  for (const [protocol, scheme] of rows) {
    const urlDefaults = { protocol, urn: 'x', port: 8080, ipVersion: 4 }
    const { applications } = new Shop(modelOf({ urlDefaults }), HOSTS)
    const steered = steerRequest(applications, 'shop', new Map(), NOBODY)
    if (!scheme) t.equal(steered, undefined, protocol)
    else t.match(steered, { size: 3, reach: { scheme, port: 8080, family: 4 } }, protocol)
  }
  const { applications } = new Shop(MODEL, HOSTS)
  t.equal(steerRequest(applications, 'other', new Map(), NOBODY), undefined)
  const absolute = new Map([['a', 'absolute']])
  t.equal(steerRequest(applications, 'shop', absolute, NOBODY), undefined)
  t.end()
})
